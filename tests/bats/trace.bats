#!/usr/bin/env bats
# What the trace shows at which level, and its forms. That it is true is proven by tests/proof.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

@test "without -v a run that succeeds says nothing" {
	listen server 127.0.0.1 0 </dev/null
	run_status 0 127.0.0.1 "$port" <<<x
	ends server
	expect_empty err
}

@test "-v tells status, -vv the steps, -vvv the data path too" {
	peer server echo-many
	run_status 0 -v -W 1 127.0.0.1 "$port" <<<x
	expect_equal 'lines of -v' "$(wc -l <err)" 1
	run_status 0 -vv 127.0.0.1 "$port" <<<x
	for call in socket connect getsockopt getsockname shutdown close; do
		expect_match err "^ +[0-9]+\.[0-9]{3}ms $call\(.*\) = .* <[0-9.]+ms>$"
	done
	expect_no_match err 'ms (poll|read|write|recvfrom|sendto|splice)\('
	run_status 0 -vvv 127.0.0.1 "$port" <<<x
	expect_match err 'ms poll\(\[\{fd=.*events=POLLIN'
	expect_match err 'ms sendto\([0-9]+, "x\\n", 2, MSG_NOSIGNAL'
	expect_match err 'ms recvfrom\([0-9]+, "x\\n"'
}

@test "the text is in the notation of the contract" {
	port=$(refusing_port)
	run_status 4 -vv 127.0.0.1 "$port"
	expect_match err '^ {3,}[0-9]+\.[0-9]{3}ms socket\(AF_INET, SOCK_STREAM\|SOCK_NONBLOCK\|SOCK_CLOEXEC, IPPROTO_TCP\) = [0-9] <[0-9]\.[0-9]{3}ms>$'
	expect_match err "ms connect\([0-9], 127\.0\.0\.1:$port\) = -1 EINPROGRESS \(Operation now in progress\) <"
}

@test "-vv of a failed connect is a glance: what was asked to find the cause is a line, the calls are there with -vvv" {
	port=$(refusing_port)
	run_status 4 -vv 127.0.0.1 "$port"
	expect_match err "^ +[0-9.]+ms -- asked this host who listens on port $port: nobody <[0-9.]+ms>$"
	expect_no_match err 'NETLINK'
	[ "$(grep -c '^ *[0-9.]*ms ' err)" -le 10 ] || expect_equal 'steps' "$(cat err)" 'ten at most'
	run_status 4 -vvv 127.0.0.1 "$port"
	expect_match err "ms socket\(AF_NETLINK, .*NETLINK_SOCK_DIAG"
	expect_match err "^ +[0-9.]+ms -- asked this host who listens on port $port: nobody <[0-9.]+ms>$"
}

@test "JSON: a call that serves a question says which, at both levels" {
	local level
	port=$(refusing_port)
	for level in -vv -vvv; do
		run_status 4 $level --trace json --trace-file trace 127.0.0.1 "$port"
		python3 - "$port" <<'END'
import json, sys
port = sys.argv[1]
events = [json.loads(line) for line in open("trace")]
asked = {event["for"]: event for event in events if event["event"] == "asked"}
question = "who listens on port " + port
assert asked[question]["whom"] == "this host" and asked[question]["answer"] == "nobody", asked
assert asked[question]["dur"] > 0, asked
calls = [event for event in events if event["event"] == "syscall"]
assert {call["for"] for call in calls if call["name"] == "socket" and call["args"]["domain"] == "AF_NETLINK"} <= set(asked)
assert any(call.get("for") == question for call in calls), calls
assert not any("for" in call for call in calls if call["name"] == "connect"), calls
END
	done
}

@test "JSON: each line is an object with time and event, and a call has its parts" {
	peer server echo
	run_status 0 -vvv --trace json 127.0.0.1 "$port" <<<'hello'
	python3 - "$port" <<'END'
import json, sys
port = sys.argv[1]
events = [json.loads(line) for line in open("err")]
assert all(isinstance(event["t"], (int, float)) and "event" in event for event in events)
calls = [event for event in events if event["event"] == "syscall"]
for call in calls:
    assert isinstance(call["args"], dict) and isinstance(call["ret"], int) and isinstance(call["dur"], (int, float)), call
    assert call["errno"] is None or call["errno"].startswith("E"), call
socket = next(call for call in calls if call["name"] == "socket" and call["args"]["domain"] == "AF_INET")
assert socket["args"] == {"domain": "AF_INET", "type": "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC", "protocol": "IPPROTO_TCP"}
connect = next(call for call in calls if call["name"] == "connect")
assert connect["args"]["addr"] == "127.0.0.1:" + port and connect["errno"] == "EINPROGRESS" and connect["ret"] == -1
shutdown = next(call for call in calls if call["name"] == "shutdown")
assert shutdown["args"]["how"] == "SHUT_WR"
names = [event["event"] for event in events]
for name in ("attempt", "connected", "eof", "closed"):
    assert name in names, name
END
}

@test "JSON: a failure is an error event with errno, status and a stable cause" {
	run_status 4 --trace json 127.0.0.1 "$(refusing_port)"
	python3 - <<'END'
import json
events = [json.loads(line) for line in open("err")]
error = events[-1]
assert error["event"] == "error" and error["errno"] == "ECONNREFUSED" and error["status"] == 4, error
assert error["cause"] == "refused" and error["reason"] == "Connection refused", error
assert error["dur"] > 0 and error["t"] > 0, error
failed = next(event for event in events if event["event"] == "failed")
attempt = next(event for event in events if event["event"] == "attempt")
connect = next(event for event in events if event.get("name") == "connect")
assert failed["errno"] == "ECONNREFUSED" and failed["cause"] == "refused" and failed["dur"] > 0, failed
assert failed["peer"] == attempt["peer"] == connect["args"]["addr"] and failed["fd"] == connect["args"]["fd"], failed
END
}

# All of stderr is JSON that jq reads to its end.
expect_json() {
	if command -v jq >jq.path; then
		jq -e . err >jq.out
	else
		python3 -c '
import json
for line in open("err"):
    json.loads(line)'
	fi
}

@test "JSON on stderr is all that is there: errors and warnings are events too" {
	run_status 4 --trace json 127.0.0.1 "$(refusing_port)"
	expect_json
	expect_no_match err '^handset:'
	run_status 3 -v --trace json -n no-number 80
	expect_json
	run_status 2 --trace json -k 127.0.0.1 80
	expect_json
	run_status 4 -v --trace json -z 127.0.0.1 "$(refusing_port)" "$(refusing_port)"
	expect_json
	peer server say hello
	run_status 0 -v --stats --progress --trace json -d 127.0.0.1 "$port"
	expect_json
	run_status 7 --trace json --trace-file /nonexistent/trace 127.0.0.1 80
	expect_line err 'handset: open trace file /nonexistent/trace failed: No such file or directory'
}

@test "JSON: the first event tells when, what and with which arguments, without passwords" {
	run_status 9 --trace json --proxy "socks5://user:secret@127.0.0.1:$(refusing_port)" 127.0.0.1 80
	expect_no_match err 'secret'
	python3 - <<'END'
import datetime, json, time
start = json.loads(open("err").readline())
assert start["event"] == "start", start
assert abs(start["epoch"] - time.time()) < 60, start
when = datetime.datetime.strptime(start["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
assert abs(when.timestamp() - start["epoch"]) < 0.001, start
assert isinstance(start["pid"], int) and isinstance(start["version"], str), start
assert start["argv"][1:4] == ["--trace", "json", "--proxy"] and start["argv"][4].startswith("socks5://user:***@127"), start
END
}

@test "JSON: peer and local have one form, so that both sides can be joined" {
	local where
	for where in 127.0.0.1 unix; do
		if [ $where = unix ]; then
			listen server --trace json --trace-file server.json -U "$DIR/s"
			run_status 0 --stats --trace json --trace-file client.json -U "$DIR/s" <<<x
		else
			listen server --trace json --trace-file server.json 0
			port=$(sed -nE 's/^Listening on 0.0.0.0 //p' server.err | head -n 1)
			run_status 0 --stats --trace json --trace-file client.json 127.0.0.1 "${port##* }" <<<x
		fi
		ends server
		python3 - "$where" "$DIR/s" <<'END'
import json, sys
def read(name):
    return {event["event"]: event for event in map(json.loads, open(name))}
client, server = read("client.json"), read("server.json")
peer = client["connected"]["peer"]
assert all(client[name]["peer"] == peer for name in ("attempt", "eof", "stats", "closed")), client
assert all(server[name]["peer"] == server["accepted"]["peer"] for name in ("eof", "closed")), server
assert client["connected"]["fd"] == client["closed"]["fd"] and server["accepted"]["fd"] == server["closed"]["fd"]
if sys.argv[1] == "unix":
    assert peer == server["accepted"]["peer"] == server["listening"]["local"] == sys.argv[2], (client, server)
else:
    assert server["accepted"]["peer"] == client["connected"]["local"], (client, server)
END
	done
}

@test "JSON: lists are lists" {
	run_status 4 --trace json -4 localhost "$(refusing_port)"
	python3 - <<'END'
import json
events = [json.loads(line) for line in open("err")]
resolve = next(event for event in events if event["event"] == "resolve")
assert resolve["addresses"] == ["127.0.0.1"] and resolve["dur"] > 0, resolve
END
}

@test "JSON: bytes that are no text come through as valid JSON" {
	peer server echo
	printf '\000\377\200"\\\n\033' >data
	run_status 0 -vvv --trace json 127.0.0.1 "$port" <data
	python3 -c '
import json
for line in open("err", encoding="ascii"):
    json.loads(line)'
	expect_same data out
}

@test "--trace strace is strace's own notation: calls alone" {
	port=$(refusing_port)
	run_status 4 --trace strace 127.0.0.1 "$port"
	expect_match err "connect\([0-9], \{sa_family=AF_INET, sin_port=htons\($port\), sin_addr=inet_addr\(\"127\.0\.0\.1\"\)\}, 16\) = -1 EINPROGRESS"
	expect_no_match err 'attempt'
}

@test "--trace-file - is stderr" {
	peer server sink
	run_status 0 --trace-file - 127.0.0.1 "$port" <<<x
	expect_match err 'ms connect\('
	[ ! -e - ]
}

@test "--trace-file takes the trace, stderr keeps the messages" {
	peer server late
	run_status 0 -v --trace-file trace 127.0.0.1 "$port" <<<x
	ends server
	expect_match trace 'ms connect\('
	expect_match err '^Connection to 127'
	expect_equal 'lines on stderr' "$(wc -l <err)" 1
}

@test "a trace file that cannot be opened, or not be written, is status 7" {
	run_status 7 --trace-file /nonexistent/trace 127.0.0.1 1
	expect_line err 'handset: open trace file /nonexistent/trace failed: No such file or directory'
	peer server sink
	run_status 7 --trace-file /dev/full 127.0.0.1 "$port" <<<x
	expect_line err 'handset: write trace file /dev/full failed: No space left on device'
}

@test "--explain says what each step means, and what the errno says" {
	port=$(refusing_port)
	run_status 4 --explain 127.0.0.1 "$port"
	expect_match err 'ms socket\('
	expect_match err '^ +# .*telephone'
	expect_match err '^ +# dialed: the SYN is on its way'
}

@test "--explain says what SO_ERROR brought, and how long poll waited for it" {
	run_status 4 --explain 127.0.0.1 "$(refusing_port)"
	tr -s ' #\n' ' ' <err >words
	expect_match words 'poll\(2\) has waited [0-9.]+ ms for it; ECONNREFUSED: nobody has plugged a telephone in there'
}

@test "--explain says no text twice, and the second time a short form" {
	peer server echo-many
	run_status 0 -vvv --explain 127.0.0.1 "$port" < <(printf 'one\n'; pause; printf 'two\n'; pause; printf 'three\n')
	grep -E '^ +# ' err | sort | uniq -d >twice
	expect_empty twice
	expect_match err '^ +# as before: '
}

@test "--explain tells netlink, Unix sockets and datagrams from the telephone for far calls" {
	run_status 4 -vvv --explain 127.0.0.1 "$(refusing_port)"
	tr -s ' #\n' ' ' <err >words
	expect_match words 'NETLINK_SOCK_DIAG\).*a line to the kernel itself|a line to the kernel itself \(netlink\)'
	expect_match words 'the kernel has answered: its line is not needed'
	peer unix echo --path "$DIR/s"
	run_status 0 --explain -U "$DIR/s" <<<x
	expect_match err '# dial within this host'
	expect_no_match err 'SYN'
	peer datagrams udp-sink
	run_status 0 --explain -u -q 0 127.0.0.1 "$port" <<<x
	tr -s ' #\n' ' ' <err >words
	expect_match words 'write the number on the postcards: nothing is sent by this'
	expect_match words 'no more postcards arrive'
	run_status 4 --explain -u -z 127.0.0.1 "$(refusing_port)"
	tr -s ' #\n' ' ' <err >words
	expect_match words 'ask what came back of the postcards, which clears the answer: ECONNREFUSED: nobody'
}

@test "a step is seen when it happens, not at the end" {
	start server "$HANDSET" -vv -l 127.0.0.1 0
	eventually grep -q 'listen(' server.err
	expect_running server
}

@test "what a peer sends never reaches the terminal raw" {
	peer server say $'\033[31mred\007'
	run_status 0 -vvv 127.0.0.1 "$port"
	expect_no_match err $'\033'
	expect_match err '\\33\[31mred'
}

@test "--color colors steps and errors, and never the data" {
	run_status 4 --color always -vv 127.0.0.1 "$(refusing_port)"
	expect_match err $'\033\\[1;31mhandset: '
	expect_match err $'\033\\[31mgetsockopt\\([0-9]+, SOL_SOCKET, SO_ERROR, ECONNREFUSED\\) = 0\033'
	expect_match err $'m connect\\([0-9]+, .* = -1 EINPROGRESS [^\033]*$'
	run_status 4 --color never -vv 127.0.0.1 "$(refusing_port)"
	expect_no_match err $'\033'
}

@test "of a datagram that is cut off, the trace shows what is in the buffer and nothing behind it" {
	local mode
	peer server udp-long
	for mode in -zu '--path -u' '--why -u'; do
		# shellcheck disable=SC2086 # words
		run_status 0 -vvv -n -w 2 $mode 127.0.0.1 "$port"
		expect_match err 'recvfrom\([0-9]+, "A", 1, [A-Z_|]*MSG_TRUNC[A-Z_|]*(, [^)]*)?\) = 1400'
		expect_no_match err 'recvfrom\([0-9]+, "A[^"].*MSG_TRUNC'
	done
}
