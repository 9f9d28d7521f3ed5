"""How each tool is called for each thing that is measured.

A row of ROLES: what is to be done, then the command of each tool that can do it. In a command, {at} is the port or path,
{to} a second one, {bin} the folder of the C programs; a tool that is not in a row cannot do that. `limit` is the C program
that does the best known thing (tests/bench/*.c); the others are what a user would type.
"""
import shutil
import subprocess

PEERS = ["nc.openbsd", "ncat", "socat"]
TOOLS = ["limit", "handset", *PEERS]
# Another binary of handset, beside which a change is measured (--before).
BEFORE = "before"

ROLES = {
    "send": {
        "limit": "{bin}/limit send {at}",
        "handset": "{handset} 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -N 127.0.0.1 {at}",
        "ncat": "ncat -n 127.0.0.1 {at}",
        "socat": "socat -u - TCP:127.0.0.1:{at}",
    },
    "receive": {
        "limit": "{bin}/limit recv {at}",
        "handset": "{handset} -d 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -d 127.0.0.1 {at}",
        "ncat": "ncat -n --recv-only 127.0.0.1 {at}",
        "socat": "socat -u TCP:127.0.0.1:{at} -",
    },
    "listen": {
        "limit": "{bin}/limit -l recv {at}",
        "handset": "{handset} -l -d 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -l -d 127.0.0.1 {at}",
        "ncat": "ncat -n -l --recv-only 127.0.0.1 {at}",
        "socat": "socat -u TCP-LISTEN:{at},bind=127.0.0.1,reuseaddr -",
    },
    "send-unix": {
        "limit": "{bin}/limit send {at}",
        "handset": "{handset} -U {at}",
        "nc.openbsd": "nc.openbsd -N -U {at}",
        "ncat": "ncat -U {at}",
        "socat": "socat -u - UNIX-CONNECT:{at}",
    },
    "receive-unix": {
        "limit": "{bin}/limit recv {at}",
        "handset": "{handset} -d -U {at}",
        "nc.openbsd": "nc.openbsd -d -U {at}",
        "ncat": "ncat --recv-only -U {at}",
        "socat": "socat -u UNIX-CONNECT:{at} -",
    },
    "forward": {
        "limit": "{bin}/limit -l forward {at} {to}",
        "handset": "{handset} -l 127.0.0.1 {at} --to 127.0.0.1:{to}",
        "socat": "socat TCP-LISTEN:{at},bind=127.0.0.1,reuseaddr TCP:127.0.0.1:{to}",
    },
    "forward-many": {
        "handset": "{handset} -l -k 127.0.0.1 {at} --to 127.0.0.1:{to}",
        "socat": "socat TCP-LISTEN:{at},bind=127.0.0.1,reuseaddr,fork,backlog=128 TCP:127.0.0.1:{to}",
    },
    "both": {
        "limit": "{bin}/limit both {at}",
        "handset": "{handset} 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -N 127.0.0.1 {at}",
        "ncat": "ncat -n 127.0.0.1 {at}",
        "socat": "socat - TCP:127.0.0.1:{at}",
    },
    "open": {
        "limit": "{bin}/start {at}",
        "handset": "{handset} -z 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -z 127.0.0.1 {at}",
        "ncat": "ncat -n -z 127.0.0.1 {at}",
        "socat": "socat -u /dev/null TCP:127.0.0.1:{at}",
    },
    "echo": {
        "limit": "{bin}/start {at} send",
        "handset": "{handset} 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -N 127.0.0.1 {at}",
        "ncat": "ncat -n 127.0.0.1 {at}",
        "socat": "socat - TCP:127.0.0.1:{at}",
    },
    "scan": {
        "limit": "{bin}/scan 1 65535",
        "handset": "{handset} -z 127.0.0.1 1-65535",
        "nc.openbsd": "nc.openbsd -n -z 127.0.0.1 1-65535",
    },
    "scan-silent": {
        "handset": "{handset} -z -w 1 {at} 1-1000",
    },
    "keep": {
        "limit": "{bin}/peer serve {at}",
        "handset": "{handset} -l -k -d 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -l -k -d 127.0.0.1 {at}",
        "ncat": "ncat -n -l -k --recv-only 127.0.0.1 {at}",
        "socat": "socat -u TCP-LISTEN:{at},bind=127.0.0.1,reuseaddr,fork,backlog=128 -",
    },
    "keep-exec": {
        "handset": "{handset} -l -k -e /bin/cat 127.0.0.1 {at}",
        "ncat": "ncat -n -l -k -e /bin/cat 127.0.0.1 {at}",
        "socat": "socat TCP-LISTEN:{at},bind=127.0.0.1,reuseaddr,fork,backlog=128 EXEC:/bin/cat",
    },
    "broker": {
        "handset": "{handset} -l --broker 127.0.0.1 {at}",
        "ncat": "ncat -n -l --broker -m 6000 127.0.0.1 {at}",
    },
    "udp-send": {
        "limit": "{bin}/udp send {at}",
        "handset": "{handset} -u 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -u 127.0.0.1 {at}",
        "ncat": "ncat -n -u 127.0.0.1 {at}",
        "socat": "socat -u - UDP:127.0.0.1:{at}",
    },
    "udp-receive": {
        "limit": "{bin}/udp recv {at}",
        "handset": "{handset} -u -l -d 127.0.0.1 {at}",
        "nc.openbsd": "nc.openbsd -u -l -d 127.0.0.1 {at}",
        "ncat": "ncat -n -u -l --recv-only 127.0.0.1 {at}",
        "socat": "socat -u UDP-RECV:{at},bind=127.0.0.1 -",
    },
}

VERSIONS = {
    "handset": ["{handset}", "--version"],
    "nc.openbsd": ["nc.openbsd", "-h"],
    "ncat": ["ncat", "--version"],
    "socat": ["socat", "-V"],
}


class Tools:
    """The tools that this machine has, and their commands."""

    def __init__(self, handset, before, folder, wanted):
        self.handset = handset
        self.before = before
        self.folder = folder
        self.missing = [name for name in PEERS if name in wanted and not shutil.which(name)]
        self.present = [name for name in TOOLS if name in wanted and name not in self.missing]
        if before:
            self.present.insert(1, BEFORE)
        dump = subprocess.run([handset, "--dump-options"], capture_output=True, text=True, check=True)
        self.options = {line.split("\t")[0] for line in dump.stdout.splitlines()}

    def has(self, *options):
        """Whether this build of handset has all these options, by their long names."""
        return all(option in self.options for option in options)

    def program(self, name):
        return f"{self.folder}/{name}"

    def command(self, tool, role, at="", to=""):
        text = ROLES[role]["handset" if tool == BEFORE else tool]
        handset = self.before if tool == BEFORE else self.handset
        return text.format(handset=handset, bin=self.folder, at=at, to=to).split()

    def able(self, role):
        """The tools that can do ROLE, in the order of the tables."""
        return [tool for tool in self.present if ("handset" if tool == BEFORE else tool) in ROLES[role]]

    def version(self, tool):
        command = [word.format(handset=self.handset) for word in VERSIONS[tool]]
        said = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        lines = (said.stdout + said.stderr).split("\n")
        return next((line.strip() for line in lines if any(char.isdigit() for char in line)), "")
