"""The runs that are proved. Each is a row: the arguments of handset, its input, and the peer on the other side.

In the arguments PORT is the peer's port (or path) and DIR a directory of the run's own. `peer` is started first and is
a server; `client` is started when handset listens, with the port that it said in the place of PORT.
"""
from dataclasses import dataclass


@dataclass
class Scenario:
    name: str
    args: str
    peer: str = ""           # a server of tests/bats/peer.py
    client: str = ""         # a client of it, once handset listens
    input: bytes = b""       # what stdin brings, through a pipe
    packets: tuple = ()      # the same as packets, each of which is a read (O_DIRECT, pipe(2))
    files: bool = False      # stdin and stdout are files
    handed: bool = False     # a socket that listens is handed over as descriptor 3
    passes: bool = False     # stdout is a Unix socket
    null: bool = False       # stdin is /dev/null
    status: int | tuple = 0  # or several: it depends on the kernel
    prepare: str = ""        # run and ended before


BULK = bytes(range(256)) * 4096

SCENARIOS = [
    Scenario("TCP: connect, send, receive", "127.0.0.1 PORT", peer="echo", input=b"hello\n"),
    Scenario("TCP over IPv6", "::1 PORT", peer="-6 echo", input=b"hello\n"),
    Scenario("TCP: a name that has two addresses", "localhost PORT", peer="echo", input=b"hello\n"),
    Scenario("TCP: a file to a file", "127.0.0.1 PORT", peer="echo", input=BULK[:100000], files=True),
    Scenario("TCP: bulk through pipes to a slow reader", "127.0.0.1 PORT", peer="slow", input=BULK[:400000]),
    Scenario("TCP: listen", "-l 127.0.0.1 0", client="half-close PORT question", input=b"answer\n"),
    Scenario("TCP: listen on every address", "-l 0", client="half-close PORT question", null=True),
    Scenario("TCP: listen for two clients, until the deadline", "-l -k --deadline 1s 127.0.0.1 0",
             client="half-close PORT one; half-close PORT two", null=True, status=5),
    Scenario("TCP: half-close, the answer a second later", "127.0.0.1 PORT", peer="late answer", input=b"question\n"),
    Scenario("TCP: half-close as a listener, to a pipe", "-l 127.0.0.1 0", client="half-close PORT x", input=BULK[:50000]),
    Scenario("TCP: reset by the peer", "-d 127.0.0.1 PORT", peer="rst data", status=8),
    Scenario("TCP: reset by the client", "-l 127.0.0.1 0", client="rst-client PORT data", null=True, status=8),
    Scenario("TCP: socket options and a source",
             "--nodelay --keepalive -T cs1 -I 64k -O 64k -M 9 -s 127.0.0.2 127.0.0.1 PORT", peer="echo", input=b"x"),
    Scenario("TCP: numeric and CRLF", "-n -C 127.0.0.1 PORT", peer="echo", input=b"a\nb\n"),
    Scenario("TCP: a name that does not exist", "-w 3 nosuch.invalid 80", status=3),
    Scenario("TCP: refused", "127.0.0.1 PORT", prepare="refuse", status=4),
    Scenario("TCP: connect timeout", "-w 0.4 127.0.0.1 PORT", peer="full", status=5),
    Scenario("TCP: deadline of a silent peer", "--deadline 0.4 127.0.0.1 PORT", peer="silent", input=b"x", status=5),
    Scenario("TCP: idle timeout", "-w 0.4 127.0.0.1 PORT", peer="silent", input=b"x"),
    Scenario("TCP: a source that is not ours", "-s 192.0.2.1 127.0.0.1 PORT", peer="hold", status=7),
    Scenario("TCP: listen on a port in use", "-l 127.0.0.1 PORT", peer="hold", status=7),
    Scenario("TCP: listen on an address that is not ours", "-l 192.0.2.1 0", status=7),
    Scenario("TCP: nobody comes", "-l -w 0.3 127.0.0.1 0", null=True, status=5),
    Scenario("TCP: scan of one open port", "-z 127.0.0.1 PORT", peer="hold"),
    Scenario("TCP: scan of several ports, on both families", "-z localhost PORT 1-3", peer="hold"),
    Scenario("TCP: scan of ports that nobody answers", "-z -w 0.4 127.0.0.1 PORT PORT,PORT-PORT", peer="full", status=5),
    Scenario("TCP: scan of closed ports, with a pause", "-z -i 10ms 127.0.0.1 PORT,1,2", prepare="refuse", status=4),
    Scenario("UDP: scan of ports, open and closed", "-z -u 127.0.0.1 PORT 1", peer="udp-echo"),
    Scenario("UDP: scan of a port that is silent", "-z -u -w 0.8 127.0.0.1 PORT", peer="udp-sink --count 3", status=5),
    Scenario("scan: through a proxy", "-z -x 127.0.0.1:PORT name.invalid 80-80,81", status=9,
             peer=r"play read:3 say:'\x05\x00' read:19 say:'\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00'"),
    Scenario("ping: an open port", "--ping=2 -i 20ms 127.0.0.1 PORT", peer="hold"),
    Scenario("ping: a closed port", "--ping=2 -i 20ms ::1 PORT", prepare="refuse", status=4),
    Scenario("until-open: never", "--until-open -z -i 50ms --deadline 0.3 127.0.0.1 PORT", prepare="refuse", status=5),
    Scenario("until-open: at once", "--until-open 127.0.0.1 PORT", peer="echo", input=b"hello\n"),
    Scenario("why: a service that speaks", "--why -n 127.0.0.1 PORT", peer="say hello"),
    Scenario("why: a name, and nobody speaks", "--why localhost PORT", peer="hold"),
    Scenario("why: a closed port", "--why ::1 PORT", prepare="refuse", status=4),
    Scenario("why: nobody answers", "--why -w 0.5 127.0.0.1 PORT", peer="full", status=5),
    Scenario("why: a closed UDP port", "--why -u 127.0.0.1 PORT", prepare="refuse", status=4),
    Scenario("why: a Unix socket", "--why -U PORT", peer="hold --path DIR/s"),
    Scenario("why: a socket path on which nobody listens", "--why -U DIR/s", prepare="unix-stale DIR/s", status=4),
    Scenario("path: an open port", "--path -n 127.0.0.1 PORT", peer="hold"),
    Scenario("path: a closed port, over IPv6, with names", "--path ::1 PORT", prepare="refuse", status=4),
    Scenario("path: datagrams to a closed port", "--path -n -u 127.0.0.1 PORT", prepare="refuse", status=4),
    Scenario("path: nobody answers", "--path -n -M 3 -w 0.4 127.0.0.1 PORT", peer="full", status=5),
    Scenario("TCP: progress", "--progress 127.0.0.1 PORT", peer="echo", input=BULK[:200000]),
    Scenario("TCP: dumped", "-o DIR/copy --hex-dump DIR/dump 127.0.0.1 PORT", peer="echo", input=BULK[:200000]),
    Scenario("TCP: a dump that cannot be written", "-o /dev/full 127.0.0.1 PORT", peer="echo", input=b"x", status=7),
    Scenario("TCP: telnet", "-t 127.0.0.1 PORT", peer="say '\udcff\udcfd\x01login: '", input=b"x\n"),
    Scenario("TCP: a limited rate", "--limit-rate 50k 127.0.0.1 PORT", peer="echo", input=BULK[:10000]),
    Scenario("UDP: dumped", "-u -W 1 --hex-dump DIR/dump 127.0.0.1 PORT", peer="udp-echo", input=b"datagram\n"),
    Scenario("exec: a program on the socket", "-l -c cat 127.0.0.1 0", client="half-close PORT question", null=True),
    Scenario("exec: a program behind a relay", "-l -w 9 -e /bin/cat 127.0.0.1 0", client="half-close PORT question",
             null=True),
    Scenario("exec: a program on our own connection", "-c 'echo hello; exit 3' 127.0.0.1 PORT", peer="sink", status=3),
    Scenario("exec: a program on datagrams of everybody", "-l -u -k --deadline 15s -c 'head -c 2' 127.0.0.1 0",
             client="udp-send PORT a; udp-send PORT b", null=True),
    Scenario("exec: a program that is not there", "-l -e /nonexistent 127.0.0.1 0", null=True, status=7),
    Scenario("access: a client that is refused", "-l -w 0.5 --deny 127.0.0.0/8 127.0.0.1 0", client="rst-client PORT ''",
             null=True, status=5),
    Scenario("access: datagrams that are refused", "-l -u -k -w 0.5 --allow 192.0.2.1 127.0.0.1 0",
             client="udp-send PORT a b", null=True, status=5),
    Scenario("TCP: listen on a socket that is handed over", "-l -k --deadline 1s", handed=True, null=True, status=5,
             client="half-close PORT one; half-close PORT two"),
    Scenario("TCP: the socket is passed on", "-F 127.0.0.1 PORT", peer="hold", passes=True),
    Scenario("TCP: nobody to pass the socket to", "-F 127.0.0.1 PORT", peer="hold", status=7),
    Scenario("UDP: send and receive", "-u -W 1 127.0.0.1 PORT", peer="udp-echo", input=b"datagram\n"),
    Scenario("UDP: nobody answers", "-u -w 0.4 127.0.0.1 PORT", peer="udp-sink", input=b"datagram\n"),
    Scenario("UDP: a closed port", "-u -w 2 127.0.0.1 PORT", prepare="refuse", input=b"datagram\n", status=4),
    Scenario("UDP: listen, an empty datagram included", "-u -l -W 3 127.0.0.1 0", client="udp-send PORT a '' b",
             null=True),
    Scenario("TCP: idle timeout of a peer that does not read", "-w 0.6 127.0.0.1 PORT", peer="silent", input=BULK * 8,
             status=5),
    Scenario("TCP: reset at once", "-d 127.0.0.1 PORT", peer="rst", status=8),
    Scenario("TCP: listen, with the SYN of the client", "-l --stats 127.0.0.1 0", client="half-close PORT question",
             null=True),
    Scenario("UDP: listen to everybody, and answer", "-u -l -k -W 2 127.0.0.1 0",
             client="udp-send PORT a; udp-send PORT b", null=True),
    Scenario("UDP: datagrams that queue up, sent", "-u -q 0 127.0.0.1 PORT", peer="udp-sink --count 20",
             packets=(b"four", b"that", b"come", b"four", b"of four", b"and", b"some", b"some", b"more", b"one")),
    Scenario("UDP: datagrams that queue up, received", "-u -l -w 0.5 127.0.0.1 0",
             client="udp-send PORT" + 50 * " one 'and another' a", null=True),
    Scenario("UDP: the same from everybody", "-u -l -k -w 0.5 127.0.0.1 0", client="udp-send PORT" + 50 * " one two", null=True),
    Scenario("Unix: connect", "-U PORT", peer="echo --path DIR/s", input=b"hello\n"),
    Scenario("Unix: the abstract namespace", "-U PORT", peer="echo --path @DIR", input=b"hello\n"),
    Scenario("Unix: listen", "-l -U DIR/s", client="half-close PORT question", input=b"answer\n"),
    Scenario("Unix: listen on the path of a dead socket", "-l -U DIR/s", prepare="unix-stale DIR/s",
             client="half-close PORT question", null=True),
    Scenario("Unix: datagrams sent", "-U -u -w 0.4 PORT", peer="unix-dgram-sink DIR/s", input=b"one\n"),
    Scenario("Unix: datagrams received", "-U -u -l -W 2 DIR/s", client="unix-dgram-send PORT one two", null=True),
    Scenario("Unix: packets sent", "-U --seqpacket -W 1 PORT", peer="seqpacket DIR/s", input=b"one\n"),
    Scenario("Unix: packets received", "-U --seqpacket -l DIR/s", client="seqpacket-send PORT one two", null=True),
    Scenario("Unix: a path that is missing", "-U DIR/none", status=7),
    Scenario("Unix: a path on which nobody listens", "-U DIR/s", prepare="unix-stale DIR/s", status=4),
    # With and without the modules: refused, no answer (what is for CID 1 goes to the host then), or no such family.
    Scenario("vsock: nobody there", "-w 0.4 --vsock local 1", status=(4, 5, 7)),
    Scenario("vsock: nobody comes", "-l --vsock -w 0.3 0", null=True, status=(5, 7)),
    Scenario("SCTP: nobody there", "--sctp -w 2 127.0.0.1 PORT", prepare="refuse", status=(4, 7)),
    Scenario("SCTP: nobody comes", "-l --sctp --nodelay -w 0.3 127.0.0.1 0", null=True, status=(5, 7)),
    Scenario("proxy: SOCKS5 to a name, the peer's first bytes with the reply", "-x 127.0.0.1:PORT name.invalid 80",
             peer=r"play read:3 say:'\x05\x00' read:19 say:'\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00first' echo",
             input=b"hello\n"),
    Scenario("proxy: SOCKS4 with a name looked up here", "-X 4 -x 127.0.0.1:PORT -4 localhost 80",
             peer=r"play read:9 say:'\x00\x5a\x00\x00\x00\x00\x00\x00' echo", input=b"hello\n"),
    Scenario("proxy: CONNECT", "--proxy 127.0.0.1:PORT name.invalid 80", input=b"hello\n",
             peer=r"play until:'\r\n\r\n' say:'HTTP/1.1 200 OK\r\n\r\n' echo"),
    Scenario("proxy: one that refuses", "--proxy 127.0.0.1:PORT name.invalid 80", input=b"hello\n", status=9,
             peer=r"play until:'\r\n\r\n' say:'HTTP/1.1 403 No\r\n\r\n'"),
    Scenario("proxy: one that never answers", "-w 0.4 -x 127.0.0.1:PORT 127.0.0.1 80", peer="hold", status=9),
    Scenario("proxy: nobody there", "-x 127.0.0.1:PORT name.invalid 80", prepare="refuse", status=9),
]
