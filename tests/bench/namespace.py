"""A network namespace of the bench's own: nobody else's traffic, ports that nobody takes, and a congestion control that is
the same for all and no matter of the administrator's."""
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

INSIDE = "HANDSET_BENCH_NAMESPACE"
CONGESTION = "/proc/sys/net/ipv4/tcp_congestion_control"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
# TEST-NET-1, RFC 5737: nobody has it.
SILENT = "192.0.2.1"


def enter():
    """Be in the namespace: the program runs itself again in a new one."""
    if INSIDE not in os.environ:
        if not shutil.which("unshare"):
            sys.exit("bench: unshare(1) is needed for a network namespace")
        flags = "-n" if os.geteuid() == 0 else "-Urn"
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", flags, sys.executable, *sys.argv])
    loopback_up()
    try:
        with open(CONGESTION, "w", encoding="ascii") as control:
            control.write("reno")
    except OSError:
        pass


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def congestion():
    with open(CONGESTION, encoding="ascii") as control:
        return control.read().strip()


def silent_address():
    """An address whose packets go nowhere, without an answer: routed to loopback, where nobody has it. None without ip(8)."""
    if not shutil.which("ip"):
        return None
    added = subprocess.run(["ip", "route", "add", f"{SILENT}/32", "dev", "lo"], capture_output=True, check=False)
    return SILENT if added.returncode == 0 else None
