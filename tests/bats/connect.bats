#!/usr/bin/env bats
# What can be connected to, and how: every form of the operands, names with several addresses (RFC 8305).
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Run COMMAND... where /etc/hosts is the file `hosts` of the test.
with_hosts() {
	local how=-m
	[ "$(id -u)" = 0 ] || how=-rm
	unshare $how sh -c 'mount --bind hosts /etc/hosts && exec "$@"' with_hosts "$@"
}

# handset ARGS... with that file: `named STATUS ARGS...`; what it says is in out and err.
named() {
	local want=$1 status=0
	shift
	needs_namespaces
	with_hosts timeout -k 1 "$TIME_LIMIT" "$HANDSET" "$@" >out 2>err || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

@test "every form of the operands of a connect" {
	peer server echo-many
	for operands in "127.0.0.1 $port" "127.0.0.1:$port" "localhost $port" "localhost:$port"; do
		# shellcheck disable=SC2086 # words are meant
		run_status 0 -v $operands <<<"$operands"
		expect_line out "$operands"
		expect_match err '^Connection to (127\.0\.0\.1|localhost \(127\.0\.0\.1\)) [0-9]+ port \[tcp/.*\] succeeded!$'
	done
	peer server6 -6 echo-many
	for operands in "::1 $port" "[::1]:$port" "[::1] $port"; do
		# shellcheck disable=SC2086
		run_status 0 -v $operands <<<"$operands"
		expect_line out "$operands"
		expect_match err "^Connection to ::1 $port port \[tcp/.*\] succeeded!\$"
	done
}

@test "a service by its name, as a port of its own and behind the host" {
	run_status 4 --connect-timeout 5 127.0.0.9 discard
	expect_line err 'handset: connect to 127.0.0.9 port 9 (tcp) failed: Connection refused'
	run_status 4 --connect-timeout 5 127.0.0.9:discard
	expect_line err 'handset: connect to 127.0.0.9 port 9 (tcp) failed: Connection refused'
}

@test "a name with both families: what refuses on one is tried on the other" {
	printf '::1 both.test\n127.0.0.1 both.test\n' >hosts
	peer server echo-many
	named 0 -v both.test "$port" <<<x
	expect_line out x
	expect_line err "handset: connect to both.test (::1) port $port (tcp) failed: Connection refused"
	expect_match err "^Connection to both\.test \(127\.0\.0\.1\) $port port \[tcp/.*\] succeeded!\$"
}

@test "when every address fails, each is told with its own reason" {
	printf '::1 both.test\n127.0.0.1 both.test\n127.0.0.2 both.test\n' >hosts
	port=$(refusing_port)
	named 4 both.test "$port"
	expect_line err "handset: connect to both.test port $port (tcp) failed: Connection refused"
	expect_match err '^  ::1: Connection refused'
	expect_match err '^  127\.0\.0\.1: Connection refused'
	expect_match err '^  127\.0\.0\.2: Connection refused'
}

@test "each attempt is a step of the trace, with a result of its own" {
	printf '127.0.0.1 two.test\n127.0.0.2 two.test\n' >hosts
	port=$(refusing_port)
	named 4 --trace json two.test "$port"
	python3 - "$port" <<'END'
import json, sys
port = sys.argv[1]
events = [json.loads(line) for line in open("err") if line.startswith("{")]
attempts = [event["peer"] for event in events if event["event"] == "attempt"]
assert attempts == ["127.0.0.1:" + port, "127.0.0.2:" + port], attempts
lookups = [event for event in events if event["event"] == "resolve"]
assert lookups, events
END
}

@test "an address that does not answer does not hold up the next for longer than a moment" {
	printf '127.0.0.1 two.test\n127.0.0.2 two.test\n' >hosts
	peer full full
	# The first listens on 127.0.0.1 and its queue is full; the second has the same port on another address.
	start second "$HANDSET" -v -l -k 127.0.0.2 "$port"
	eventually grep -q '^Listening' second.err
	timed named 0 -v two.test "$port" < <(:)
	expect_match err "^Connection to two\.test \(127\.0\.0\.2\) $port port"
	expect_took 240 10000
}

@test "-4 and -6 choose among the addresses of a name" {
	printf '::1 both.test\n127.0.0.1 both.test\n' >hosts
	port=$(refusing_port)
	named 4 -4 both.test "$port"
	expect_line err "handset: connect to both.test (127.0.0.1) port $port (tcp) failed: Connection refused"
	named 4 -6 both.test "$port"
	expect_line err "handset: connect to both.test (::1) port $port (tcp) failed: Connection refused"
	printf '127.0.0.1 four.test\n' >hosts
	named 3 -6 four.test "$port"
	expect_match err '^handset: look-up of four\.test failed: '
}

@test "a connection of a socket to itself is no success" {
	port=$(refusing_port)
	run_status 4 -p "$port" -s 127.0.0.1 127.0.0.1 "$port" <<<x
	expect_line err "handset: connect to 127.0.0.1 port $port (tcp) failed: Connection refused"
	expect_match err '^  the socket was connected to itself'
}

@test "-z tells by its status alone, and with -v in words" {
	peer server echo-many
	run_status 0 -z 127.0.0.1 "$port"
	expect_empty err
	run_status 0 -zv 127.0.0.1 "$port"
	expect_match err "^Connection to 127\.0\.0\.1 $port port \[tcp/.*\] succeeded!\$"
	run_status 4 -z 127.0.0.1 "$(refusing_port)"
	expect_empty err
}

# Run handset with ARGS so that its first CALL comes late: the peer has done all by then.
run_late() {
	local want=$1 call=$2 status=0
	shift 2
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 timeout -k 1 "$TIME_LIMIT" strace -qq -o strace -e trace=connect,poll,getsockopt -e "inject=$call:delay_enter=300000" \
		"$HANDSET" "$@" >out 2>err 3>&- || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

@test "a peer that ends, or ends and resets, right behind the handshake was there" {
	command -v strace >/dev/null || skip 'strace is not installed'
	local steps
	for steps in 'end reset' reset; do
		# shellcheck disable=SC2086 # words
		peer server play $steps
		run_late 8 poll:when=1 -v -d 127.0.0.1 "$port"
		expect_match err '^Connection to 127.0.0.1 .* succeeded!$'
		expect_match err '^handset: receive from 127.0.0.1 .* failed: Connection reset by peer$'
		# shellcheck disable=SC2086
		peer server play $steps
		run_late 0 connect:when=2 -v -z 127.0.0.1 "$port-$port"
		expect_match err 'succeeded!'
		# shellcheck disable=SC2086
		peer server play $steps
		run_late 0 connect:when=2 -v -z 127.0.0.1 "$port"
		expect_match err 'succeeded!'
		# shellcheck disable=SC2086
		peer server play $steps
		run_late 0 poll:when=1 --ping=1 127.0.0.1 "$port"
		# shellcheck disable=SC2086
		peer server play $steps
		run_late 8 poll:when=1 --why 127.0.0.1 "$port"
		expect_match out 'it accepts, and resets the connection at once'
		# shellcheck disable=SC2086
		peer server play $steps
		run_late 0 poll:when=1 --path -n -M 1 127.0.0.1 "$port"
	done
}
