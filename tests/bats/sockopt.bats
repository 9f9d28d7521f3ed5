#!/usr/bin/env bats
# Socket options: that the kernel was given the value is read from the trace, which the proof holds to be true.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Connect with OPTIONS to a port that is open, and expect a step in the trace that matches REGEX.
sets() {
	local regex=$1
	shift
	peer server sink
	run_status 0 -vv "$@" 127.0.0.1 "$port" <<<x
	ends server
	expect_match err " $regex = 0 <"
}

# The same for a listener, to which nobody comes.
listener_sets() {
	local regex=$1
	shift
	run_status 5 -vv -w 0.01 -l "$@" 127.0.0.1 0
	expect_match err " $regex = 0 <"
}

@test "buffers, TTL, type of service and broadcast" {
	sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_RCVBUF, 65536\)' -I 64k
	sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_SNDBUF, 1048576\)' -O 1M
	sets 'setsockopt\([0-9]+, SOL_IP, IP_TTL, 9\)' -M 9
	sets 'setsockopt\([0-9]+, SOL_IP, IP_MINTTL, 2\)' -m 2
	sets 'setsockopt\([0-9]+, SOL_IP, IP_TOS, 184\)' -T ef
	sets 'setsockopt\([0-9]+, SOL_IP, IP_TOS, 32\)' -T 0x20
	sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_BROADCAST, 1\)' -b
}

@test "IPv6 has options of its own for TTL and type of service" {
	peer server -6 sink
	run_status 0 -vv -M 9 -m 2 -T cs1 ::1 "$port" <<<x
	expect_match err 'setsockopt\([0-9]+, SOL_IPV6, IPV6_UNICAST_HOPS, 9\) = 0'
	expect_match err 'setsockopt\([0-9]+, SOL_IPV6, IPV6_MINHOPCOUNT, 2\) = 0'
	expect_match err 'setsockopt\([0-9]+, SOL_IPV6, IPV6_TCLASS, 32\) = 0'
	ends server
}

@test "what TCP has: no delay, keepalive, user timeout, fast open, congestion control" {
	sets 'setsockopt\([0-9]+, SOL_TCP, TCP_NODELAY, 1\)' --nodelay
	sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_KEEPALIVE, 1\)' --keepalive
	sets 'setsockopt\([0-9]+, SOL_TCP, TCP_USER_TIMEOUT, 1500\)' --user-timeout 1.5s
	sets 'setsockopt\([0-9]+, SOL_TCP, TCP_FASTOPEN_CONNECT, 1\)' --fastopen
	sets 'setsockopt\([0-9]+, SOL_TCP, TCP_CONGESTION, "reno"\)' --congestion reno
}

@test "a listener has them too, and its clients inherit them" {
	listener_sets 'setsockopt\([0-9]+, SOL_TCP, TCP_FASTOPEN, [0-9]+\)' --fastopen
	listener_sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_RCVBUF, 4096\)' -I 4k
	listener_sets 'setsockopt\([0-9]+, SOL_IP, IP_TOS, 16\)' -T lowdelay
	listener_sets 'listen\([0-9]+, 7\)' --backlog 7
}

@test "--interface binds to the device" {
	sets 'setsockopt\([0-9]+, SOL_SOCKET, SO_BINDTODEVICE, "lo"\)' --interface lo
	run_status 7 --interface nosuchdevice 127.0.0.1 "$(refusing_port)"
	expect_line err 'handset: set --interface nosuchdevice failed: No such device'
}

@test "--mptcp makes an MPTCP socket in both roles, and they talk" {
	listen server -vv --mptcp 127.0.0.1 0
	run_status 0 -vv --mptcp 127.0.0.1 "$port" <<<'hello'
	expect_match err 'socket\(AF_INET, SOCK_STREAM.*, IPPROTO_MPTCP\) = [0-9]'
	expect_match err "^Connection to 127\.0\.0\.1 $port port \[mptcp/.*\] succeeded!"
	ends server
	expect_match server.err 'socket\(AF_INET, SOCK_STREAM.*, IPPROTO_MPTCP\) = [0-9]'
	expect_line server.out hello
}

@test "data goes through --fastopen unchanged" {
	listen server --fastopen 127.0.0.1 0
	head -c 100000 /dev/urandom >data
	run_status 0 --fastopen 127.0.0.1 "$port" <data
	ends server
	expect_same data server.out
}

@test "-s and -p are the source, -r takes a port at random" {
	peer server sink
	source=$(refusing_port)
	run_status 0 -vv -s 127.0.0.3 -p "$source" 127.0.0.1 "$port" <<<x
	expect_match err "bind\([0-9]+, 127\.0\.0\.3:$source\) = 0"
	expect_match err "connected to 127\.0\.0\.1:$port from 127\.0\.0\.3:$source"
	ends server
	sets 'bind\([0-9]+, 0\.0\.0\.0:[1-9][0-9]*\)' -r
}

@test "a source of another family, or one that is in use, is told" {
	run_status 7 -s ::1 127.0.0.1 "$(refusing_port)"
	expect_match err '^handset: bind to ::1 failed: '
	expect_match err 'not of one address family'
	peer server hold
	run_status 7 -p "$port" -s 127.0.0.1 127.0.0.1 "$(refusing_port)"
	expect_match err "^handset: bind to 127\.0\.0\.1 port $port \(tcp\) failed: Address already in use"
}

@test "-S signs with the key of the environment, and who has another key gets no answer" {
	export HANDSET_MD5_KEY=secret
	listen server -S 127.0.0.1 0
	run_status 0 -S 127.0.0.1 "$port" <<<'signed'
	ends server
	expect_line server.out signed

	listen server -S 127.0.0.1 0
	HANDSET_MD5_KEY=wrong run_status 5 -S -w 0.3 127.0.0.1 "$port"
	signal server KILL
}

@test "the key of -S is in no trace" {
	export HANDSET_MD5_KEY=opensesame
	run_status 5 -w 0.2 -S -vvv --trace json 127.0.0.1 "$(refusing_port)"
	expect_match err 'TCP_MD5SIG'
	expect_no_match err 'opensesame'
	unset HANDSET_MD5_KEY
	run_status 2 -S 127.0.0.1 80
	expect_match err 'HANDSET_MD5_KEY'
}

@test "what needs a privilege says so without it" {
	port=$(refusing_port)
	run_unprivileged 7 --mark 7 127.0.0.1 "$port"
	expect_line err 'handset: set --mark to 7 failed: Operation not permitted'
	expect_match err '^  .*CAP_NET_ADMIN'
	run_unprivileged 7 -D 127.0.0.1 "$port"
	expect_match err '^handset: set -D to 1 failed: Permission denied'
}

@test "what the kernel does not have is an error that names it" {
	run_status 7 --congestion nosuchthing 127.0.0.1 "$(refusing_port)"
	expect_line err 'handset: set --congestion nosuchthing failed: No such file or directory'
}
