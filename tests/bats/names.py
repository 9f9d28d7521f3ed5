#!/usr/bin/env python3
"""A name server for the tests: `names.py ADDRESS`. What it answers, the first label of the name says:

    ok     A and AAAA          v4, v6    that one alone       none    no address of either family
    nx     NXDOMAIN            fail      SERVFAIL             refuse  REFUSED
    mute   nothing at all      mute6     nothing to AAAA      mute4   nothing to A
    slow   A and AAAA, after 1.5 s       alias  an alias of a name that has no address
    late4  AAAA (::1) at once, A after 0.4 s         late6  A (127.0.0.1) at once, AAAA after 0.4 s
    gone   an alias of a name that does not exist            self    an alias of itself
    long   too long for a datagram       liar   an answer with another number
    other  an answer to another question                     odd     FORMERR

It prints a line when it listens. 192.0.2.10 and 2001:db8::10 are the addresses, or with a second argument that one for A.
"""
import select
import socket
import struct
import sys
import time

A, CNAME, AAAA = 1, 5, 28
RCODES = {"odd": 1, "fail": 2, "nx": 3, "gone": 3, "refuse": 5}
ADDRESSES = {A: socket.inet_aton(sys.argv[2] if len(sys.argv) > 2 else "192.0.2.10"),
             AAAA: socket.inet_pton(socket.AF_INET6, "2001:db8::10")}
LOOPBACK = {A: socket.inet_aton("127.0.0.1"), AAAA: socket.inet_pton(socket.AF_INET6, "::1")}
HAS = {"ok": (A, AAAA), "slow": (A, AAAA), "liar": (A, AAAA), "other": (A, AAAA), "v4": (A,), "v6": (AAAA,), "mute6": (A,), "mute4": (AAAA,), "late4": (A, AAAA),
       "late6": (A, AAAA)}
LATE = {"slow": {A: 1.5, AAAA: 1.5}, "late4": {A: 0.4}, "late6": {AAAA: 0.4}}
MUTE = {"mute": (A, AAAA), "mute6": (AAAA,), "mute4": (A,)}


def record(kind, data):
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def answer(query):
    """What to send, or None, and how long to wait with it."""
    label = query[13:13 + query[12]].decode("ascii", "replace").lower()
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack_from(">H", query, end - 4)[0]
    if kind in MUTE.get(label, ()):
        return None, 0
    records = b""
    if label == "self":
        records = record(CNAME, b"\xc0\x0c")
    elif label in ("alias", "gone"):
        records = record(CNAME, b"\x06nobody\x04test\0")
    elif kind in HAS.get(label, ()):
        records = record(kind, (LOOPBACK if label.startswith("late") else ADDRESSES)[kind])
    rcode = RCODES.get(label, 0 if label in HAS or label in ("none", "alias", "self", "long") else 3)
    flags = struct.pack(">BBHHHH", 0x83 if label == "long" else 0x81, 0x80 | rcode, 1, 1 if records else 0, 0, 0)
    number = bytes([query[0] ^ 1, query[1]]) if label == "liar" else query[:2]
    question = b"\5wrong" + query[18:end] if label == "other" else query[12:end]
    return number + flags + question + records, LATE.get(label, {}).get(kind, 0)


server = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
print("ready", flush=True)
late = []
while True:
    wait = max(0, late[0][0] - time.monotonic()) if late else None
    if select.select([server], [], [], wait)[0]:
        question, peer = server.recvfrom(4096)
        reply, delay = answer(question)
        if reply:
            late.append((time.monotonic() + delay, reply, peer))
            late.sort()
    while late and late[0][0] <= time.monotonic():
        _, reply, peer = late.pop(0)
        server.sendto(reply, peer)
