#!/usr/bin/env bats
# --stats and SIGUSR1.
load helper
# shellcheck disable=SC2154 # helper.bash sets port

@test "--stats tells bytes, phases, TCP and who closed" {
	peer server late 'answer'
	run_status 0 --stats 127.0.0.1 "$port" <<<'question'
	expect_equal stdout "$(cat out)" answer
	expect_match err "^stats: 127\.0\.0\.1 port $port \(tcp\): sent 9 bytes .*, received 6 bytes"
	expect_match err '^  time: connect [0-9.]+ ms, first byte after 1\.[0-9]+ s, transfer 1\.[0-9]+ s$'
	expect_match err '^  closed first by us, with FIN at the end of input, then by the peer, with FIN$'
	expect_match err '^  tcp: rtt [0-9.]+ ms .*, retransmits 0 of 1 segments, mss [0-9]+, path MTU [0-9]+'
}

@test "--stats in JSON is an event with numbers" {
	peer server say hello
	run_status 0 --stats --trace json -d localhost "$port"
	python3 - err <<-'END'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		stats = [event for event in events if event["event"] == "stats"]
		assert len(stats) == 1, stats
		stats = stats[0]
		assert stats["received"] == 5 and stats["sent"] == 0, stats
		assert stats["closed_by"] == "peer" and stats["name"] > 0 and stats["connect"] > 0, stats
		assert stats["mss"] > 0 and stats["pmtu"] > 0 and stats["retransmits"] == 0, stats
	END
}

@test "--stats tells of a reset" {
	peer server rst data
	run_status 8 --stats -d 127.0.0.1 "$port"
	expect_match err '^  closed by a reset \(RST\) of the peer$'
}

@test "--stats of a listener with -k tells of each client" {
	listen server -k --stats 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'one'
	run_status 0 127.0.0.1 "$port" <<<'three'
	eventually grep -q 'received 6 bytes' server.err
	expect_match server.err '^stats: .*received 4 bytes'
}

@test "an interrupted run tells its --stats, then the signal is taken" {
	peer server silent
	start client "$HANDSET" -v --stats -d 127.0.0.1 "$port"
	eventually grep -q succeeded client.err
	signal client TERM
	ends client 143
	expect_match client.err '^  closed by us, on a signal$'
}

# What ended it, in words and in the events: `ended_by FILE NAME WORDS`.
ended_by() {
	expect_match "$1" "^  closed $3"
	expect_equal "by of closed" "$(sed -nE 's/.*"event":"closed".*"by":"([^"]*)".*/\1/p' "$1")" "$2"
}

# With a trace for programs --stats is an event, and no words: both are in one file.
run_both() {
	local status=$1
	shift
	run_status "$status" --stats --trace json --trace-file trace "$@" <&0
	cat trace >>err
}

@test "--stats names -w when nothing moved" {
	peer server silent
	run_both 0 -w 0.2 -d 127.0.0.1 "$port"
	ended_by err idle 'by us, as nothing moved \(-w\)$'
}

@test "--stats names -w also after the end of input" {
	peer server silent
	run_both 0 -w 0.2 127.0.0.1 "$port" </dev/null
	ended_by err idle 'by us, as nothing moved \(-w\)$'
}

@test "--stats names -q after the end of input" {
	peer server silent
	run_both 0 -q 0.2 127.0.0.1 "$port" </dev/null
	ended_by err quit 'by us, after the end of input \(-q\)$'
}

@test "--stats names -W" {
	peer server say hello
	run_both 0 -W 1 -d 127.0.0.1 "$port"
	ended_by err limit 'by us, after the packets asked for \(-W\)'
}

@test "--stats names --deadline" {
	peer server silent
	run_both 5 --deadline 0.3 -d 127.0.0.1 "$port"
	ended_by err deadline 'by us, at the deadline \(--deadline\)$'
}

@test "--stats names a dump that cannot be written" {
	peer server say hello
	run_both 7 -o /dev/full -d 127.0.0.1 "$port"
	ended_by err dump 'by us, as a dump could not be written'
}

@test "--stats names standard output that takes no more" {
	peer server say hello
	local status=0
	timeout -k 1 "$TIME_LIMIT" "$HANDSET" --stats --trace json --trace-file trace -d 127.0.0.1 "$port" >/dev/full 2>err || status=$?
	cat trace >>err
	expect_equal status "$status" 7
	ended_by err stdout 'by standard output, which takes no more'
}

@test "--stats names standard input that cannot be read" {
	peer server silent
	run_both 7 127.0.0.1 "$port" </
	ended_by err input 'by us, as standard input could not be read$'
}

@test "--stats names a datagram that was turned away" {
	run_both 4 -u 127.0.0.1 "$(refusing_port)" <<<'to nobody'
	ended_by err datagram 'by a datagram that could not be delivered$'
}

@test "--stats of a listener names the program that ended first" {
	listen server --stats --trace json --trace-file trace -c 'echo hello' 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	ends server
	cat trace >>server.err
	ended_by server.err program 'first by the program, at the end of its output'
}

@test "--stats of a listener names the signal that ended its clients" {
	listen server -k --stats --trace json --trace-file trace 127.0.0.1 0
	start client "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q '^Connection received' server.err
	signal server TERM
	ends server 143
	cat trace >>server.err
	ended_by server.err signal 'by us, on a signal$'
}

@test "--stats counts to the byte, with the rate beside it" {
	peer server sink
	run_status 0 --stats 127.0.0.1 "$port" < <(head -c 1234567 /dev/zero)
	expect_match err "^stats: 127\.0\.0\.1 port $port \(tcp\): sent 1234567 bytes \([0-9.]+ [A-Za-z]+/s\), received 0 bytes \("
}

@test "SIGUSR1 tells the state of the connection and goes on" {
	peer server silent
	start client "$HANDSET" -v -d 127.0.0.1 "$port"
	eventually grep -q succeeded client.err
	signal client USR1
	eventually grep -q '^state: 127' client.err
	signal client USR1
	eventually has_two_states
	[ ! -f client.status ]
}

has_two_states() {
	[ "$(grep -c '^state: 127' client.err)" = 2 ]
}

@test "SIGUSR1 during a connect tells of the attempts" {
	peer server full
	start client "$HANDSET" -vv 127.0.0.1 "$port"
	eventually grep -q EINPROGRESS client.err
	signal client USR1
	eventually grep -qE '^state: 127.0.0.1 port [0-9]+ \(tcp\): no connection yet after .*, 1 of 1 attempts are under way' client.err
}

@test "SIGUSR1 to a listener tells of its clients" {
	listen server --broker 127.0.0.1 0
	start client "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q '^Connection received' server.err
	signal server USR1
	eventually grep -q '^state: 1 clients' server.err
	eventually grep -q '^state: client 1: has all' server.err
}
