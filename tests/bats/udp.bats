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
	run_status 0 -u -q 1 127.0.0.1 "$port" <<<'with q'
	expect_line out 'with q'
	peer server2 udp-echo
	run_status 0 -u -w 1 127.0.0.1 "$port" <<<'with w'
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

# The TEXTs as packets of a pipe, all of which are there before COMMAND... reads the first: `packets TEXT... -- COMMAND...`.
packets() {
	python3 -IS -c '
import os, sys
texts, command = sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]
read, write = os.pipe2(os.O_DIRECT)
for text in texts:
    os.write(write, text.encode())
os.close(write)
os.dup2(read, 0)
os.close(read)
os.execv(command[0], command)' "$@" 3>&-
}

# Datagrams of equal size and of others, as `packets` takes them, and as the peer tells of them.
queue() {
	texts=() told=
	local text
	for text in long long four that come four more longer longer 1 one one one one one; do
		texts+=("$text")
		told+="b'$text'"$'\n'
	done
}

# Whether this kernel reads from a pipe without waiting (RWF_NOWAIT), as it does from 6.5 on: what queues up there is seen then.
reads_pipes_at_once() {
	python3 -IS -c '
import os
read, write = os.pipe()
os.write(write, b"x")
os.preadv(read, [bytearray(1)], -1, os.RWF_NOWAIT)' 2>/dev/null
}

@test "datagrams that queue up on stdin are sent together, and each stays one" {
	queue
	peer server udp-sink --count ${#texts[@]}
	packets "${texts[@]}" -- "$HANDSET" -vvv -u -q 0 127.0.0.1 "$port" 2>err
	ends server
	expect_equal 'what was received' "$(tail -n +2 server.out)" "${told%?}"
	if reads_pipes_at_once; then
		expect_match err 'sendmmsg\(.*, 15 in UDP_SEGMENT of 3'
	else
		expect_equal 'datagrams sent one by one' "$(grep -c ' sendto(' err)" ${#texts[@]}
	fi
}

@test "where the kernel has no UDP_SEGMENT, no sendmmsg, no RWF_NOWAIT, datagrams are sent one by one" {
	command -v strace >/dev/null || skip "strace is not installed"
	queue
	local calls refused=(preadv2:EOPNOTSUPP preadv2:ENOSYS)
	# Only what is read at once is sent at once.
	! reads_pipes_at_once || refused+=(sendmmsg:EINVAL:when=1 sendmmsg:ENOSYS)
	for calls in "${refused[@]}"; do
		peer server udp-sink --count ${#texts[@]}
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 packets "${texts[@]}" -- \
			"$(command -v strace)" -f -qq -o calls -e trace=sendmmsg,preadv2 -e "inject=${calls/:/:error=}" "$HANDSET" -u -q 0 127.0.0.1 "$port"
		ends server
		expect_equal "what was received without $calls" "$(tail -n +2 server.out)" "${told%?}"
		expect_match calls INJECTED
	done
}

# The listener is stopped while they come, so that all of them are there when it goes on.
@test "datagrams that queue up on the socket are received together, whole and in order" {
	local texts=() number
	for number in $(seq 1000 1050); do
		texts+=("$number" '')
	done
	texts+=("$(head -c 60000 /dev/zero | tr '\0' x)")
	listen server -vvv -u -k 127.0.0.1 0
	signal server STOP
	start client "$PEER" udp-send "$port" "${texts[@]}"
	ends client
	signal server CONT
	printf '%s' "${texts[@]}" >expected
	eventually cmp -s expected server.out
	expect_match server.err 'recvmmsg\([0-9]+, \[\{127\.0\.0\.1:[0-9]+, "1'
}

@test "where the kernel has no recvmmsg, datagrams are received one by one" {
	command -v strace >/dev/null || skip "strace is not installed"
	local texts
	mapfile -t texts < <(seq 1000 1100)
	start server strace -f -qq -o calls -e trace=recvmmsg -e inject=recvmmsg:error=ENOSYS "$HANDSET" -v -u -k -l 127.0.0.1 0
	eventually listens server
	port=$(sed -nE 's/^(Listening|Bound) on (.* )?//p' server.err)
	run_status 0 -u -q 0 127.0.0.1 "$port" <<<first
	eventually grep -q first server.out
	start client "$PEER" udp-send "$port" "${texts[@]}"
	ends client
	{ echo first; printf '%s' "${texts[@]}"; } >expected
	eventually cmp -s expected server.out
}

@test "-I is left as it was asked for when datagrams queue up" {
	local texts
	mapfile -t texts < <(seq 1000 1100)
	listen server -vvv -I 100k -u -k 127.0.0.1 0
	signal server STOP
	start client "$PEER" udp-send "$port" "${texts[@]}"
	ends client
	signal server CONT
	eventually grep -q 'recvmmsg(' server.err
	expect_equal 'settings of SO_RCVBUF' "$(grep -c SO_RCVBUF server.err)" 1
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
	needs_namespaces
	local own=(unshare -n)
	[ "$(id -u)" = 0 ] || own=(unshare -Urn)
	# shellcheck disable=SC2016 # for the inner shell
	"${own[@]}" bash -c 'ip link set lo up && ip route add default dev lo && exec "$0" -u -b -q 0 255.255.255.255 9' "$HANDSET" <<<'hello'
}

@test "-v says that a datagram socket is connected, and that this proves nothing" {
	peer server udp-sink
	run_status 0 -vu -q 0 127.0.0.1 "$port" <<<x
	expect_line err "The socket is connected to 127.0.0.1 port $port (udp), which proves nothing: a datagram socket only notes the address, and nothing was sent"
	expect_no_match err 'succeeded'
	peer silent udp-sink
	run_status 0 -u -q 0 127.0.0.1 "$port" <<<x
	expect_empty err
}
