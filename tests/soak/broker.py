#!/usr/bin/env python3
"""A crowd on a broker, some of whom read slowly or not at all: nobody who reads may miss a byte, and memory is bounded.

    broker.py [--clients N] [--slow N] [--seconds S] [--size BYTES] HANDSET

One client sends numbered messages for S seconds, only as far ahead of the slowest of the fast ones as LEAD: a machine that is busy
slows all of this down, and makes no fast client a slow one. Of the slow ones every other reads a little now and then.
Prints what was measured, and ends with 0 when all holds, 1 when not, 77 where the limit of descriptors is too low.
"""
import argparse
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

LEAD = 1 << 20
READ = 65536
# The log of the broker, and as much again for the messages in whose middle slow clients stand.
HELD_KB = 16 << 10
IDLE_KB = 1
# What the heap of a program that has sent this much may have besides.
SLACK_KB = 4 << 10
# When nothing at all moves for so long, something stalls.
STALL_S = 30


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--slow", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--size", type=int, default=16384, help="bytes of a message")
    parser.add_argument("handset")
    return parser.parse_args()


def raise_limit(wanted):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"{wanted} descriptors are needed, the hard limit is {hard}")
        sys.exit(77)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def wait_until(what, condition, seconds=STALL_S):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"after {seconds} s still not: {what}")
        time.sleep(0.01)


class Broker:
    """handset as a broker, and what it says."""

    def __init__(self, program):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([program, "-v", "-n", "-l", "--broker", "127.0.0.1", "0"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        wait_until("listening", lambda: self.said(r"^Listening on 127\.0\.0\.1 (\d+)$"))
        self.port = int(self.said(r"^Listening on 127\.0\.0\.1 (\d+)$")[0])

    def said(self, regex):
        size = os.fstat(self.log.fileno()).st_size
        return re.findall(regex, os.pread(self.log.fileno(), size, 0).decode(), re.MULTILINE)

    def memory(self, field):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"{field}:\s+(\d+) kB", status.read())[1])

    def is_sanitized(self):
        """Whether the memory is that of the sanitizers: they keep what has been freed."""
        with open(f"/proc/{self.process.pid}/maps", encoding="ascii") as maps:
            return "libasan" in maps.read()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STALL_S)


class Crowd:
    """The clients: the first sends, the last `slow` ones are slow."""

    def __init__(self, options, broker):
        self.size = options.size
        self.sockets = []
        for number in range(options.clients):
            sock = socket.socket()
            if number >= options.clients - options.slow:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", broker.port))
            sock.setblocking(False)
            self.sockets.append(sock)
        self.sender = self.sockets[0]
        self.fast = {sock.fileno(): sock for sock in self.sockets[1:options.clients - options.slow]}
        self.trickle = self.sockets[options.clients - options.slow::2]
        self.heard = dict.fromkeys(self.fast, 0)
        self.sent = 0
        self.wrong = set()
        # Where a stream of numbered messages stands is told by its bytes: one as long as LEAD and a read never repeats.
        count = (2 * LEAD) // self.size + 2
        self.stream = b"".join(b"%015d\n" % n + bytes([n % 251]) * (self.size - 16) for n in range(count))
        self.period = len(self.stream)
        self.stream += self.stream[:READ + self.size]
        self.poll = select.epoll()
        for fd in self.fast:
            self.poll.register(fd, select.EPOLLIN)

    def message(self, offset, length):
        """LENGTH bytes of what is sent, from OFFSET."""
        start = offset % self.period
        return self.stream[start:start + length]

    def hear(self, fd):
        data = self.fast[fd].recv(READ)
        if not data or data != self.message(self.heard[fd], len(data)):
            self.wrong.add(fd)
            self.poll.unregister(fd)
        self.heard[fd] += len(data)

    def turn(self):
        events = self.poll.poll(0.05, 1024)
        for fd, _ in events:
            self.hear(fd)
        return bool(events)

    def send(self, lead):
        if self.sent - min(self.heard.values()) > lead:
            return False
        try:
            self.sent += self.sender.send(self.message(self.sent, self.size - self.sent % self.size))
        except BlockingIOError:
            return False
        return True

    def sip(self):
        for sock in self.trickle:
            try:
                sock.recv(256)
            except (BlockingIOError, ConnectionError):
                pass

    def run(self, seconds):
        end = time.monotonic() + seconds
        moved = sipped = time.monotonic()
        while time.monotonic() < end:
            while self.send(LEAD):
                moved = time.monotonic()
            if self.turn():
                moved = time.monotonic()
            if time.monotonic() - sipped > 0.5:
                self.sip()
                sipped = time.monotonic()
            if time.monotonic() - moved > STALL_S:
                break
        while self.lacking() and time.monotonic() - moved < STALL_S:
            if self.turn():
                moved = time.monotonic()

    def lacking(self):
        """Who has not got all of it, or something else."""
        return [fd for fd in self.fast if self.heard[fd] < self.sent and fd not in self.wrong]


def main():
    options = arguments()
    raise_limit(options.clients + 200)
    broker = Broker(os.path.abspath(options.handset))
    try:
        empty = broker.memory("VmRSS")
        crowd = Crowd(options, broker)
        wait_until("all are in", lambda: len(broker.said("^Connection received")) == options.clients)
        idle = broker.memory("VmRSS")
        crowd.run(options.seconds)
        most = broker.memory("VmHWM")
        judged = not broker.is_sanitized()
        lost = crowd.wrong | set(crowd.lacking())
    finally:
        broker.end()
    first_slow = options.clients - options.slow + 1
    slow_told = {int(n) for n in broker.said(r"client (\d+) reads too slowly and misses messages$")}
    missed = {int(n): int(count) for n, count in broker.said(r"client (\d+) has missed (\d+) messages$")}
    each = (idle - empty) / options.clients
    bound = idle + HELD_KB + SLACK_KB
    print(f"{options.clients} clients, {options.slow} slow, {options.seconds:g} s:"
          f" {crowd.sent // options.size} messages of {options.size} bytes, {sum(crowd.heard.values()) >> 20} MiB delivered")
    print(f"fast clients that lack anything: {len(lost)}")
    print(f"slow clients told of: {len(slow_told)}; messages missed, as told at the end: {sum(missed.values())}")
    print(f"resident: {empty} KB empty, {idle} KB with all idle ({each:.2f} KB each), {most} KB at most (bound {bound} KB)")
    good = {
        "no fast client lacks anything": not lost,
        "no fast client is called slow": all(number >= first_slow for number in slow_told),
        "who is told of first is told of at the end": slow_told == set(missed),
        "memory is bounded": most <= bound or not judged,
        "an idle client costs little": each <= IDLE_KB or options.clients < 1000 or not judged,
        "something was sent": crowd.sent > LEAD,
    }
    for what, holds in good.items():
        if not holds:
            print(f"not so: {what}")
    sys.exit(0 if all(good.values()) else 1)


if __name__ == "__main__":
    main()
