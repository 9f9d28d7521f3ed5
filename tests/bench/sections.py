"""The sections of the bench: each is a function that gives cases. A case that this build of handset, or this machine, cannot
do is left out, and `bench.skip` says so."""
import functools
import os
import resource
import shutil
import signal
import subprocess
import time

from processes import Failed, Group, free_port, listener, one_cpu, pipe
from results import Case, Metric

GB = 1e9
MIB = 1 << 20

SPEED = [Metric("GB/s"), Metric("CPU s/GB", more_is_better=False, digits=3)]


def for_tools(bench, role, function, *words):
    """FUNCTION for each tool that can do ROLE, with the tool's name in front."""
    return {tool: functools.partial(function, bench, tool, *words) for tool in bench.tools.able(role)}


# ---- throughput ----

def speed(size, result, cost):
    """The row of SPEED, when all of SIZE has arrived."""
    count, nanoseconds = result
    if count != size:
        raise Failed(f"{count} of {size} bytes arrived")
    return {"GB/s": size / nanoseconds, "CPU s/GB": cost / size}


def send(bench, tool, role, kind):
    """stdin -> network: from a pipe or a file."""
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener(path=group.path("s") if role.endswith("unix") else None)
        peer = group.program("peer", "sink", f"@{sock.fileno()}", stdout=subprocess.PIPE, keep=[sock.fileno()])
        sock.close()
        if kind == "file":
            data = open(bench.file, "rb")
        else:
            data, feed = pipe()
            group.program("source", bench.size, stdout=feed)
        process = group.measured(bench.tools.command(tool, role, at), stdin=data)
        return speed(bench.size, group.numbers(peer), group.cost(process).cpu_ns)


def receive(bench, tool, role, kind):
    """network -> stdout: to a pipe, a file or /dev/null."""
    size = bench.size // 2 if kind == "file" else bench.size
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener(path=group.path("s") if role.endswith("unix") else None)
        peer = group.program("peer", "source", f"@{sock.fileno()}", size, stdout=subprocess.PIPE,
                             keep=[sock.fileno()])
        sock.close()
        target = None
        if kind == "pipe":
            drain, target = pipe()
            peer = group.program("sink", stdin=drain, stdout=subprocess.PIPE)
        elif kind == "file":
            target = open(bench.output, "wb")
        process = group.measured(bench.tools.command(tool, role, at), stdout=target)
        result = speed(size, group.numbers(peer), group.cost(process).cpu_ns)
        if kind == "file" and os.path.getsize(bench.output) != size:
            raise Failed("the file is not whole")
        return result


def both_ends(bench, tool, kind):
    """pipe -> tool -> TCP -> tool -> pipe; `copy`: between cat and cat."""
    with Group(bench.tools, bench.limit) as group:
        at = free_port()
        drain, target = pipe()
        data, feed = pipe()
        words = ["copy"] if kind == "copy" else []
        sink = group.program("sink", *words, stdin=drain, stdout=subprocess.PIPE)
        server = group.measured(bench.tools.command(tool, "listen", at), stdout=target)
        group.wait_for_listener("tcp", at)
        if kind == "copy":
            group.start(["cat", bench.file], stdout=feed)
        else:
            group.program("source", bench.size, stdout=feed)
        client = group.measured(bench.tools.command(tool, "send", at), stdin=data)
        cost = group.cost(client).cpu_ns + group.cost(server).cpu_ns
        return speed(bench.size, group.numbers(sink), cost)


def forward(bench, tool):
    """TCP -> tool -> TCP."""
    with Group(bench.tools, bench.limit) as group:
        sock, to = listener()
        at = free_port()
        sink = group.program("peer", "sink", f"@{sock.fileno()}", stdout=subprocess.PIPE, keep=[sock.fileno()])
        sock.close()
        process = group.measured(bench.tools.command(tool, "forward", at, to))
        group.wait_for_listener("tcp", at)
        group.program("peer", "source", at, bench.size)
        return speed(bench.size, group.numbers(sink), group.cost(process).cpu_ns)


SHAPES = [
    ("pipe -> TCP", send, "send", "pipe"),
    ("file -> TCP", send, "send", "file"),
    ("TCP -> pipe", receive, "receive", "pipe"),
    ("TCP -> /dev/null", receive, "receive", "null"),
    ("TCP -> file", receive, "receive", "file"),
    ("pipe -> Unix", send, "send-unix", "pipe"),
    ("file -> Unix", send, "send-unix", "file"),
    ("Unix -> pipe", receive, "receive-unix", "pipe"),
]


def throughput(bench):
    for name, function, role, kind in SHAPES:
        yield Case("throughput", name, SPEED, for_tools(bench, role, function, role, kind))
    yield Case("throughput", "both ends", SPEED, for_tools(bench, "listen", both_ends, "pipe"))
    yield Case("throughput", "both ends, cat to cat", SPEED, for_tools(bench, "listen", both_ends, "copy"))
    if bench.tools.has("to"):
        yield Case("throughput", "--to", SPEED, for_tools(bench, "forward", forward))
    else:
        bench.skip("throughput of --to")


# ---- syscalls ----

def traced_calls(path):
    with open(path, encoding="utf-8", errors="replace") as trace:
        return sum("(" in line and "resumed>" not in line for line in trace)


def calls_of(bench, tool, role, kind, size):
    """How many syscalls TOOL makes to move SIZE bytes: a GB of them."""
    sends = role.startswith("send")
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener(path=group.path("s") if role.endswith("unix") else None)
        what = ["sink", f"@{sock.fileno()}"] if sends else ["source", f"@{sock.fileno()}", size]
        peer = group.program("peer", *what, stdout=subprocess.PIPE, keep=[sock.fileno()])
        sock.close()
        data = target = None
        if kind == "file" and sends:
            data = open(group.path("part"), "w+b")
            data.truncate(size)
        elif kind == "file":
            target = open(bench.output, "wb")
        elif kind == "pipe" and sends:
            data, feed = pipe()
            group.program("source", size, stdout=feed)
        elif kind == "pipe":
            drain, target = pipe()
            group.program("sink", stdin=drain)
        strace = ["strace", "-f", "-qq", "-o", group.path("calls")]
        group.wait(group.start(strace + bench.tools.command(tool, role, at), stdin=data, stdout=target))
        count = group.numbers(peer)[0]
        return {"syscalls/GB": traced_calls(group.path("calls")) * GB / count}


def syscalls(bench):
    if not shutil.which("strace"):
        bench.skip("syscalls (no strace)")
        return
    metrics = [Metric("syscalls/GB", more_is_better=False, digits=0)]
    for name, _, role, kind in SHAPES:
        yield Case("syscalls", name, metrics, for_tools(bench, role, calls_of, role, kind, bench.size // 8), repeat=1)


# ---- latency ----

def round_trips(bench, tool, size):
    """stdin -> tool -> echo server -> tool -> stdout, one after the other."""
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener()
        group.program("peer", "echo", f"@{sock.fileno()}", keep=[sock.fileno()])
        sock.close()
        data, feed = pipe()
        drain, target = pipe()
        group.measured(bench.tools.command(tool, "both", at), stdin=data, stdout=target)
        ping = group.program("pingpong", size, bench.trips, stdin=drain, stdout=feed, stderr=subprocess.PIPE)
        group.wait(ping)
        median, late, _ = map(int, ping.stderr.read().split())
        return {"median us": median / 1000, "p99 us": late / 1000}


def latency(bench):
    metrics = [Metric("median us", more_is_better=False, digits=1), Metric("p99 us", more_is_better=False, digits=1)]
    for name, size in (("round trip of 1 B", 1), ("round trip of 1 KiB", 1024)):
        yield Case("latency", name, metrics, for_tools(bench, "both", round_trips, size))


# ---- start-up ----

def start_once(bench, tool, role, text):
    """Start, connect, do next to nothing and end: the median of a batch."""
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener()
        group.program("peer", "serve", f"@{sock.fileno()}", keep=[sock.fileno()])
        sock.close()
        process = group.measured(bench.tools.command(tool, role, at), times=bench.starts, text=text)
        costs = group.costs(process)
        if any(cost.status != 0 for cost in costs):
            raise Failed(f"ended with {max(cost.status for cost in costs)}")
        return {"us": sorted(cost.wall_ns for cost in costs)[len(costs) // 2] / 1000}


def start_calls(bench, tool, role, text):
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener()
        group.program("peer", "serve", f"@{sock.fileno()}", keep=[sock.fileno()])
        sock.close()
        data, feed = pipe()
        feed.write(text.encode())
        feed.close()
        strace = ["strace", "-f", "-qq", "-o", group.path("calls")]
        group.wait(group.start(strace + bench.tools.command(tool, role, at), stdin=data))
        return {"syscalls": traced_calls(group.path("calls"))}


STARTS = [("-z, an open port", "open", ""), ("echo | tool", "echo", "x\n")]


def startup(bench):
    for name, role, text in STARTS:
        yield Case("start-up", name, [Metric("us", more_is_better=False, digits=0)],
                   for_tools(bench, role, start_once, role, text), repeat=3 * bench.repeat)
    if not shutil.which("strace"):
        bench.skip("syscalls at start-up (no strace)")
        return
    for name, role, text in STARTS:
        yield Case("start-up", f"{name}, syscalls", [Metric("syscalls", more_is_better=False, digits=0)],
                   for_tools(bench, role, start_calls, role, text), repeat=1)


# ---- scan ----

def scan_closed(bench, tool):
    with Group(bench.tools, bench.limit) as group:
        process = group.measured(bench.tools.command(tool, "scan"))
        return {"ports/s": 65535e9 / group.costs(process)[0].wall_ns}


def scan_silent(bench, tool):
    with Group(bench.tools, bench.limit) as group:
        process = group.measured(bench.tools.command(tool, "scan-silent", bench.silent))
        return {"s": group.costs(process)[0].wall_ns / GB}


def scans_ranges(bench):
    """The operands of a scan are no option: a build that cannot has a usage error."""
    said = subprocess.run([bench.tools.handset, "-z", "127.0.0.1", "1-2"], capture_output=True, check=False)
    return said.returncode != 2


def scan(bench):
    if not scans_ranges(bench):
        bench.skip("scan of port ranges")
        return
    yield Case("scan", "65,535 closed ports", [Metric("ports/s", digits=0)], for_tools(bench, "scan", scan_closed))
    if bench.silent:
        yield Case("scan", "1,000 silent ports, -w 1", [Metric("s", more_is_better=False)],
                   for_tools(bench, "scan-silent", scan_silent), repeat=3)


# ---- listener ----

def storm(bench, tool, role, total, parallel):
    """Short connections to a listener that keeps open."""
    with Group(bench.tools, bench.limit) as group:
        to = ""
        words = ["echo"] if role != "keep" else []
        if tool == "limit":
            sock, at = listener()
            group.program("peer", "serve", f"@{sock.fileno()}", *words, keep=[sock.fileno()])
            sock.close()
        else:
            at = free_port()
            if role == "forward-many":
                sock, to = listener()
                group.program("peer", "serve", f"@{sock.fileno()}", "echo", keep=[sock.fileno()])
                sock.close()
            group.measured(bench.tools.command(tool, role, at, to))
            group.wait_for_listener("tcp", at)
        client = group.program("storm", at, total, parallel, bench.storm_seconds, *words, stdout=subprocess.PIPE)
        done, failed, nanoseconds, slowest = group.numbers(client)
        return {"connections/s": done * GB / nanoseconds, "slowest ms": slowest / 1e6, "not done": failed}


def connections(bench):
    metrics = [Metric("connections/s", digits=0), Metric("slowest ms", more_is_better=False),
               Metric("not done", more_is_better=False, digits=0)]
    many = bench.connections
    # Two processes that take turns are a matter of where the scheduler puts them: that takes more repetitions.
    for name, parallel, repeat in (("-k, one at a time", 1, 2 * bench.repeat), ("-k, 16 at once", 16, bench.repeat)):
        yield Case("listener", name, metrics, for_tools(bench, "keep", storm, "keep", many, parallel), seconds=60,
                   repeat=repeat)
    if bench.tools.has("exec"):
        yield Case("listener", "-k -e /bin/cat, 8 at once", metrics,
                   for_tools(bench, "keep-exec", storm, "keep-exec", many // 5, 8), seconds=30)
    else:
        bench.skip("listener with -e")
    if bench.tools.has("to"):
        yield Case("listener", "-k --to, 16 at once", metrics,
                   for_tools(bench, "forward-many", storm, "forward-many", many, 16), seconds=30)


# ---- broker, and clients that are idle ----

def resident_kib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise Failed("the server has ended")


def deliveries(bench, tool):
    """One of 100 clients speaks, and all others are to hear it."""
    with Group(bench.tools, bench.limit) as group:
        at = free_port()
        group.start(bench.tools.command(tool, "broker", at))
        group.wait_for_listener("tcp", at)
        crowd = group.program("crowd", at, 100, "broker", bench.messages, 64, stdout=subprocess.PIPE)
        connected, _, delivered, nanoseconds = group.numbers(crowd)
        if connected < 100:
            raise Failed(f"{connected} of 100 clients hear something")
        return {"deliveries/s": delivered * GB / nanoseconds, "lost %": 100 - 100 * delivered / (99 * bench.messages)}


def held(bench, tool, role, clients):
    """CLIENTS connect at once and stay: how many are served, after how long, and what each of them takes."""
    with Group(bench.tools, 2 * bench.limit) as group:
        at = free_port()
        to, words, keep = "", ["broker"], []
        if role == "forward-many":
            sock, to = listener()
            words, keep = ["idle", f"@{sock.fileno()}"], [sock.fileno()]
        server = group.start(bench.tools.command(tool, role, at, to))
        group.wait_for_listener("tcp", at)
        before = resident_kib(server)
        crowd = group.program("crowd", at, clients, *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, keep=keep)
        connected, nanoseconds = map(int, crowd.stdout.readline().split())
        taken = resident_kib(server) - before
        crowd.stdin.close()
        return {"served": connected, "s": nanoseconds / GB, "KiB a client": taken / max(connected, 1)}


def broker(bench):
    if not bench.tools.has("broker"):
        bench.skip("broker")
        return
    yield Case("broker", "100 clients", [Metric("deliveries/s", digits=0), Metric("lost %", more_is_better=False)],
               for_tools(bench, "broker", deliveries))
    metrics = [Metric("served", digits=0), Metric("s", more_is_better=False),
               Metric("KiB a client", more_is_better=False)]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for clients in (1000, 5000):
        if hard < 2 * clients + 100:
            bench.skip(f"{clients} clients (no more than {hard} descriptors)")
            continue
        yield Case("broker", f"{clients:,} clients", metrics,
                   for_tools(bench, "broker", held, "broker", clients), repeat=1)
        yield Case("broker", f"-k --to, {clients:,} idle clients", metrics,
                   for_tools(bench, "forward-many", held, "forward-many", clients), repeat=1)


# ---- UDP ----

def udp_send(bench, tool, size):
    """Packets of a pipe become datagrams: those that arrive as they were, in the time that it took to hand them over."""
    count = bench.datagrams
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener(kind=2)
        counter = group.program("udp", "count", f"@{sock.fileno()}", size, stdout=subprocess.PIPE,
                                keep=[sock.fileno()])
        sock.close()
        data, feed = pipe(os.O_DIRECT)
        group.start(bench.tools.command(tool, "udp-send", at), stdin=data)
        time.sleep(0.1)
        source = group.measured([bench.tools.program("source"), str(count * size), "packet", str(size)], stdout=feed)
        sent_ns = group.cost(source).wall_ns
        received, _ = group.numbers(counter)
        return {"datagrams/s": received * GB / sent_ns, "lost or changed %": 100 * (count - received) / count}


def udp_receive(bench, tool, size):
    """A flood: how many arrive on stdout."""
    with Group(bench.tools, bench.limit) as group:
        at = free_port()
        drain, target = pipe()
        sink = group.program("sink", stdin=drain, stdout=subprocess.PIPE)
        process = group.start(bench.tools.command(tool, "udp-receive", at), stdout=target)
        group.wait_for_listener("udp", at)
        flood = group.program("udp", "flood", at, size, 1, stdout=subprocess.PIPE)
        sent, nanoseconds = group.numbers(flood)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        received, rest = divmod(group.numbers(sink)[0], size)
        return {"datagrams/s": received * GB / nanoseconds, "lost %": 100 * (sent - received) / sent,
                "bytes of no whole one": rest}


def udp(bench):
    sending = [Metric("datagrams/s", digits=0), Metric("lost or changed %", more_is_better=False)]
    flooded = [Metric("datagrams/s", digits=0), Metric("lost %", more_is_better=False, digits=1),
               Metric("bytes of no whole one", more_is_better=False, digits=0)]
    for size in (64, 1400):
        yield Case("UDP", f"send, {size} B", sending, for_tools(bench, "udp-send", udp_send, size))
        yield Case("UDP", f"receive a flood, {size} B", flooded,
                   for_tools(bench, "udp-receive", udp_receive, size))


# ---- trace ----

def traced(bench, command, size):
    """pipe -> TCP with a trace: COMMAND has TRACE where the file goes, and AT where the port goes."""
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener()
        peer = group.program("peer", "sink", f"@{sock.fileno()}", stdout=subprocess.PIPE, keep=[sock.fileno()])
        sock.close()
        data, feed = pipe()
        group.program("source", size, stdout=feed)
        words = command.replace("TRACE", group.path("trace")).replace("AT", at).split()
        process = group.measured(words, stdin=data)
        return speed(size, group.numbers(peer), group.cost(process).cpu_ns)


def on_one_cpu(run, *words):
    with one_cpu():
        return run(*words)


def trace(bench):
    handset = bench.tools.handset
    rows = {
        "handset": (f"{handset} 127.0.0.1 AT", 1),
        "handset -vv": (f"{handset} -vv --trace-file TRACE 127.0.0.1 AT", 1),
        "handset -vvv": (f"{handset} -vvv --trace-file TRACE 127.0.0.1 AT", 1),
        "handset -vvv, JSON": (f"{handset} -vvv --trace json --trace-file TRACE 127.0.0.1 AT", 1),
    }
    if shutil.which("strace") and "nc.openbsd" in bench.tools.present:
        rows["nc.openbsd"] = ("nc.openbsd -N 127.0.0.1 AT", 1)
        rows["strace -f nc.openbsd"] = ("strace -f -o TRACE nc.openbsd -N 127.0.0.1 AT", 1 / 16)
    # One per cent is less than the spread of where the scheduler puts the processes, and than the start of a short run.
    yield Case("trace", "pipe -> TCP, -vv, on one CPU", SPEED,
               {name: functools.partial(on_one_cpu, traced, bench, rows[name][0], 8 * bench.size)
                for name in ("handset", "handset -vv")}, seconds=30, repeat=2 * bench.repeat)
    runs = {name: functools.partial(traced, bench, command, int(bench.size * share))
            for name, (command, share) in rows.items()}
    yield Case("trace", "pipe -> TCP", SPEED, runs, seconds=30)


# ---- memory ----

def peak(bench, tool, role, size):
    with Group(bench.tools, bench.limit) as group:
        sock, at = listener()
        what = ["source", f"@{sock.fileno()}", size] if role == "receive" else ["sink", f"@{sock.fileno()}"]
        group.program("peer", *what, keep=[sock.fileno()])
        sock.close()
        data, feed = pipe()
        drain, target = pipe()
        group.program("sink", stdin=drain)
        if role == "send":
            group.program("source", size, stdout=feed)
        process = group.measured(bench.tools.command(tool, role, at), stdin=data if role == "send" else None,
                                 stdout=target)
        return {"peak MiB": group.cost(process).peak_kib / 1024}


def growth(bench, tool, role):
    """The peak of a long stream, to that of a short one."""
    return {"times": peak(bench, tool, role, bench.size)["peak MiB"] / peak(bench, tool, role, MIB)["peak MiB"]}


def memory(bench):
    metrics = [Metric("peak MiB", more_is_better=False, digits=1)]
    for size in (MIB, bench.size):
        for name, role in (("pipe -> TCP", "send"), ("TCP -> pipe", "receive")):
            yield Case("memory", f"{name}, {size // MIB} MiB", metrics, for_tools(bench, role, peak, role, size),
                       repeat=1)
    for name, role in (("pipe -> TCP", "send"), ("TCP -> pipe", "receive")):
        yield Case("memory", f"{name}, to 1 MiB", [Metric("times", more_is_better=False)],
                   for_tools(bench, role, growth, role), repeat=1)


SECTIONS = {
    "throughput": throughput,
    "syscalls": syscalls,
    "latency": latency,
    "start-up": startup,
    "scan": scan,
    "listener": connections,
    "broker": broker,
    "udp": udp,
    "trace": trace,
    "memory": memory,
}
