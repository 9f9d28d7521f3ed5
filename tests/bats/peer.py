#!/usr/bin/env -S python3 -IS
"""Peers for the behavior tests: each does one thing, and misbehaves in at most one way.

A server prints its port (a Unix one: its path) as the first line, when it is ready; what it received follows, bytes
as Python literals. Every peer ends by itself: after one client, or when --deadline passes, with status 9.
"""
import argparse
import array
import fcntl
import os
import signal
import socket
import struct
import sys
import termios
import threading
import time


def tell(*words):
    print(*words, flush=True)


def reset(sock):
    """Close with a RST instead of a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def read_all(sock):
    parts = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)


def digest(data):
    import hashlib  # it is large, and few need it
    tell(len(data), hashlib.sha256(data).hexdigest())


def wait_acked(sock):
    """Wait until the peer's kernel has all that was sent."""
    unsent = array.array("i", [1])
    while unsent[0] > 0:
        fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, unsent)
        time.sleep(0.005)


def listener(args, kind=socket.SOCK_STREAM, backlog=16, receive_buffer=0):
    """A bound (and listening) socket on a free port of loopback or args.address, or on args.path."""
    if getattr(args, "path", None):
        sock = socket.socket(socket.AF_UNIX, kind)
        sock.bind("\0" + args.path[1:] if args.path[0] == "@" else args.path)
    else:
        address = args.address or ("::1" if args.v6 else "127.0.0.1")
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.bind((address, args.port))
    if kind != socket.SOCK_DGRAM:
        sock.listen(backlog)
    return sock


def ready(args, sock):
    tell(args.path if getattr(args, "path", None) else sock.getsockname()[1])


def one_client(args, **options):
    sock = listener(args, **options)
    ready(args, sock)
    client, _ = sock.accept()
    sock.close()
    return client


# Servers on streams.


def echo(args):
    """give back what comes"""
    client = one_client(args)
    while data := client.recv(65536):
        client.sendall(data)


def echo_many(args):
    """give back what comes, to many clients at once"""
    listening = listener(args)
    ready(args, listening)
    while True:
        sock = listening.accept()[0]
        threading.Thread(target=echo_one, args=(sock,), daemon=True).start()


def echo_one(sock):
    while data := sock.recv(65536):
        sock.sendall(data)
    sock.close()


def sink(args):
    """read to the end; tell its length and SHA-256"""
    digest(read_all(one_client(args)))


def late(args):
    """read to the end, answer TEXT a second after it"""
    client = one_client(args)
    tell(read_all(client))
    time.sleep(1)
    client.sendall(args.text.encode())


def say(args):
    """say TEXT and end the output, then read to the end"""
    client = one_client(args)
    client.sendall(os.fsencode(args.text))
    client.shutdown(socket.SHUT_WR)
    digest(read_all(client))


def rst(args):
    """say TEXT, wait until it has arrived, reset"""
    client = one_client(args)
    client.sendall(args.text.encode())
    wait_acked(client)
    reset(client)


def rst_on_data(args):
    """read something, then reset"""
    client = one_client(args)
    client.recv(65536)
    reset(client)


def play(args):
    """play the part that the steps say, TEXT with Python's escapes: read:N or until:TEXT (what was read is told), say:TEXT,
    drip:TEXT (a byte at a time), flood:TEXT (until nobody takes it any more), echo, reset; anything else: read to the end"""
    client = one_client(args)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for step in args.texts:
        verb, _, text = step.partition(":")
        data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
        play_step(client, verb, data)
    client.close()


def play_step(client, verb, data):
    if verb == "read":
        tell(client.recv(int(data), socket.MSG_WAITALL))
    elif verb == "until":
        heard = b""
        while data not in heard and (part := client.recv(1)):
            heard += part
        tell(heard)
    elif verb == "say":
        client.sendall(data)
    elif verb == "drip":
        for byte in data:
            client.sendall(bytes([byte]))
            time.sleep(0.01)
    elif verb == "flood":
        try:
            while True:
                client.sendall(data)
        except OSError:
            tell("flooded")
    elif verb == "echo":
        echo_one(client)
    elif verb == "end":
        client.shutdown(socket.SHUT_WR)
    elif verb == "reset":
        wait_acked(client)
        reset(client)
    else:
        tell(read_all(client))


def silent(args):
    """say TEXT, if any; then neither read nor say a word"""
    client = one_client(args)
    client.sendall(args.text.encode())
    time.sleep(args.deadline)
    client.close()


def mute(args):
    """read what comes, and never say a word"""
    client = one_client(args)
    while client.recv(65536):
        pass
    time.sleep(args.deadline)


def slow(args):
    """read 16 kB every 10 ms from a small receive buffer; tell length and SHA-256"""
    client = one_client(args, receive_buffer=8192)
    data = bytearray()
    while part := client.recv(16384):
        data += part
        time.sleep(0.01)
    digest(bytes(data))


def full(args):
    """a port whose accept queue is full: a connect gets no answer"""
    sock = listener(args, backlog=0)
    clients = []
    for _ in range(4):
        client = socket.socket(sock.family, socket.SOCK_STREAM)
        client.setblocking(False)
        client.connect_ex(sock.getsockname())
        clients.append(client)
        time.sleep(0.05)
    ready(args, sock)
    time.sleep(args.deadline)


def hold(args):
    """listen, never accept"""
    sock = listener(args)
    ready(args, sock)
    time.sleep(args.deadline)
    sock.close()


# Clients on streams.


def connect(args, kind=socket.SOCK_STREAM):
    """A socket connected to args.port, which may be the path of a Unix socket."""
    if args.port.isdigit():
        return socket.create_connection(("::1" if args.v6 else "127.0.0.1", int(args.port)))
    sock = socket.socket(socket.AF_UNIX, kind)
    sock.connect("\0" + args.port[1:] if args.port[0] == "@" else args.port)
    return sock


def half_close(args):
    """send TEXT, end the output, tell what is answered"""
    sock = connect(args)
    sock.sendall(args.text.encode())
    sock.shutdown(socket.SHUT_WR)
    tell(read_all(sock))


def rst_client(args):
    """send TEXT, wait until it has arrived, reset"""
    sock = connect(args)
    sock.sendall(args.text.encode())
    wait_acked(sock)
    reset(sock)


# Datagrams and packets.


def packet_sink(sock, count):
    for _ in range(count):
        tell(sock.recvfrom(65536)[0])


def udp_sink(args):
    """tell COUNT datagrams"""
    sock = listener(args, kind=socket.SOCK_DGRAM)
    ready(args, sock)
    packet_sink(sock, args.count)


def udp_echo(args):
    """give COUNT datagrams back to their senders"""
    sock = listener(args, kind=socket.SOCK_DGRAM)
    ready(args, sock)
    for _ in range(args.count):
        data, sender = sock.recvfrom(65536)
        sock.sendto(data, sender)


def udp_long(args):
    """answer every datagram with one of 1400 bytes"""
    sock = listener(args, kind=socket.SOCK_DGRAM)
    ready(args, sock)
    while True:
        sock.sendto(b"A" * 1400, sock.recvfrom(65536)[1])


def udp_send(args):
    """send each TEXT (it may be empty) as a datagram; tell COUNT answers"""
    sock = socket.socket(socket.AF_INET6 if args.v6 else socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("::1" if args.v6 else "127.0.0.1", int(args.port)))
    for text in args.texts:
        sock.send(text.encode())
    packet_sink(sock, args.count)


def unix_dgram_sink(args):
    """tell COUNT datagrams sent to PATH"""
    sock = listener(args, kind=socket.SOCK_DGRAM)
    ready(args, sock)
    packet_sink(sock, args.count)


def unix_dgram_send(args):
    """send each TEXT to PATH as a datagram; tell COUNT answers"""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    own = f"{args.path}.{os.getpid()}"
    sock.bind(own)
    try:
        for text in args.texts:
            sock.sendto(text.encode(), args.path)
        packet_sink(sock, args.count)
    finally:
        os.unlink(own)


def seqpacket(args):
    """tell the packets of one client, and give them back"""
    client = one_client(args, kind=socket.SOCK_SEQPACKET)
    for _ in range(args.count):
        data = client.recv(65536)
        tell(data)
        client.send(data)


def seqpacket_send(args):
    """send each TEXT as a packet; tell COUNT answers"""
    sock = connect(args, socket.SOCK_SEQPACKET)
    for text in args.texts:
        sock.send(text.encode())
    packet_sink(sock, args.count)


def unix_stale(args):
    """leave a socket at PATH that nobody listens on"""
    listener(args).close()
    tell(args.path)


# command -> its arguments; `port` is an operand of clients, and a server takes a free one.
COMMANDS = {
    echo: "server", echo_many: "server", sink: "server", late: "server text", say: "server text", rst: "server text",
    rst_on_data: "server", play: "server texts", silent: "server text", mute: "server", slow: "server", full: "server",
    hold: "server",
    half_close: "port text", rst_client: "port text",
    udp_sink: "server count", udp_long: "server", udp_echo: "server count", udp_send: "port texts count",
    unix_dgram_sink: "path count", unix_dgram_send: "path texts count",
    seqpacket: "path count", seqpacket_send: "port texts count", unix_stale: "path",
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deadline", type=float, default=20)
    parser.add_argument("-6", dest="v6", action="store_true", help="::1 instead of 127.0.0.1")
    parser.add_argument("--address", help="listen there instead of on loopback")
    commands = parser.add_subparsers(required=True)
    for function, arguments in COMMANDS.items():
        command = commands.add_parser(function.__name__.replace("_", "-"), help=function.__doc__)
        command.set_defaults(run=function)
        for name in arguments.split():
            if name == "server":
                command.add_argument("--port", type=int, default=0)
                command.add_argument("--path", help="a Unix socket instead")
            elif name == "port":
                command.add_argument("port", help="a port, or the path of a Unix socket")
            elif name == "count":
                command.add_argument("--count", type=int, default=0 if "texts" in arguments else 1)
            elif name == "text":
                command.add_argument("text", nargs="?", default="")
            else:
                command.add_argument(name, nargs="*" if name == "texts" else None)
    return parser.parse_args()


def main():
    args = parse()
    signal.signal(signal.SIGALRM, lambda *_: os._exit(9))
    signal.setitimer(signal.ITIMER_REAL, args.deadline)
    try:
        args.run(args)
    except OSError as error:
        tell("error:", error.strerror)
        sys.exit(1)


main()
