#!/usr/bin/env bats
# Unix sockets: streams, datagrams, packets; paths and names; who has a path and who removes it.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Expect that nothing is at PATH.
expect_gone() {
	[ ! -e "$1" ] && [ ! -L "$1" ] && return
	printf '%s is still there\n' "$1"
	return 1
}

@test "a stream over a path, and the path is removed at the end" {
	listen server -U path
	expect_equal 'what it says' "$(cat server.err)" 'Listening on path'
	run_status 0 -v -U path <<<'hello'
	ends server 0
	expect_line server.out hello
	expect_match server.err '^Connection received on path'
	expect_match err 'succeeded!$'
	expect_gone path
}

@test "a stream over the abstract namespace leaves no path" {
	listen server -U "@$DIR/name"
	run_status 0 -U "@$DIR/name" <<<'hello'
	ends server 0
	expect_line server.out hello
	expect_gone "@$DIR/name"
	listen server2 -k -U "@$DIR/name"
	run_status 7 -l -U "@$DIR/name"
	expect_match err 'Address already in use'
}

@test "the path is removed when a signal ends the listener, which then dies of it" {
	for signal in TERM INT HUP; do
		# what a shell starts in the background ignores SIGINT
		start server env --default-signal=INT "$HANDSET" -v -l -k -U path
		eventually test -S path
		eventually listens server
		signal server "$signal"
		ends server $((128 + $(kill -l "$signal")))
		expect_gone path
	done
}

@test "the path is removed when the listener ends by a failure, too" {
	listen server -w 0.1 -U path
	ends server 5
	expect_gone path
}

@test "a path is taken over when nobody answers there" {
	for kind in '' -u --seqpacket; do
		if [ "$kind" = --seqpacket ]; then
			listen dead -U --seqpacket path
			signal dead KILL
			ends dead 137
		else
			"$PEER" unix-stale path >/dev/null
		fi
		test -S path
		# shellcheck disable=SC2086 # it may be empty
		listen server -k -U $kind path
		# shellcheck disable=SC2086
		run_status 0 -U $kind -q 0 path <<<'hello'
		eventually grep -qx hello server.out
		signal server TERM
		eventually test -f server.status
		expect_gone path
	done
}

# Whether this kernel tells who has Unix sockets (sock_diag(7), CONFIG_UNIX_DIAG).
kernel_tells_owners() {
	python3 -IS -c '
import socket, struct, sys
sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
request = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, 0xFFFFFFFF, 0, 1, 0xFFFFFFFF, 0xFFFFFFFF)
sock.send(struct.pack("=IHHII", 16 + len(request), 20, 0x301, 1, 0) + request)
sys.exit(struct.unpack("=IH", sock.recv(65536)[:6])[1] != 20)'
}

@test "a path that somebody has is an error, and stays his" {
	owner='(: .*)?'
	! kernel_tells_owners || owner=": .*\\(pid [0-9]+, user [^ ]+\\)"
	for kind in '' -u --seqpacket; do
		# shellcheck disable=SC2086 # it may be empty
		listen server -k -U $kind path
		# shellcheck disable=SC2086
		run_status 7 -l -U $kind path
		expect_match err '^handset: bind to path \(unix.*\) failed: Address already in use$'
		expect_match err "^  a process has a socket there$owner\$"
		test -S path
		# shellcheck disable=SC2086
		run_status 0 -U $kind -q 0 path <<<'still here'
		eventually grep -qx 'still here' server.out
		signal server TERM
		eventually test -f server.status
	done
}

@test "a listener for one client does not notice who else wants its path, or asks about it" {
	local kind name
	for name in path "@$DIR/name"; do
		for kind in '' -u --seqpacket; do
			# shellcheck disable=SC2086 # it may be empty
			listen server -W 1 -U $kind "$name"
			for other in '' -u --seqpacket; do
				[ "$name" = path ] || [ "$kind" = "$other" ] || continue
				# shellcheck disable=SC2086
				run_status 7 -l -U $other "$name"
				expect_match err "^  a process has a socket there: handset \\(pid $(cat server.pid), user .*\\)\$"
			done
			# shellcheck disable=SC2086
			run_status 0 --why -U $kind "$name"
			expect_match out "^ok +listener +handset \\(pid $(cat server.pid), user "
			expect_running server
			# shellcheck disable=SC2086
			run_status 0 -U $kind -q 0 "$name" <<<'hello'
			ends server 0
			expect_line server.out hello
		done
	done
}

@test "a socket that is bound and does not listen yet is not taken over" {
	start server python3 -IS -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("path")
print("ready", flush=True)
time.sleep(20)'
	eventually grep -q ready server.out
	run_status 7 -l -U path
	expect_match err '^  a process has a socket there'
	run_status 4 --why -U path
	expect_match out '^FAIL +unix .*: Connection refused'
	run_status 4 -U path
	expect_match err "^  python3 \\(pid $(cat server.pid), user .*\\) has that socket, but does not listen\$"
}

@test "a file at the path is an error, and stays as it is" {
	echo content >path
	run_status 7 -l -U path
	expect_match err 'Address already in use$'
	expect_match err '^  there is a file that is no socket'
	expect_line path content
	ln -s nowhere link
	run_status 7 -l -U link
	test -L link
}

@test "a path that another has taken in the meantime is not removed" {
	listen server -k -U path
	rm path
	listen other -k -U path
	signal server TERM
	ends server 143
	test -S path
}

@test "connecting: a missing path, a file, a dead socket, a socket of another type" {
	run_status 7 -U missing
	expect_line err 'handset: connect to missing (unix) failed: No such file or directory'
	: >file
	run_status 7 -U file
	expect_match err '^handset: connect to file \(unix\) failed: '
	"$PEER" unix-stale stale >/dev/null
	run_status 4 -U stale
	expect_line err 'handset: connect to stale (unix) failed: Connection refused'
	listen server -u -U datagrams
	run_status 7 -U datagrams
	expect_match err 'Protocol wrong type for socket$'
	run_status 7 -l -U missing/folder/path
	expect_match err 'No such file or directory$'
}

@test "a full queue of a listener is waited for, as long as -w lets" {
	start server python3 -IS -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("path")
s.listen(0)
c = socket.socket(socket.AF_UNIX)
c.connect("path")
print("ready", flush=True)
time.sleep(20)'
	eventually grep -q ready server.out
	timed run_status 5 -w 0.3 -U path
	expect_match err "^  python3 \\(pid $(cat server.pid), user .*\\) does not accept: 1 wait in its queue, with a backlog of 0$"
	expect_took 280 4000
}

# Datagrams and packets.

@test "datagrams over a path keep their boundaries, empty ones included" {
	peer server unix-dgram-sink --count 1 path
	run_status 0 -U -u -q 0 path <<<'one datagram'
	ends server 0
	expect_line server.out "b'one datagram\\n'"
	listen server2 -U -u -vvv -W 3 path2
	start client "$PEER" unix-dgram-send path2 one '' three
	ends server2 0
	expect_equal 'what was received' "$(cat server2.out)" onethree
	expect_match server2.err 'recvfrom\(.*\) = 0 '
	expect_gone path2
}

@test "a listener for datagrams answers its first peer, on a path too" {
	mkfifo input
	exec 8<>input
	listen server -U -u path <input
	start client "$HANDSET" -U -u -W 1 path <<<'question'
	eventually grep -qx question server.out
	echo answer >&8
	ends client 0
	expect_line client.out answer
	signal server TERM
	ends server 143
	expect_gone path
}

@test "-s gives a datagram socket its own path, which is removed" {
	listen server -U -u path
	mkfifo input
	exec 8<>input
	start client "$HANDSET" -U -u -s own path <input
	echo hello >&8
	eventually grep -qx hello server.out
	test -S own
	exec 8>&-
	signal client TERM
	eventually test -f client.status
	expect_gone own
}

@test "packets keep their boundaries in both directions" {
	peer server seqpacket --count 1 path
	run_status 0 -U --seqpacket -W 1 path <<<'one packet'
	expect_line out 'one packet'
	ends server 0
	expect_line server.out "b'one packet\\n'"
	listen server2 -U --seqpacket -vvv path2
	start client "$PEER" seqpacket-send path2 one two
	ends server2 0
	expect_match server2.err 'recvfrom\(.*"one".*\) = 3 '
	expect_match server2.err 'recvfrom\(.*"two".*\) = 3 '
	expect_equal 'what was received' "$(cat server2.out)" onetwo
}
