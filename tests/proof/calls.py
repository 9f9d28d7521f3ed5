"""Reads what strace and what handset's trace say of the calls of a run, and compares the two.

A call becomes a Call, whoever tells of it; an address becomes "127.0.0.1:80" or "[::1]:80" or the path.
"""
import json
import re
from dataclasses import dataclass, field

STEPS = {"socket", "socketpair", "bind", "listen", "accept4", "connect", "shutdown", "close", "setsockopt",
         "getsockopt", "getsockname", "getpeername"}
DATA = {"poll", "read", "write", "readv", "writev", "preadv2", "pwritev2", "sendto", "sendmsg", "sendmmsg", "recvfrom",
        "recvmsg", "recvmmsg", "splice", "sendfile", "ioctl"}
# What strace must tell besides, to know what a descriptor is.
DESCRIPTORS = {"open", "openat", "pipe", "pipe2", "dup", "dup2", "dup3", "signalfd4", "eventfd2", "timerfd_create",
               "accept", "ppoll", "execve"}
RENAMED = {"ppoll": "poll"}
# Calls whose address the trace shows, and where it stands among strace's arguments.
ADDRESS_AT = {"bind": 1, "connect": 1, "accept4": 1, "getsockname": 1, "getpeername": 1, "sendto": 4, "recvfrom": 4}
# Arguments that are the same word in every notation, by their place.
WORDS_AT = {"socket": (0, 1, 2), "socketpair": (0, 1, 2), "listen": (0, 1), "shutdown": (0, 1), "setsockopt": (0, 1, 2),
            "getsockopt": (0, 1, 2), "poll": (), "splice": (0, 2, 4, 5), "sendfile": (0, 1, 3)}


# The name of an answer among the calls.
ANSWER = "(answer)"

# strace has names for these machines.
CIDS = {"VMADDR_CID_HYPERVISOR": 0, "VMADDR_CID_LOCAL": 1, "VMADDR_CID_HOST": 2, "VMADDR_CID_ANY": "any"}


@dataclass
class Call:
    name: str
    args: list
    ret: int
    errno: str = None
    raw: str = ""
    optional: bool = False
    words: list = field(default_factory=list)
    address: str = None

    def key(self):
        return self.name, self.ret, self.errno, self.words, self.address


def split_arguments(text):
    """The arguments of a call as strace writes them, split at the commas outside of brackets and quotes."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return parts + [text[start:].strip()] if text else []


def readable_address(text):
    """strace's {sa_family=AF_INET, ...} as the trace's other notations write it; None where there is none."""
    if text.startswith('{sa_family=AF_UNIX'):
        path = re.search(r'sun_path=(@?)"((?:[^"\\]|\\.)*)"', text)
        return path[1] + path[2] if path else "(unnamed)"
    if text.startswith("{sa_family=AF_VSOCK"):
        cid, port = re.search(r"svm_cid=(\w+), svm_port=(\w+)", text).groups()
        port = 0 if port == "VMADDR_PORT_ANY" else int(port, 16)
        return f"vsock:{CIDS[cid] if cid in CIDS else int(cid, 16)}:{port}"
    port = re.search(r"sin6?_port=htons\((\d+)\)", text)
    host = re.search(r'(?:inet_addr\("([^"]+)"|inet_pton\(AF_INET6, "([^"]+)")', text)
    if not port or not host:
        return None
    return f"{host[1]}:{port[1]}" if host[1] else f"[{host[2]}]:{port[1]}"


def finish(call):
    """Fill in what is compared."""
    places = WORDS_AT.get(call.name, (0,))
    words = [str(call.args[place]) for place in places if place < len(call.args)]
    # Flags in whatever order: strace has SOCK_CLOEXEC before SOCK_NONBLOCK, man pages the other way round.
    call.words = ["|".join(sorted(word.split("|"))) for word in words]
    return call


LINE = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+)(?: (E\w+))?")


def parse_strace_line(text):
    match = LINE.match(text)
    if not match:
        return None
    name = RENAMED.get(match[1], match[1])
    # strace pads, and has other names for SIOCOUTQ and SIOCINQ, which are the same numbers.
    raw = re.sub(r"\)\s+= ", ") = ", text, count=1).replace("TIOCOUTQ", "SIOCOUTQ").replace("FIONREAD", "SIOCINQ")
    # Since 6.13 it prints the bytes of a control message that it does not know (UDP_SEGMENT).
    raw = re.sub(r'(cmsg_type=0x[0-9a-f]+), cmsg_data="(?:[^"\\]|\\.)*"', r"\1", raw)
    call = Call(name, split_arguments(match[2]), int(match[3], 0), match[4], raw)
    place = ADDRESS_AT.get(name)
    if place is not None and place < len(call.args):
        call.address = readable_address(call.args[place])
    return finish(call)


def strace_lines(text):
    """The calls of the first process of `strace -f`, each on one line, put together where another came between."""
    main, pending = None, {}
    for line in text.splitlines():
        match = re.match(r"^(\d+)\s+(.*)$", line)
        if not match:
            continue
        pid, rest = match[1], match[2]
        main = main or pid
        if rest.endswith("<unfinished ...>"):
            pending[pid] = rest[:-len(" <unfinished ...>")]
            continue
        resumed = re.match(r"^<\.\.\. \w+ resumed>(.*)$", rest)
        if resumed:
            rest = pending.pop(pid, "") + resumed[1]
        if pid == main:
            yield rest


class Descriptors:
    """What each descriptor of the process is: "socket", or "other"; 0 and 1 are its input and output."""

    def __init__(self):
        self.kind = {0: "stdio", 1: "stdio", 2: "stderr"}

    def note(self, call):
        if call.ret < 0:
            return
        if call.name in ("socket", "accept4", "accept"):
            self.kind[call.ret] = "socket"
        elif call.name in ("open", "openat", "dup", "signalfd4", "eventfd2", "timerfd_create"):
            self.kind[call.ret] = "other"
        elif call.name in ("pipe", "pipe2", "socketpair"):
            made = [int(number) for number in re.findall(r"\d+", call.args[3 if call.name == "socketpair" else 0])]
            self.kind.update(dict.fromkeys(made, "socket" if call.name == "socketpair" else "other"))
        elif call.name in ("getsockopt", "getsockname"):
            self.kind[int(call.args[0])] = "socket"  # it may be inherited
        elif call.name == "close":
            self.kind.pop(int(call.args[0]), None)

    def concerns(self, call):
        """The kinds of the descriptors that CALL is about."""
        if call.name in ("socket", "socketpair"):
            return {"socket"}
        if call.name == "poll":
            numbers = re.findall(r"fd=(-?\d+)", call.args[0])
        elif call.name == "splice":
            numbers = [call.args[0], call.args[2]]
        elif call.name == "sendfile":
            numbers = call.args[:2]
        else:
            numbers = call.args[:1]
        return {self.kind.get(int(number), "other") for number in numbers}


def from_strace(text, level):
    """The calls that the trace must show at LEVEL, and as optional those that it may: on the program's own pipes."""
    shown = STEPS | DATA if level >= 3 else STEPS
    descriptors, calls = Descriptors(), []
    for line in strace_lines(text):
        call = parse_strace_line(line)
        if not call:
            continue
        if call.name == "execve" and call.ret == 0:
            calls = []  # what a launcher did before
        kinds = descriptors.concerns(call) if call.name in shown else set()
        descriptors.note(call)
        # isatty(3) and the width are questions about a terminal, no steps of the data path.
        if not kinds or kinds == {"stderr"} or (call.name == "ioctl" and {"TCGETS", "TIOCGWINSZ"} & set(call.args)):
            continue
        call.optional = not kinds & {"socket", "stdio"}
        calls.append(call)
    return calls


def from_json(text, _level):
    calls = []
    for line in text.splitlines():
        event = json.loads(line)
        for key in ("t", "event"):
            if key not in event:
                raise ValueError(f"no {key} in {line}")
        if event["event"] != "syscall":
            continue
        args = event["args"]
        call = Call(event["name"], list(args.values()), event["ret"], event["errno"], line, address=args.get("addr"))
        if "dur" not in event:
            raise ValueError(f"no dur in {line}")
        calls.append(finish(call))
    return calls


TEXT_LINE = re.compile(r"^\s*[\d.]+ms (\w+\(.*) <[\d.]+ms>$")
# Stands for the calls that a question needed, in the text of level 2.
ANSWER_LINE = re.compile(r"^\s*[\d.]+ms (-- asked .*) <[\d.]+ms>$")


def from_text(text, level):
    calls = []
    for line in text.splitlines():
        match = ANSWER_LINE.match(line)
        if match and level < 3:
            calls.append(Call(ANSWER, [], 0, raw=match[1]))
            continue
        match = TEXT_LINE.match(line)
        call = parse_strace_line(match[1]) if match else None
        if not call:
            continue
        place = ADDRESS_AT.get(call.name)
        if (call.name != "accept4" or call.ret >= 0) and place is not None and place < len(call.args) and call.args[place] != "NULL":
            call.address = call.args[place]
        calls.append(call)
    return calls


def from_strace_form(text, _level):
    calls = []
    for line in text.splitlines():
        match = re.match(r"^\s*[\d.]+ (\w+\(.*\) .*) <[\d.]+>$", line)
        if not match or not parse_strace_line(match[1]):
            raise ValueError(f"not strace's notation: {line}")
        calls.append(parse_strace_line(match[1]))
    return calls


READERS = {"json": from_json, "text": from_text, "strace": from_strace_form}


def is_loose(call):
    """A message that was received, or one of netlink: the trace does not tell all that is in it."""
    return (call.name == "recvmsg" and call.ret >= 0) or "{nlmsg_len=" in call.raw


def follow(states, call, told, literal):
    """Where one can be in TOLD behind CALL, which strace saw, from each of STATES."""
    literally = literal and not is_loose(call)
    reached = set()
    for at in states:
        if call.optional:
            reached.add(at)
        if at == len(told):
            continue
        if told[at].name == ANSWER:
            reached.add(at)  # one of the calls that it stands for
        elif (call.raw == told[at].raw) if literally else (call.key() == told[at].key()):
            reached.add(at + 1)
    return behind_answers(reached, told)


def behind_answers(states, told):
    """STATES, and where one comes from them when an answer stands for no more calls."""
    reached = set(states)
    for at in sorted(states):
        while at < len(told) and told[at].name == ANSWER:
            at += 1
            reached.add(at)
    return reached


def differences(seen, told, literal):
    """What TOLD (the trace) has otherwise than SEEN (strace), as lines; nothing when they agree."""
    states, passed = behind_answers({0}, told), []
    for call in seen:
        reached = follow(states, call, told, literal)
        at = max(states)
        if not reached:
            here = told[at] if at < len(told) else None
            found = passed + [f"call {at + 1}:", f"  strace: {call.raw}", f"  trace:  {here.raw if here else '(no more)'}"]
            if not literal and here:
                found += [f"  compared: {call.key()}", f"  with:     {here.key()}"]
            return found
        passed = passed + [f"  left out: {call.raw}"] if max(reached) == at else []
        states = reached
    if len(told) not in states:
        at = max(states)
        return passed + [f"call {at + 1}: strace did not see it:", f"  trace:  {told[at].raw}"]
    return []
