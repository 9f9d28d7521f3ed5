#!/usr/bin/env bats
# --ping: a line for each connect, and a summary.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

@test "each connect has a line with its time, and there is a summary" {
	peer server hold
	run_status 0 --ping=3 -i 10ms 127.0.0.1 "$port"
	for number in 1 2 3; do
		expect_match out "^$number  127\.0\.0\.1 port $port \(tcp\)  [0-9.]+ ms$"
	done
	expect_match out "^127\.0\.0\.1 port $port \(tcp\): 3 sent, 3 connected, 0 lost \(0%\), in [0-9.]+ m?s$"
	expect_match out '^min/avg/max/mdev = [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms$'
	expect_equal 'lines' "$(wc -l <out)" 5
	expect_empty err
}

@test "-i is the pause from the begin of one to the begin of the next" {
	peer server hold
	timed run_status 0 --ping=4 -i 100ms 127.0.0.1 "$port"
	expect_took 300 5000
}

@test "when all fail there is a summary, and the status is that of the cause" {
	closed=$(refusing_port)
	run_status 4 --ping=2 -i 10ms 127.0.0.1 "$closed"
	expect_match out "^2  127\.0\.0\.1 port $closed \(tcp\)  failed: Connection refused after [0-9.]+ ms$"
	expect_match out ': 2 sent, 0 connected, 2 lost \(100%\), in '
	expect_no_match out '^min/avg'
	expect_line err "handset: connect to 127.0.0.1 port $closed (tcp) failed: Connection refused"
	expect_match err '^  the host answered with RST'
}

@test "a silent port is lost after -w" {
	network client server
	firewall server input 'tcp dport 9000 drop'
	run_at client 5 --ping=2 -w 0.3 -i 10ms "${ip[server]}" 9000
	expect_match out '^2  .*  failed: Connection timed out after [2-9][0-9]{2}\.'
	expect_match err '^  no answer to 1 SYN'
}

@test "some that fail are no failure" {
	network client server
	peer_at server hold --address "${ip[server]}" hold
	firewall server input "tcp dport $port tcp flags syn limit rate over 1/hour burst 2 packets reject with tcp reset"
	run_at client 0 --ping=4 -i 10ms "${ip[server]}" "$port"
	expect_match out ': 4 sent, [1-3] connected, [1-3] lost \((25|50|75)%\), in '
	expect_empty err
}

@test "interrupted, the summary is told, and the signal is taken" {
	peer server hold
	start ping "$HANDSET" --ping -i 20ms 127.0.0.1 "$port"
	eventually grep -q '^3 ' ping.out
	signal ping TERM
	ends ping 143
	expect_match ping.out ': [0-9]+ sent, [0-9]+ connected, 0 lost'
	expect_match ping.out '^min/avg/max/mdev = '
}

@test "SIGUSR1 tells the summary so far, and goes on" {
	peer server hold
	start ping "$HANDSET" --ping -i 20ms 127.0.0.1 "$port"
	eventually grep -q '^2 ' ping.out
	signal ping USR1
	eventually grep -qE '^state: .* sent, .* connected' ping.err
	expect_running ping
}

@test "--deadline ends it with status 5, and the summary" {
	peer server hold
	run_status 5 --ping -i 50ms --deadline 0.3 127.0.0.1 "$port"
	expect_match out ': [0-9]+ sent, '
	expect_match err "^handset: ping of 127\.0\.0\.1 port $port \(tcp\) failed: the deadline passed$"
	expect_line err '  --deadline of 0.3 s'
}

@test "a Unix socket, a name, IPv6, a proxy" {
	peer unix hold --path "$DIR/s"
	run_status 0 --ping=1 -U "$port"
	expect_match out "^1  $DIR/s \(unix\)  [0-9.]+ ms$"
	peer ipv6 -6 hold
	run_status 0 --ping=1 ::1 "$port"
	expect_match out "^1  ::1 port $port \(tcp\)  "
	peer ipv4 hold
	run_status 0 --ping=1 localhost "$port"
	expect_match out "^1  127\.0\.0\.1 port $port \(tcp\)  "
	start proxy "$PEER" play read:3 'say:\x05\x00' read:10 'say:\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00' hold
	eventually test -s proxy.out
	run_status 0 --ping=1 -x "127.0.0.1:$(cat proxy.out)" 127.0.0.1 "$port"
	expect_match out "^1  127\.0\.0\.1 port $port \(tcp\) through proxy .*  [0-9.]+ ms$"
}

@test "a closed standard output, and a full one, are failures" {
	peer server hold
	status=0
	"$HANDSET" --ping=1 127.0.0.1 "$port" >/dev/full 2>err 3>&- || status=$?
	expect_equal 'status' "$status" 7
	expect_match err 'write standard output failed: No space left on device'
}

@test "JSON has an event for each, and the summary" {
	peer server hold
	run_status 0 --ping=2 -i 10ms --trace json --trace-file trace 127.0.0.1 "$port"
	python3 - <<'END'
import json
events = [json.loads(line) for line in open("trace")]
pings = [event for event in events if event["event"] == "ping"]
assert [event["seq"] for event in pings] == [1, 2] and all(event["dur"] > 0 for event in pings), pings
summary = [event for event in events if event["event"] == "summary"]
assert len(summary) == 1 and summary[0]["sent"] == 2 and summary[0]["connected"] == 2, summary
assert summary[0]["min"] <= summary[0]["avg"] <= summary[0]["max"], summary
END
}
