#!/usr/bin/env bats
# What moves the data: each pair of ends has a way of its own, and all of them deliver the same bytes.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

setup() {
	helper_setup
	head -c 3000000 /dev/urandom >data
}

# strace(1) of COMMAND..., for this suite's purposes. LeakSanitizer cannot look at a process that strace holds.
traced() {
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 exec strace -f -qq -o calls "$@"
}

# handset with ARGS, whose calls of CALLS all fail with EINVAL from the Nth on: `refusing CALLS N ARGS...`, as on a kernel or a
# file system that does not have them.
refusing() {
	local calls=$1 from=$2 call inject=()
	shift 2
	for call in ${calls//,/ }; do
		inject+=(-e "inject=$call:error=EINVAL:when=$from+")
	done
	(traced -e trace="$calls" "${inject[@]}" timeout -k 1 "$TIME_LIMIT" "$HANDSET" "$@") 3>&-
}

# The listener that sends what it has on stdin; sets $port.
sends() {
	listen source "$@" <data
}

@test "network to a file, to a file that is appended to, to a pipe" {
	sends 127.0.0.1 0
	"$HANDSET" -d 127.0.0.1 "$port" >copy
	cmp copy data
	sends 127.0.0.1 0
	echo before >copy
	"$HANDSET" -d 127.0.0.1 "$port" >>copy
	{ echo before; cat data; } | cmp - copy
	sends 127.0.0.1 0
	"$HANDSET" -d 127.0.0.1 "$port" | cmp - data
}

@test "a file is written from where its offset is, and the offset moves" {
	sends 127.0.0.1 0
	{ echo before && "$HANDSET" -d 127.0.0.1 "$port" && echo after; } >copy
	{ echo before; cat data; echo after; } | cmp - copy
}

@test "network to /dev/null counts every byte" {
	sends 127.0.0.1 0
	"$HANDSET" -vv -d 127.0.0.1 "$port" >/dev/null 2>err
	expect_match err 'closed, first by peer: 0 bytes sent, 3000000 received'
	sends -U "$DIR/s"
	"$HANDSET" -vv -d -U "$DIR/s" >/dev/null 2>err
	expect_match err 'closed, first by peer: 0 bytes sent, 3000000 received'
}

@test "--send-only throws away what comes, and counts it" {
	peer echo echo
	run_status 0 -vv --send-only 127.0.0.1 "$port" <data
	expect_empty out
	expect_match err 'closed, first by stdin: 3000000 bytes sent'
}

@test "Unix sockets, from a pipe and from a file" {
	listen sink -U "$DIR/s"
	"$HANDSET" -U "$DIR/s" <data
	ends sink
	cmp sink.out data
	listen sink -U "$DIR/s"
	"$HANDSET" -U "$DIR/s" < <(cat data)
	ends sink
	cmp sink.out data
}

@test "-O is left as it was asked for on a Unix socket" {
	listen sink -U "$DIR/s"
	"$HANDSET" -vv -O 100k -U "$DIR/s" <data 2>err
	ends sink
	expect_equal 'settings of SO_SNDBUF' "$(grep -c SO_SNDBUF err)" 1
}

@test "a splice that is refused at once is replaced by copying" {
	command -v strace >/dev/null || skip "strace is not installed"
	sends 127.0.0.1 0
	refusing splice 1 -d 127.0.0.1 "$port" | cmp - data
	listen sink 127.0.0.1 0
	refusing splice 1 127.0.0.1 "$port" < <(cat data)
	ends sink
	cmp sink.out data
}

@test "a splice that is refused later is replaced by copying, and nothing is lost" {
	command -v strace >/dev/null || skip "strace is not installed"
	for from in 2 3 4 5; do
		sends 127.0.0.1 0
		refusing splice $from -d 127.0.0.1 "$port" >copy
		cmp copy data
		sends 127.0.0.1 0
		refusing splice $from -d 127.0.0.1 "$port" | cmp - data
	done
}

@test "sendfile that is refused is replaced by copying" {
	command -v strace >/dev/null || skip "strace is not installed"
	listen sink 127.0.0.1 0
	refusing sendfile,splice 1 127.0.0.1 "$port" <data
	ends sink
	cmp sink.out data
}

@test "--to relays bulk in both directions when splice is refused in the middle" {
	command -v strace >/dev/null || skip "strace is not installed"
	for from in 1 2 3 4; do
		peer target echo-many
		start proxy traced -e trace=splice -e "inject=splice:error=EINVAL:when=$from+" \
			"$HANDSET" -v -l --to 127.0.0.1:"$port" 127.0.0.1 0
		eventually listens proxy
		port=$(sed -nE 's/^Listening on (.* )?//p' proxy.err)
		run_status 0 127.0.0.1 "$port" <data
		cmp out data
		ends proxy
		signal target TERM
	done
}

# The relay is stopped until more is queued than its buffer takes, so that its first splices are one that fills its pipe with the
# rest, and one that is to empty it.
@test "--to loses nothing when splice is refused with much in its pipe" {
	command -v strace >/dev/null || skip "strace is not installed"
	listen sink 127.0.0.1 0
	start proxy traced -e trace=splice -e "inject=splice:error=EINVAL:when=2+" \
		"$HANDSET" -v -l --to "127.0.0.1:$port" -U "$DIR/s"
	eventually listens proxy
	python3 - "$(cat proxy.pid)" <<'END'
import os, signal, socket, sys, time
tracer = sys.argv[1]
relay = int(open(f"/proc/{tracer}/task/{tracer}/children").read())
client = socket.socket(socket.AF_UNIX)
client.settimeout(20)
client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
client.connect("s")
os.kill(relay, signal.SIGSTOP)
while open(f"/proc/{relay}/stat").read().rsplit(")", 1)[1].split()[0] not in "Tt":
    time.sleep(0.01)
client.sendall(open("data", "rb").read(640000))
client.shutdown(socket.SHUT_WR)
os.kill(relay, signal.SIGCONT)
assert client.recv(1) == b""
END
	ends proxy
	ends sink
	cmp sink.out <(head -c 640000 data)
	expect_match calls 'splice\(.* = [3-9][0-9]{5}$'
	expect_match calls 'splice\(.* = -1 EINVAL .*INJECTED'
}

@test "a file that cannot take more is an error that is told" {
	sends 127.0.0.1 0
	local status=0
	(
		ulimit -f 500
		trap '' XFSZ
		exec "$HANDSET" -d 127.0.0.1 "$port"
	) >copy 2>err || status=$?
	expect_equal 'exit status' "$status" 7
	expect_line err 'handset: write standard output failed: File too large'
}

@test "a slow reader gets everything, through pipes of both sizes" {
	sends 127.0.0.1 0
	"$HANDSET" -d 127.0.0.1 "$port" | { pause; cat; } | cmp - data
}
