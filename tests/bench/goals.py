"""What handset is to reach, and whether it did in this run. A row: section, case, metric, against whom ("limit"; "peer": the
best of them; a tool; None: the figure itself), and the bound: at least, or at most where less is better."""
from tools import PEERS

GOALS = [
    *[("throughput", shape, "GB/s", "limit", 0.9)
      for shape in ("pipe -> TCP", "file -> TCP", "TCP -> pipe", "TCP -> /dev/null", "pipe -> Unix", "file -> Unix",
                    "Unix -> pipe")],
    ("throughput", "TCP -> file", "GB/s", "peer", 1.0),
    ("throughput", "both ends", "GB/s", "peer", 5.0),
    ("throughput", "both ends, cat to cat", "GB/s", "peer", 1.8),
    ("throughput", "--to", "GB/s", "socat", 4.0),
    *[("throughput", shape, "CPU s/GB", "peer", 1 / 3)
      for shape in ("pipe -> TCP", "file -> TCP", "TCP -> pipe", "TCP -> /dev/null", "TCP -> file", "pipe -> Unix",
                    "file -> Unix", "Unix -> pipe", "both ends", "both ends, cat to cat")],
    ("throughput", "--to", "CPU s/GB", "socat", 1 / 3),
    *[("syscalls", shape, "syscalls/GB", None, 10000)
      for shape in ("pipe -> TCP", "file -> TCP", "TCP -> pipe", "TCP -> /dev/null", "TCP -> file", "pipe -> Unix",
                    "file -> Unix", "Unix -> pipe")],
    *[("latency", case, metric, "peer", 1.0)
      for case in ("round trip of 1 B", "round trip of 1 KiB") for metric in ("median us", "p99 us")],
    *[("start-up", case, "us", other, bound)
      for case in ("-z, an open port", "echo | tool") for other, bound in (("limit", 1.15), ("peer", 1.0))],
    ("start-up", "-z, an open port, syscalls", "syscalls", None, 59),
    ("start-up", "echo | tool, syscalls", "syscalls", None, 59),
    ("scan", "65,535 closed ports", "ports/s", "nc.openbsd", 1.5),
    ("scan", "1,000 silent ports, -w 1", "s", None, 1.1),
    ("listener", "-k, one at a time", "connections/s", "peer", 1.0),
    ("listener", "-k, 16 at once", "connections/s", "socat", 10.0),
    ("listener", "-k -e /bin/cat, 8 at once", "connections/s", "ncat", 1.3),
    ("listener", "-k --to, 16 at once", "connections/s", "socat", 3.0),
    ("broker", "100 clients", "deliveries/s", "ncat", 1.2),
    ("broker", "1,000 clients", "served", None, 1000),
    ("broker", "5,000 clients", "served", None, 5000),
    ("broker", "5,000 clients", "KiB a client", None, 1.0),
    *[("broker", f"-k --to, {clients} idle clients", metric, None, bound) for clients in ("1,000", "5,000")
      for metric, bound in (("served", int(clients.replace(",", ""))), ("KiB a client", 4.0))],
    *[("UDP", f"send, {size} B", "datagrams/s", "peer", 1.8) for size in (64, 1400)],
    *[("UDP", f"receive a flood, {size} B", "datagrams/s", "peer", 1.3) for size in (64, 1400)],
    *[("UDP", f"receive a flood, {size} B", "lost %", "peer", 1.0) for size in (64, 1400)],
    *[("UDP", f"receive a flood, {size} B", "bytes of no whole one", None, 0) for size in (64, 1400)],
    *[("UDP", f"send, {size} B", "lost or changed %", None, 1.0) for size in (64, 1400)],
    ("trace", "pipe -> TCP, -vv, on one CPU", "GB/s", "handset -vv / handset", 0.99),
    ("trace", "pipe -> TCP, -vv, on one CPU", "CPU s/GB", "handset -vv / handset", 1.01),
    ("trace", "pipe -> TCP", "GB/s", "handset -vvv / strace -f nc.openbsd", 5.0),
    ("trace", "pipe -> TCP", "GB/s", "handset -vvv, JSON / strace -f nc.openbsd", 5.0),
    ("memory", "pipe -> TCP, to 1 MiB", "times", None, 1.2),
    ("memory", "TCP -> pipe, to 1 MiB", "times", None, 1.2),
]


def compare(outcome, metric, against):
    """The figure that a goal bounds, and what it is compared with; None when this run does not have it."""
    if against is None:
        return outcome.median("handset", metric.name), ""
    if " / " in against:
        one, other = against.split(" / ")
        return outcome.ratio(one, other, metric.name), f"{one} to {other}"
    other = outcome.best(PEERS, metric) if against == "peer" else against
    return (outcome.ratio("handset", other, metric.name) if other else None), f"to {other}"


def judge(outcomes):
    """A row for each goal that this run can tell of."""
    by_name = {(outcome.case.section, outcome.case.name): outcome for outcome in outcomes}
    for section, case, name, against, bound in GOALS:
        outcome = by_name.get((section, case))
        if not outcome:
            continue
        metric = next(metric for metric in outcome.case.metrics if metric.name == name)
        value, words = compare(outcome, metric, against)
        others = [tool for tool in outcome.case.runs if tool != "handset" and outcome.known(tool, name)]
        if value is None and outcome.known("handset", name) and (against or not others):
            continue  # whom it is compared with is not there
        met = value is not None and (value >= bound if metric.more_is_better else value <= bound)
        yield {"section": section, "case": case, "metric": name, "compared": words, "value": value, "bound": bound,
               "at_least": metric.more_is_better, "met": met}


def lines(rows):
    """The table of the goals."""
    yield "goals"
    for row in rows:
        sign = ">=" if row["at_least"] else "<="
        what = f"{row['section']}, {row['case']}: {row['metric']} {row['compared']}".rstrip()
        value = "-" if row["value"] is None else f"{row['value']:,.2f}"
        yield f"  {'met   ' if row['met'] else 'missed'}  {what:<78} {value:>9} {sign} {row['bound']:,.2f}"
