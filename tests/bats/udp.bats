#!/usr/bin/env bats
# UDP: a read is a datagram, and nothing is sent that stdin did not bring.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

@test "a listener hears its first peer only, and answers it" {
	mkfifo input
	exec 8<>input
	listen server -u 127.0.0.1 0 <input
	start client "$HANDSET" -u -W 1 127.0.0.1 "$port" <<<'question'
	eventually grep -qx question server.out
	start other "$PEER" udp-send "$port" stranger
	ends other 0
	echo answer >&8
	ends client 0
	expect_line client.out answer
	expect_no_match server.out stranger
	expect_match server.err '^Connection received on 127\.0\.0\.1 [0-9]+$'
}

@test "-k hears all, and answers the last" {
	mkfifo input
	exec 8<>input
	listen server -u -k 127.0.0.1 0 <input
	start first "$PEER" udp-send --count 1 "$port" first
	eventually grep -q first server.out
	start last "$PEER" udp-send --count 1 "$port" last
	eventually grep -q last server.out
	printf answer >&8
	ends last 0
	expect_line last.out "b'answer'"
	expect_running first
	expect_running server
}

@test "an empty datagram is one like any other, and ends nothing" {
	listen server -u -vvv -W 3 127.0.0.1 0
	start client "$PEER" udp-send "$port" one '' three
	ends server 0
	expect_equal 'what was received' "$(cat server.out)" onethree
	expect_match server.err 'recvfrom\(.*\) = 0 '
	# as the first one, too
	listen server2 -u -W 2 127.0.0.1 0
	start client "$PEER" udp-send "$port" '' two
	ends server2 0
	expect_equal 'what was received' "$(cat server2.out)" two
}

@test "every read of stdin is a datagram, and -v adds none" {
	peer server udp-sink --count 2
	mkfifo input
	exec 8<>input
	start client "$HANDSET" -vvv -u 127.0.0.1 "$port" <input
	printf one >&8
	eventually grep -q "b'one'" server.out
	printf two >&8
	ends server 0
	expect_equal 'what was received' "$(tail -n +2 server.out)" $'b\'one\'\nb\'two\''
	expect_running client
}

@test "a large input is cut into datagrams that arrive whole, in order" {
	head -c 60000 /dev/urandom >input
	listen server -u -W 1 127.0.0.1 0
	run_status 0 -u -q 0 127.0.0.1 "$port" <input
	ends server 0
	expect_same input server.out
}

@test "a client ends at end of input only with -q or -w; without, it waits for answers" {
	peer server udp-echo
	run_status 0 -u -q 0.3 127.0.0.1 "$port" <<<'with q'
	expect_line out 'with q'
	peer server2 udp-echo
	run_status 0 -u -w 0.3 127.0.0.1 "$port" <<<'with w'
	expect_line out 'with w'
}

@test "a closed port is told when the host says so: status 4" {
	port=$(refusing_port)
	run_status 4 -u -w 5 127.0.0.1 "$port" <<<'hello'
	expect_match err "^handset: .*127\.0\.0\.1 port $port \(udp\) failed: Connection refused\$"
	expect_match err '^  [^ ]'
}

@test "a listener with -k goes on when its last peer has gone" {
	mkfifo input
	exec 8<>input
	listen server -u -k 127.0.0.1 0 <input
	start first "$PEER" udp-send "$port" first
	ends first 0
	eventually grep -q first server.out
	echo 'nobody hears this' >&8
	start second "$PEER" udp-send "$port" second
	eventually grep -q second server.out
	expect_running server
}

@test "without a host a listener hears IPv4 and IPv6" {
	listen server -u -k 0
	run_status 0 -u -q 0 127.0.0.1 "$port" <<<'over IPv4'
	eventually grep -qx 'over IPv4' server.out
	run_status 0 -u -q 0 ::1 "$port" <<<'over IPv6'
	eventually grep -qx 'over IPv6' server.out
	expect_match server.err '^(Listening|Bound) on 0\.0\.0\.0 [0-9]+$'
	expect_match server.err '^(Listening|Bound) on :: [0-9]+$'
}

@test "a silent port is not called open or refused: -w ends it" {
	peer server udp-sink --count 2
	timed run_status 0 -u -w 0.3 127.0.0.1 "$port" <<<'hello'
	expect_took 280 4000
	expect_empty err
}

@test "-b allows broadcasts, which are refused without" {
	run_status 7 -u -q 0 255.255.255.255 9 <<<'hello'
	expect_match err 'Permission denied|Network is unreachable'
	unshare -n true 2>/dev/null || skip 'there are no network namespaces here'
	# shellcheck disable=SC2016 # for the inner shell
	unshare -n bash -c 'ip link set lo up && ip route add default dev lo && exec "$0" -u -b -q 0 255.255.255.255 9' "$HANDSET" <<<'hello'
}
