#!/usr/bin/env -S python3 -IS
"""The matrix of ends and breaks: breaks.py HANDSET GROUP...

Which side ends, how (end, close, reset, the reader of stdout gone, a program that exits or is killed, a signal), what is full,
flowing or empty, what is at the other side (socket, Unix socket, pipe, file, program, terminal), one event or two in either
order. Each has to come to its end within a second, with nothing left behind: descriptors and children are counted, and
processor time. The cases of a group run side by side; each prints a line when it is wrong, and the status is 1 then.
"""
import concurrent.futures
import contextlib
import os
import pty
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import tty

# What the contract allows, and what a busy machine takes.
LIMIT = 1.0
SLACK = 2.5
QUIET = 0.25
SIDE_BY_SIDE = 12
HANDSET = os.path.realpath(sys.argv[1])
LINGER_RESET = struct.pack("ii", 1, 0)


class Wrong(Exception):
    pass


def until(condition, limit=LIMIT + SLACK):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


# Sockets.


def listener(path=None):
    sock = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    if not path:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    sock.bind(path or ("127.0.0.1", 0))
    sock.listen(8)
    sock.settimeout(5)
    return sock


def dial(address):
    unix = isinstance(address, str)
    sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    if not unix:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    sock.settimeout(5)
    sock.connect(address if unix else ("127.0.0.1", address))
    return sock


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    sock.close()


def fill(write):
    """Write until nothing more is taken for a while."""
    last = time.monotonic()
    end = last + 5
    while time.monotonic() < last + 0.15:
        if last > end:
            raise Wrong("it takes everything")
        try:
            write(b"z" * 65536)
            last = time.monotonic()
        except (BlockingIOError, InterruptedError):
            time.sleep(0.005)


def fill_socket(sock):
    sock.setblocking(False)
    fill(sock.send)


def is_broken(sock):
    """Whether the connection is over for good, and not by an end alone."""
    poll = select.poll()
    poll.register(sock, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))


def has_ended(sock):
    """Whether all that comes is read, and then the end."""
    sock.setblocking(False)
    try:
        while sock.recv(1 << 20):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


# Processes.


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def children(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def processor_time(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_idle(process):
    """Whether it sleeps while nothing happens, instead of asking again and again."""
    before = processor_time(process)
    time.sleep(QUIET)
    return processor_time(process) - before < QUIET / 3


def defaults():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Run:
    """handset with ARGS; what it says is in a file."""

    def __init__(self, args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **more):
        self.said = tempfile.TemporaryFile()
        self.process = subprocess.Popen([HANDSET, *args], stdin=stdin, stdout=stdout, stderr=self.said,
                                        preexec_fn=defaults, **more)

    def text(self):
        self.said.seek(0)
        return self.said.read().decode(errors="replace")

    def listens_on(self):
        if not until(lambda: "istening on " in self.text() or self.process.poll() is not None, 5):
            raise Wrong("it does not listen")
        where = next(line for line in self.text().splitlines() if line.startswith("Listening on "))
        last = where.split()[-1]
        return int(last) if last.isdigit() else last

    def ends(self, status, limit=LIMIT + SLACK):
        try:
            found = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Wrong(f"it has not ended after {limit} s") from None
        if found != status:
            raise Wrong(f"its status is {found}, expected {status}: {self.text()[-300:]!r}")

    def close(self):
        if self.process.poll() is None:
            for pid in children(self.process):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        self.said.close()


# ---- between two connections ----


class Pair:
    """A client A and a target B, relayed."""

    def __init__(self, stack, kind):
        self.kind = kind
        self.program = None
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        unix = kind == "unix"
        target = stack.enter_context(contextlib.closing(listener(directory + "/target" if unix else None)))
        to = target.getsockname()
        args = ["-v", "-lk", "--to", to if unix else f"127.0.0.1:{to[1]}"]
        args += ["-U", directory + "/here"] if unix else ["127.0.0.1", "0"]
        self.run = Run(args)
        stack.callback(self.run.close)
        at = self.run.listens_on()
        self.base = descriptors(self.run.process)
        self.a = stack.enter_context(contextlib.closing(dial(at)))
        self.b = stack.enter_context(contextlib.closing(target.accept()[0]))
        self.b.settimeout(5)
        # Both know each other now.
        self.a.sendall(b"?")
        self.b.recv(1)
        self.b.sendall(b"!")
        self.a.recv(1)

    def flood(self, state):
        if state in ("a-full", "both-full"):
            fill_socket(self.a)
        if state in ("b-full", "both-full"):
            fill_socket(self.b)
        if state == "flowing":
            self.a.sendall(b"x" * 5000)
            self.b.sendall(b"x" * 5000)

    def do(self, event):
        side, how = event.split("-")
        sock = self.a if side == "a" else self.b
        if how == "end":
            sock.shutdown(socket.SHUT_WR)
        elif how == "close":
            sock.close()
        elif how == "send":
            with contextlib.suppress(OSError):
                sock.send(b"more")
        elif self.kind == "unix":
            # There is no reset: to close with unread data is one for the peer.
            sock.close()
        else:
            reset(sock)

    def is_let_go(self):
        return descriptors(self.run.process) <= self.base


def pair_is_over(pair, state, events):
    """What EVENTS have to have brought about: the pair is gone; what is left of it knows."""
    if not until(pair.is_let_go):
        raise Wrong(f"{descriptors(pair.run.process) - pair.base} descriptors are left")
    for sock in (pair.a, pair.b):
        if sock.fileno() >= 0 and not until(lambda s=sock: is_broken(s) or has_ended(s)):
            raise Wrong("the other side knows nothing")
    if pair.run.process.poll() is not None:
        raise Wrong("the listener has ended")


def reset_by(events):
    return [event[0] for event in events if event.endswith("reset")]


def play_pair(kind, state, events, rest):
    with contextlib.ExitStack() as stack:
        pair = Pair(stack, kind)
        pair.flood(state)
        for event in events:
            pair.do(event)
            time.sleep(0.05)
        if rest == "over":
            pair_is_over(pair, state, events)
            broken = reset_by(events)
            other = pair.b if broken == ["a"] else pair.a if broken == ["b"] else None
            if kind == "tcp" and other and other.fileno() >= 0 and not until(lambda: is_broken(other)):
                raise Wrong("the other side has no reset")
        elif rest == "stays":
            if pair.is_let_go():
                raise Wrong("the pair is gone, although one side may go on")
        if not is_idle(pair.run.process):
            raise Wrong("it takes processor time while nothing happens")


STATES = ("empty", "flowing", "a-full", "b-full", "both-full")


def pairs():
    for kind in ("tcp", "unix"):
        for state in STATES:
            for side in "ab":
                other = "b" if side == "a" else "a"
                full_for_it = state in (f"{other}-full", "both-full", "flowing")
                # A Unix socket has no reset of its own.
                if kind == "tcp" or full_for_it:
                    yield kind, state, [f"{side}-reset"], "over"
                    yield kind, state, [f"{other}-end", f"{side}-reset"], "over"
                    yield kind, state, [f"{side}-end", f"{side}-reset"], "over"
                yield kind, state, ["a-reset", "b-reset"], "over"
                if state in (f"{other}-full", "both-full"):
                    yield kind, state, [f"{side}-close"], "over"
                elif kind == "tcp":
                    yield kind, state, [f"{side}-close", f"{other}-close"], "over"
                if state in ("empty", "flowing"):
                    yield kind, state, [f"{side}-close", f"{other}-send", f"{other}-send"], "over"
                    yield kind, state, [f"{side}-end", f"{other}-end"], "over"
                if kind == "tcp":
                    yield kind, state, [f"{side}-end"], "stays"


# ---- a relayed program ----

PROGRAMS = {
    "empty": "exec sleep 60",
    "a-full": "exec sleep 60",
    "b-full": "exec yes",
    "both-full": "exec yes",
    "flowing": "exec cat",
    "stubborn": "trap '' TERM; exec sleep 60",
}


def play_program(state, events):
    with contextlib.ExitStack() as stack:
        run = Run(["-v", "-lk", "--stats", "-c", PROGRAMS[state], "127.0.0.1", "0"])
        stack.callback(run.close)
        at = run.listens_on()
        base = descriptors(run.process)
        client = stack.enter_context(contextlib.closing(dial(at)))
        if not until(lambda: children(run.process)):
            raise Wrong("no program was started")
        if state in ("a-full", "both-full"):
            fill_socket(client)
        if state == "flowing":
            client.sendall(b"x" * 5000)
        time.sleep(0.15)
        for event in events:
            if event == "reset":
                reset(client)
            elif event == "close":
                client.close()
            elif event == "end":
                client.shutdown(socket.SHUT_WR)
            else:
                for pid in children(run.process):
                    os.kill(pid, signal.SIGKILL if event == "kill" else signal.SIGTERM)
            time.sleep(0.05)
        # What the program has said is for the client, who may be slow.
        reads = state in ("b-full", "both-full") and client.fileno() >= 0 and "reset" not in events
        if reads and not until(lambda: has_ended(client)):
            raise Wrong("the client has no end")
        if not until(lambda: not children(run.process) and descriptors(run.process) <= base):
            raise Wrong(f"{len(children(run.process))} programs and "
                        f"{descriptors(run.process) - base} descriptors are left")
        if client.fileno() >= 0 and not until(lambda: is_broken(client) or has_ended(client)):
            raise Wrong("the client knows nothing")
        if not is_idle(run.process):
            raise Wrong("it takes processor time while nothing happens")


def programs():
    for state in PROGRAMS:
        yield state, ["reset"]
        yield state, ["end", "reset"]
        yield state, ["kill"]
        yield state, ["end", "kill"]
        yield state, ["reset", "kill"]
        yield state, ["kill", "reset"]
        if state != "stubborn":
            yield state, ["exit"]
        if state in ("b-full", "both-full"):
            yield state, ["close"]


# ---- stdin and stdout ----


class End:
    """A descriptor, closed once: its number may be taken again."""

    def __init__(self, fd):
        self.fd = fd

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
        self.fd = None


class Stdio:
    """A relay with stdin and stdout of the kinds INPUT and OUTPUT, and its peer."""

    def __init__(self, stack, role, source, sink):
        self.stack = stack
        self.feeder = self.reader = None
        if role == "client":
            sock = stack.enter_context(contextlib.closing(listener()))
            args = ["127.0.0.1", str(sock.getsockname()[1])]
        else:
            args = ["-v", "-l" if role == "listener" else "-lk", "127.0.0.1", "0"]
        stdin, stdout = self.open_input(source), self.open_output(sink)
        self.run = Run(args, stdin, stdout)
        stack.callback(self.run.close)
        os.close(stdin)
        os.close(stdout)
        if role == "client":
            self.peer = sock.accept()[0]
        else:
            at = self.run.listens_on()
            self.base = descriptors(self.run.process)
            self.peer = dial(at)
        stack.enter_context(contextlib.closing(self.peer))
        time.sleep(0.05)

    def keep(self, fd):
        end = End(fd)
        self.stack.callback(end.close)
        return end

    def open_input(self, kind):
        if kind == "null":
            return os.open("/dev/null", os.O_RDONLY)
        if kind in ("file", "zeros"):
            with tempfile.TemporaryFile() as file:
                file.write(b"question\n")
                file.seek(0)
                return os.dup(file.fileno()) if kind == "file" else os.open("/dev/zero", os.O_RDONLY)
        fd, ours = self.open_channel(kind)
        self.feeder = self.keep(ours)
        os.write(ours, b"question\n")
        if kind == "ended":
            self.feeder.close()
        return fd

    @staticmethod
    def open_channel(kind):
        """The end of the program, and ours."""
        if kind == "terminal":
            ours, fd = pty.openpty()
            tty.setraw(fd)
            return fd, ours
        if kind == "socket":
            ours, theirs = socket.socketpair()
            return theirs.detach(), ours.detach()
        return os.pipe()

    def open_output(self, kind):
        if kind == "null":
            return os.open("/dev/null", os.O_WRONLY)
        if kind == "file":
            with tempfile.TemporaryFile() as file:
                return os.dup(file.fileno())
        fd, ours = self.open_channel(kind)
        if kind == "pipe":
            fd, ours = ours, fd
        self.reader = self.keep(ours)
        return fd

    def flood(self, state):
        if state == "stuck":
            fill_socket(self.peer)
        elif state == "flowing":
            self.peer.sendall(b"answer\n")
        elif state == "silent":
            time.sleep(0.1)

    def do(self, event):
        if event == "peer-end":
            self.peer.shutdown(socket.SHUT_WR)
        elif event == "peer-close":
            has_ended(self.peer)
            self.peer.close()
        elif event == "peer-reset":
            reset(self.peer)
        elif event == "reader-gone":
            self.reader.close()
        elif event == "input-ends":
            self.feeder.close()
        else:
            self.run.process.send_signal(signal.SIGTERM)
        time.sleep(0.02)


def play_stdio(role, source, sink, state, events, status):
    with contextlib.ExitStack() as stack:
        stdio = Stdio(stack, role, source, sink)
        stdio.flood(state)
        for event in events:
            stdio.do(event)
        if status == "stays":
            time.sleep(0.2)
            if stdio.run.process.poll() is not None:
                raise Wrong(f"it has ended: {stdio.run.text()[-300:]!r}")
            if not is_idle(stdio.run.process):
                raise Wrong("it takes processor time while nothing happens")
        elif status == "next":
            if not until(lambda: descriptors(stdio.run.process) <= stdio.base):
                raise Wrong("the client's descriptor is left")
            if stdio.run.process.poll() is not None:
                raise Wrong("the listener has ended")
        else:
            stdio.run.ends(status)


INPUTS = ("pipe", "ended", "null", "file", "terminal", "socket")
OUTPUTS = ("pipe", "file", "null", "terminal", "socket")


def stdios():
    for role in ("client", "listener", "keeping"):
        yield from of_resets(role)
        yield from of_readers(role)
        yield from of_ends(role)
        yield role, "pipe", "pipe", "silent", ["signal"], -signal.SIGTERM
        yield role, "pipe", "pipe", "stuck", ["signal"], -signal.SIGTERM


def of_resets(role):
    """A reset is never success, also while stdout is stuck."""
    after = "next" if role == "keeping" else 8
    for source in INPUTS:
        for sink in OUTPUTS:
            yield role, source, sink, "flowing", ["peer-reset"], after
            if sink in ("pipe", "terminal", "socket"):
                yield role, source, sink, "stuck", ["peer-reset"], after
    for source in ("pipe", "socket"):
        yield role, source, "pipe", "silent", ["peer-end", "peer-reset"], after
    yield role, "pipe", "pipe", "stuck", ["input-ends", "peer-reset"], after


def of_readers(role):
    """The reader of stdout goes: 0 when stdin has ended and all is sent, else SIGPIPE."""
    for source in INPUTS:
        well = source in ("ended", "file")
        for sink in ("pipe", "socket", "terminal"):
            for state in ("silent", "flowing", "stuck"):
                yield role, source, sink, state, ["reader-gone"], 0 if well else -signal.SIGPIPE
    for sink in ("pipe", "socket"):
        yield role, "pipe", sink, "silent", ["input-ends", "reader-gone"], 0
        yield role, "pipe", sink, "silent", ["reader-gone", "input-ends"], 0
        yield role, "pipe", sink, "stuck", ["reader-gone", "input-ends"], 0
    yield role, "zeros", "pipe", "silent", ["reader-gone"], -signal.SIGPIPE
    yield role, "zeros", "pipe", "stuck", ["reader-gone"], -signal.SIGPIPE
    if role == "keeping":
        yield role, "null", "pipe", "silent", ["peer-close", "reader-gone"], -signal.SIGPIPE
        yield role, "ended", "pipe", "silent", ["peer-close", "reader-gone"], 0


def of_ends(role):
    done = "next" if role == "keeping" else 0
    for sink in ("pipe", "file", "null"):
        for source in ("ended", "file", "null"):
            yield role, source, sink, "flowing", ["peer-end"], done
            yield role, source, sink, "flowing", ["peer-close"], done
        yield role, "terminal", sink, "flowing", ["peer-end"], done
        yield role, "pipe", sink, "flowing", ["peer-end"], "stays"
        yield role, "pipe", sink, "flowing", ["peer-end", "input-ends"], done
        yield role, "pipe", sink, "flowing", ["input-ends", "peer-end"], done
        yield role, "null", sink, "silent", [], "stays"
    yield role, "pipe", "pipe", "stuck", ["input-ends"], "stays"
    if role != "keeping":
        # Its stdout was closed at the peer's end: nobody can go any more.
        yield role, "pipe", "pipe", "flowing", ["peer-end", "reader-gone"], "stays"


GROUPS = {
    "pairs": (play_pair, pairs),
    "programs": (play_program, programs),
    "stdio": (play_stdio, stdios),
}


def attempt(play, case):
    try:
        play(*case)
        return None
    except Wrong as wrong:
        return str(wrong)
    except Exception as error:  # pylint: disable=broad-except
        return repr(error)


def main():
    bad = count = 0
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for name in sys.argv[2:] or GROUPS:
            play, cases = GROUPS[name]
            listed = [case for i, case in enumerate(cases()) if case not in list(cases())[:i]]
            outcomes = pool.map(lambda case, play=play: attempt(play, case), listed)
            for case, outcome in zip(listed, outcomes):
                count += 1
                if outcome:
                    bad += 1
                    print(name, *case, "--", outcome, flush=True)
    print(f"{count} cases, {bad} wrong")
    sys.exit(1 if bad else 0)


main()
