#!/usr/bin/env bats
# The streams and how they end (handset(1), "END OF INPUT"), in both roles.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Half-close.

@test "a listener answers a client that half-closes, although its answer comes a second later" {
	mkfifo input
	exec 8<>input
	listen server 127.0.0.1 0 <input
	start client "$PEER" half-close "$port" question
	eventually grep -q question server.out
	sleep 1
	printf 'the late answer' >&8
	exec 8>&-
	ends client 0
	expect_line client.out "b'the late answer'"
	ends server 0
}

@test "an input without a byte is an end as well, in both roles" {
	: >empty
	listen server 127.0.0.1 0 <empty
	run_status 0 127.0.0.1 "$port" < <(:)
	ends server 0
	peer late late 'the answer'
	run_status 0 127.0.0.1 "$port" <empty
	expect_equal stdout "$(cat out)" 'the answer'
}

@test "what stdin still brings is sent after the peer has ended its output" {
	peer server say hello
	mkfifo input
	exec 8<>input
	start client "$HANDSET" 127.0.0.1 "$port" <input
	eventually grep -q hello client.out
	printf 'after the end' >&8
	expect_running client
	exec 8>&-
	ends client 0
	ends server 0
	expect_match server.out '^13 '
}

@test "at the peer's end of file the reader of stdout learns of it, while stdin stays open" {
	peer server say hello
	# shellcheck disable=SC2016 # for the inner shell
	start client bash -c '"$1" 127.0.0.1 "$2" | { cat; echo the end; }' bash "$HANDSET" "$port" <>never
	eventually grep -q 'the end' client.out
	expect_line client.out 'hellothe end'
	expect_running client
}

@test "--exit-on-eof ends at the peer's end of file, whatever stdin does" {
	peer server say hello
	run_status 0 --exit-on-eof 127.0.0.1 "$port" <>never
	expect_equal stdout "$(cat out)" hello
	listen server2 --exit-on-eof 127.0.0.1 0 <>never
	run_status 0 127.0.0.1 "$port" <<<'bye'
	ends server2 0
	expect_line server2.out bye
}

@test "the write side is shut down at end of input; with --no-shutdown it stays open" {
	peer server echo
	run_status 0 -vv -N 127.0.0.1 "$port" <<<'hello'
	expect_match err 'shutdown\([0-9]+, SHUT_WR\) = 0'
	peer server2 say hello
	run_status 0 -vv --no-shutdown 127.0.0.1 "$port" <<<'hello'
	expect_no_match err 'shutdown\('
	ends server2 0
	expect_match server2.out '^6 '
}

# -q

@test "-q quits that long after end of input, with what has arrived by then" {
	peer server silent 'an answer'
	timed run_status 0 -q 0.5 127.0.0.1 "$port" <<<'question'
	expect_took 480 4000
	expect_equal stdout "$(cat out)" 'an answer'
}

@test "-q 0 quits at once, and loses nothing that was read" {
	peer server sink
	head -c 1000000 /dev/zero >zeros
	run_status 0 -q 0 127.0.0.1 "$port" <zeros
	ends server 0
	expect_match server.out '^1000000 '
}

@test "-q with a negative time waits for the peer, as does a run without it" {
	peer server late 'the answer'
	timed run_status 0 -q -1 127.0.0.1 "$port" <<<'question'
	expect_took 980 6000
	expect_equal stdout "$(cat out)" 'the answer'
}

@test "-q in a listener lets the answer of the client in, and then ends" {
	listen server -q 0.3 127.0.0.1 0 <<<'welcome'
	start client "$HANDSET" --exit-on-eof 127.0.0.1 "$port" <>never
	ends server 0
	ends client 0
	expect_line client.out welcome
}

# One direction only.

@test "-d reads no stdin and never shuts down" {
	peer server say hello
	run_status 0 -vv -d 127.0.0.1 "$port" <<<'never sent'
	ends server 0
	expect_match server.out '^0 '
	expect_equal stdout "$(cat out)" hello
	expect_no_match err 'shutdown\('
}

@test "--recv-only sends nothing, in both roles" {
	peer server say hello
	run_status 0 --recv-only 127.0.0.1 "$port" <<<'never sent'
	expect_equal stdout "$(cat out)" hello
	ends server 0
	expect_match server.out '^0 '
	listen server2 --recv-only 127.0.0.1 0 <<<'never sent'
	start client "$PEER" half-close "$port" question
	ends client 0
	expect_line client.out "b''"
	ends server2 0
	expect_equal 'what was received' "$(cat server2.out)" question
}

@test "--send-only throws away what comes, and ends when the peer has it all" {
	peer server silent 'thrown away'
	run_status 0 --send-only 127.0.0.1 "$port" <<<'hello'
	expect_empty out
	peer server2 sink
	head -c 300000 /dev/urandom >input
	run_status 0 --send-only 127.0.0.1 "$port" <input
	ends server2 0
	expect_line server2.out "300000 $(sha256sum <input | cut -d ' ' -f 1)"
}

# A reset is never success.

@test "a reset is status 8 and told, and what came before it is delivered" {
	peer server rst 'some data'
	run_status 8 127.0.0.1 "$port" <>never
	expect_line err "handset: receive from 127.0.0.1 port $port (tcp) failed: Connection reset by peer"
	expect_match err '^  [^ ]'
	expect_equal stdout "$(cat out)" 'some data'
}

@test "a reset in answer to what was sent is status 8" {
	peer server rst-on-data
	run_status 8 127.0.0.1 "$port" <<<'hello'
	expect_match err 'failed: Connection reset by peer'
	peer server2 rst-on-data
	run_status 8 127.0.0.1 "$port" < <(yes)
	expect_match err 'failed: Connection reset by peer'
}

@test "a listener whose client resets ends with status 8" {
	listen server 127.0.0.1 0
	start client "$PEER" rst-client "$port" 'some data'
	ends server 8
	expect_match server.err '^handset: receive from 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection reset by peer$'
	expect_equal stdout "$(cat server.out)" 'some data'
}

@test "a reset after the peer's end of file is seen, although stdin is silent" {
	listen server 127.0.0.1 0 <>never
	start client python3 -IS -c '
import socket, struct, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"bye")
s.shutdown(socket.SHUT_WR)
sys.stdin.readline()
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()' "$port" < <(eventually grep -q bye server.out && echo)
	ends server 8
	expect_match server.err 'Connection reset by peer'
}

# What is sent.

@test "every byte goes both ways unchanged, from file to file and through pipes" {
	head -c 3000000 /dev/urandom >input
	peer echo echo
	run_status 0 127.0.0.1 "$port" <input
	expect_same input out
	peer echo2 echo
	# shellcheck disable=SC2002 # a pipe is meant
	cat input | timeout "$TIME_LIMIT" "$HANDSET" 127.0.0.1 "$port" | cat >out
	expect_same input out
}

@test "a slow reader gets every byte" {
	head -c 2000000 /dev/urandom >input
	peer server slow
	# shellcheck disable=SC2002 # a pipe is meant
	cat input | timeout "$TIME_LIMIT" "$HANDSET" 127.0.0.1 "$port"
	ends server 0
	expect_line server.out "2000000 $(sha256sum <input | cut -d ' ' -f 1)"
}

@test "the trace of the data changes nothing of it" {
	head -c 1000000 /dev/urandom >input
	peer echo echo
	# shellcheck disable=SC2002 # a pipe is meant
	cat input | timeout "$TIME_LIMIT" "$HANDSET" -vvv 127.0.0.1 "$port" 2>trace | cat >out
	expect_same input out
}

@test "-C sends CRLF where the input has LF, and leaves CRLF as it is" {
	peer server late
	printf 'a\nb\r\nc\n\n\rd\n' | run_status 0 -C -w 5 127.0.0.1 "$port"
	ends server 0
	expect_line server.out "b'a\\r\\nb\\r\\nc\\r\\n\\r\\n\\rd\\r\\n'"
	expect_empty out
}

@test "-i pauses between lines, and only there" {
	peer server late
	printf '1\n2\n3\nend' >input
	timed run_status 0 -i 200ms --exit-on-eof 127.0.0.1 "$port" <input
	# three pauses, and the second that the peer takes
	expect_took 1580 7000
	ends server 0
	expect_line server.out "b'1\\n2\\n3\\nend'"
}

@test "-W 1 exits after one packet was received" {
	peer server silent hello
	run_status 0 -W 1 127.0.0.1 "$port" <>never
	expect_equal stdout "$(cat out)" hello
	listen server2 -W 1 127.0.0.1 0 <>never
	mkfifo input
	exec 8<>input
	echo question >&8
	start client "$HANDSET" 127.0.0.1 "$port" <input
	ends server2 0
	expect_line server2.out question
}
