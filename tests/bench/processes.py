"""Processes that are measured: started together, waited for with a deadline, and gone afterward whatever happened."""
import contextlib
import dataclasses
import os
import socket
import subprocess
import tempfile
import time


class Failed(Exception):
    """A run that gives no figure; the text says why."""


@dataclasses.dataclass
class Cost:
    """What one run of a measured command took."""
    wall_ns: int
    cpu_ns: int
    peak_kib: int
    status: int


@contextlib.contextmanager
def one_cpu():
    """What is started meanwhile shares one CPU: its work is measured then, and not where the scheduler puts it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Group:
    """A context: the processes of one run."""

    def __init__(self, tools, seconds):
        self.tools = tools
        self.deadline = time.monotonic() + seconds
        self.started = []
        self.folder = tempfile.TemporaryDirectory(prefix="handset-bench-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, command, stdin=None, stdout=None, stderr=None, keep=()):
        """Start COMMAND; what is not given is /dev/null. The descriptors KEEP are inherited; ours are closed."""
        streams = [subprocess.DEVNULL if stream is None else stream for stream in (stdin, stdout, stderr)]
        process = subprocess.Popen(command, stdin=streams[0], stdout=streams[1], stderr=streams[2], pass_fds=keep)
        process.command = command
        self.started.append(process)
        for stream in (stdin, stdout, stderr):
            if hasattr(stream, "fileno"):
                stream.close()
        return process

    def program(self, name, *words, **streams):
        return self.start([self.tools.program(name), *map(str, words)], **streams)

    def measured(self, command, times=1, text="-", **streams):
        """Start COMMAND below `measure`, which runs it TIMES times; `costs` tells what came of it."""
        report = self.path(f"cost{len(self.started)}")
        process = self.program("measure", report, times, text, *command, **streams)
        process.report = report
        process.command = command
        return process

    def left(self):
        return max(self.deadline - time.monotonic(), 0.001)

    def wait(self, *processes):
        """Wait until PROCESSES have ended, well."""
        for process in processes:
            try:
                status = process.wait(self.left())
            except subprocess.TimeoutExpired:
                raise Failed(f"{os.path.basename(process.command[0])} took too long") from None
            if status != 0:
                raise Failed(f"{os.path.basename(process.command[0])} ended with {status}")

    def numbers(self, process):
        """The whole numbers that PROCESS has printed."""
        self.wait(process)
        return [int(word) for word in process.stdout.read().split()]

    def costs(self, process):
        self.wait(process)
        with open(process.report, encoding="ascii") as report:
            return [Cost(*map(int, line.split())) for line in report]

    def cost(self, process):
        """Of a single run that has to have ended well."""
        cost = self.costs(process)[0]
        if cost.status != 0:
            raise Failed(f"{os.path.basename(process.command[0])} ended with {cost.status}")
        return cost

    def wait_for_listener(self, table, at):
        """Until the kernel's TABLE (tcp, udp, unix) has a socket that listens AT that port or path."""
        while time.monotonic() < self.deadline:
            if listens(table, at):
                return
            time.sleep(0.002)
        raise Failed("does not listen")


def listens(table, at):
    with open(f"/proc/self/net/{table}", encoding="utf-8") as sockets:
        for line in sockets:
            fields = line.split()
            if table == "unix" and fields[-1] == at:
                return True
            # TCP: state 0A is LISTEN. UDP: 07 is unconnected.
            if table != "unix" and fields[3] in ("0A", "07") and int(fields[1].split(":")[-1], 16) == int(at):
                return True
    return False


def listener(kind=socket.SOCK_STREAM, path=None):
    """A socket that listens on a port of loopback, or on PATH, and where that is."""
    sock = socket.socket(socket.AF_UNIX if path else socket.AF_INET, kind)
    sock.bind(path or ("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        sock.listen(socket.SOMAXCONN)
    else:
        # SO_RCVBUFFORCE
        sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
    return sock, path or str(sock.getsockname()[1])


def free_port():
    """A port that nobody uses: in a network namespace of our own nobody takes it from us either."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


def pipe(flags=0):
    """Both ends as files, which Group.start closes here once they are handed on."""
    read, write = os.pipe2(flags | os.O_CLOEXEC)
    return os.fdopen(read, "rb", 0), os.fdopen(write, "wb", 0)
