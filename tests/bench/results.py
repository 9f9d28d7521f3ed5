"""What is measured, and what came of it: interleaved runs, medians, spread, ratios; as a table and as JSON."""
import dataclasses
import statistics
import time

from processes import Failed


@dataclasses.dataclass
class Metric:
    name: str
    more_is_better: bool = True
    digits: int = 2


@dataclasses.dataclass
class Case:
    """One line of work: RUNS has a function for each tool, which does it once and returns a value for each metric."""
    section: str
    name: str
    metrics: list
    runs: dict
    seconds: float = 15       # no repetition is begun after so long
    repeat: int = 0           # 0: as often as asked for


def quotient(one, two):
    """Nothing to nothing is the same; something to nothing is out of all proportion."""
    if two:
        return one / two
    return float("inf") if one else 1.0


class Outcome:
    """The values of a case: a list for each tool and metric, in the order of the repetitions."""

    def __init__(self, case):
        self.case = case
        self.values = {tool: {metric.name: [] for metric in case.metrics} for tool in case.runs}
        self.failures = {}

    def add(self, tool, row):
        for metric in self.case.metrics:
            self.values[tool][metric.name].append(row.get(metric.name))

    def known(self, tool, metric):
        return [value for value in self.values.get(tool, {}).get(metric, []) if value is not None]

    def median(self, tool, metric):
        known = self.known(tool, metric)
        return statistics.median(known) if known else None

    def ratio(self, tool, other, metric):
        """TOOL to OTHER: the median of the ratios of the pairs, that is of runs of one repetition."""
        pairs = zip(self.values.get(tool, {}).get(metric, []), self.values.get(other, {}).get(metric, []))
        ratios = [quotient(one, two) for one, two in pairs if one is not None and two is not None]
        return statistics.median(ratios) if ratios else None

    def best(self, tools, metric):
        """The best of TOOLS by METRIC, a struct of the case; None when none has a value."""
        known = [tool for tool in tools if self.known(tool, metric.name)]
        pick = max if metric.more_is_better else min
        return pick(known, key=lambda tool: self.median(tool, metric.name)) if known else None

    def as_json(self):
        tools = {}
        for tool, metrics in self.values.items():
            tools[tool] = {
                name: {
                    "median": self.median(tool, name),
                    "min": min(self.known(tool, name)),
                    "max": max(self.known(tool, name)),
                    "handset_ratio": self.ratio("handset", tool, name),
                    "values": values,
                }
                for name, values in metrics.items() if self.known(tool, name)
            }
        return {"section": self.case.section, "case": self.case.name, "tools": tools, "failures": self.failures}


def measure(case, repeat, say):
    """Run CASE: each repetition has every tool once, and begins with another one."""
    outcome = Outcome(case)
    tools = list(case.runs)
    start = time.monotonic()
    for turn in range(case.repeat or repeat):
        if turn > 0 and time.monotonic() - start > case.seconds:
            break
        order = tools[turn % len(tools):] + tools[:turn % len(tools)]
        for tool in order:
            if tool in outcome.failures:
                continue
            say(f"{case.section}: {case.name}: {tool} ({turn + 1})")
            try:
                row = case.runs[tool]()
            except Failed as failed:
                outcome.failures[tool] = str(failed)
                row = {}
            outcome.add(tool, row)
    return outcome


def number(value, digits):
    if value is None:
        return "-"
    return f"{value:,.{0 if abs(value) >= 1000 else digits}f}"


def table(outcome):
    """The lines of one case: a row a tool, three columns a metric."""
    case = outcome.case
    header = [case.name]
    for metric in case.metrics:
        header += [metric.name, "min .. max", "handset to it"]
    rows = [header]
    for tool in case.runs:
        row = [f"  {tool}"]
        for metric in case.metrics:
            known = outcome.known(tool, metric.name)
            spread = f"{number(min(known), metric.digits)} .. {number(max(known), metric.digits)}" if known else "-"
            ratio = None if tool == "handset" else outcome.ratio("handset", tool, metric.name)
            row += [number(outcome.median(tool, metric.name), metric.digits), spread,
                    f"x {ratio:.2f}" if ratio is not None else ""]
        if tool in outcome.failures:
            row.append(outcome.failures[tool])
        rows.append(row)
    widths = [max(len(row[at]) if at < len(row) else 0 for row in rows) for at in range(max(map(len, rows)))]
    for row in rows:
        cells = [cell.ljust(widths[at]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(row)]
        yield "  ".join(cells).rstrip()
