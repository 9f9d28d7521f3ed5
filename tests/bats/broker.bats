#!/usr/bin/env bats
# --broker and --chat.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Connect a client NAME that stays, and wait until the broker (child `server`) has it.
join() {
	local name=$1 before
	before=$(grep -c '^Connection received' server.err || :)
	start "$name" "$HANDSET" -d 127.0.0.1 "$port"
	eventually has_lines "$((before + 1))" '^Connection received' server.err
}

# FILE has COUNT lines that match REGEX.
has_lines() {
	[ "$(grep -cE -e "$2" "$3")" -ge "$1" ]
}

@test "what one client sends goes to all others, and not back to it" {
	listen server --broker 127.0.0.1 0
	join one
	join two
	mkfifo line
	exec 7<>line
	start three "$HANDSET" 127.0.0.1 "$port" <line
	echo hello >&7
	eventually grep -qx hello one.out
	eventually grep -qx hello two.out
	expect_empty three.out
	exec 7>&-
}

@test "a client that has ended its input still hears the others" {
	listen server --broker 127.0.0.1 0
	start deaf "$HANDSET" 127.0.0.1 "$port" </dev/null
	eventually grep -q '^Connection received' server.err
	run_status 0 -q 0 127.0.0.1 "$port" <<<'still there?'
	eventually grep -qx 'still there?' deaf.out
}

@test "stdin of the broker goes to all clients" {
	mkfifo line
	exec 7<>line
	listen server --broker 127.0.0.1 0 <line
	join one
	echo announcement >&7
	eventually grep -qx announcement one.out
}

# One client never reads; another keeps up, as the sender waits for it: how busy the machine is does not matter.
@test "a slow client misses messages, and is told of; a fast one misses none" {
	listen server --broker 127.0.0.1 0
	start crowd timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
port = int(sys.argv[1])
slow = socket.socket()
slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
slow.connect(("127.0.0.1", port))
fast = socket.create_connection(("127.0.0.1", port))
sender = socket.create_connection(("127.0.0.1", port))
sys.stdin.readline()
for number in range(160):
    piece = bytes([number]) * 262144
    sender.sendall(piece)
    assert fast.recv(len(piece), socket.MSG_WAITALL) == piece
print("all")
sys.stdin.readline()' "$port" < <(
		eventually has_lines 3 '^Connection received' server.err
		echo
		eventually grep -q 'reads too slowly' server.err
		echo
	)
	ends crowd
	expect_line crowd.out all
	expect_match server.err 'client 1 reads too slowly and misses messages'
	expect_no_match server.err 'client [23] reads too slowly'
}

@test "--chat names the speakers and makes control characters harmless" {
	listen server --chat 127.0.0.1 0
	join one
	expect_match one.out '^<announce> you are <user1>; already here: nobody$'
	printf 'plain\n\033[31mred\r\nno end' | run_status 0 -q 0 127.0.0.1 "$port"
	eventually grep -qx '<user2> plain' one.out
	eventually grep -qxF '<user2> \x1b[31mred' one.out
	eventually grep -qx '<user2> no end' one.out
	expect_match one.out '^<announce> 127\.0\.0\.1:[0-9]+ is connected as <user2>\.$'
	# What the broker could not send to it any more tells that it has gone.
	run_status 0 -q 0 127.0.0.1 "$port" <<<'x'
	eventually grep -qx '<announce> <user2> is disconnected.' one.out
}

@test "--chat cuts endless lines" {
	listen server --chat 127.0.0.1 0
	join one
	head -c 5000 /dev/zero | tr '\0' y | run_status 0 -q 0 127.0.0.1 "$port"
	eventually has_lines 5 '^<user2> y+$' one.out
	expect_no_match one.out 'y{1025}'
}

@test "--chat cuts a long line between characters, not in one" {
	listen server --chat 127.0.0.1 0
	join one
	python3 -c 'print("x" + 1000 * "\u00e4")' | run_status 0 -q 0 127.0.0.1 "$port"
	eventually has_lines 2 '^<user2> ' one.out
	expect_line one.out "<user2> x$(printf '\303\244%.0s' {1..511})"
	expect_line one.out "<user2> $(printf '\303\244%.0s' {1..489})"
}

@test "--chat puts a line together that comes in pieces, however others speak in between" {
	listen server --chat 127.0.0.1 0
	join one
	start crowd timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
def join():
    sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    lines = sock.makefile()
    lines.readline()
    return sock, lines
(two, hears_two), (three, hears_three) = join(), join()
for number in range(20):
    two.sendall(b"%d fir" % number)
    three.sendall(b"in between\n")
    while "in between" not in hears_two.readline():
        pass
    two.sendall(b"st\n")
    assert "%d first" % number in hears_three.readline()
print("all")' "$port"
	ends crowd
	eventually has_lines 20 '^<user2> [0-9]+ first$' one.out
	eventually has_lines 20 '^<user3> in between$' one.out
}

@test "--chat passes a flood of short lines on in few calls" {
	start server "$HANDSET" -v --trace text -vvv --trace-file trace -l --chat 127.0.0.1 0
	eventually listens server
	port=$(sed -n 's/^Listening on .* //p' server.err)
	join one
	tr '\0' '\n' </dev/zero | head -c 20000 | run_status 0 -q 0 127.0.0.1 "$port"
	eventually has_lines 20000 '^<user2> $' one.out
	signal server TERM
	ends server 143
	local sends
	sends=$(grep -cE '(send|sendto)\(' trace)
	[ "$sends" -lt 1000 ] || expect_equal sends "$sends" 'fewer than 1000'
	[ "$sends" -gt 5 ] || expect_equal sends "$sends" 'more than 5'
}

@test "--chat tells a newcomer of a crowd by its number, and nobody that all go" {
	listen server --chat 127.0.0.1 0
	start crowd timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
socks = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(200)]
last = b""
while not last.endswith(b"\n"):
    last += socks[-1].recv(4096)
print(last.decode(), end="", flush=True)
socks[0].sendall(b"ends\n")
for line in socks[-1].makefile():
    print(line, end="")
    if line == "<user1> ends\n":
        print("ends.heard", flush=True)' "$port"
	eventually grep -qE 'already here: (<user[0-9]+>, )+and [0-9]+ more$' crowd.out
	eventually grep -qx ends.heard crowd.out
	signal server TERM
	ends crowd
	expect_line crowd.out '<user1> ends'
	expect_no_match crowd.out disconnected
}

@test "--deadline ends a broker whose clients stay, and says so" {
	listen server --broker --deadline 2 127.0.0.1 0
	start one "$HANDSET" 127.0.0.1 "$port" <>never
	eventually grep -q '^Connection received' server.err
	ends server 5
	expect_line server.err 'handset: broker with 1 client failed: the deadline passed'
	expect_match server.err '^ +--deadline of 2 s$'
}

@test "a client that resets leaves the others alone" {
	listen server --broker 127.0.0.1 0
	join one
	"$PEER" rst-client "$port" 'before'
	eventually grep -q before one.out
	run_status 0 -q 0 127.0.0.1 "$port" <<<'after'
	eventually grep -q after one.out
	expect_running server
}

# The whole of it: tests/soak/broker.py HANDSET, 5000 clients for a minute.
@test "a crowd, some of whom read slowly: nobody else misses a byte, memory is bounded, what is missed is told" {
	local status=0
	timeout 120 python3 -IS "$BATS_TEST_DIRNAME/../soak/broker.py" --clients 300 --slow 60 --seconds 5 "$HANDSET" \
		>soak 2>&1 || status=$?
	[ "$status" != 77 ] || skip "$(cat soak)"
	cat soak
	expect_equal status "$status" 0
	expect_match soak '^fast clients that lack anything: 0$'
}

@test "a broker holds more clients than 1024 descriptors" {
	listen server --broker 127.0.0.1 0
	mkfifo go
	exec 8<>go
	start crowd python3 -IS -c '
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
socks = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(1500)]
sys.stdin.readline()
socks[0].sendall(b"hello")
for sock in socks[1:]:
    sock.settimeout(10)
    assert sock.recv(5, socket.MSG_WAITALL) == b"hello"
print("all")' "$port" <go
	eventually has_lines 1500 '^Connection received on ' server.err
	echo >&8
	ends crowd 0
	expect_line crowd.out all
}

@test "--broker wants -l, and no --to or -u" {
	run_status 2 --broker 127.0.0.1 80
	run_status 2 -l --broker --to 127.0.0.1:80 127.0.0.1 0
	run_status 2 -l -u --chat 127.0.0.1 0
}

@test "--max-conns makes a client wait until another has gone, and it hears what is said from then on" {
	mkfifo line
	exec 7<>line
	listen server --broker --max-conns 2 127.0.0.1 0 <line
	join one
	join two
	start three "$HANDSET" -d 127.0.0.1 "$port"
	echo first >&7
	eventually grep -qx first one.out
	eventually grep -qx first two.out
	expect_equal members "$(grep -c '^Connection received' server.err)" 2
	# That a client is gone, and not only silent, shows when something is said to it.
	signal two TERM
	eventually lets_in 3
	echo welcome >&7
	eventually grep -qx welcome three.out
	expect_no_match three.out first
}

lets_in() {
	echo ping >&7
	has_lines "$1" '^Connection received' server.err
}

@test "--broker --send-only publishes stdin to all, throws away what they send, and ends with stdin" {
	mkfifo line
	exec 7<>line
	start server "$HANDSET" -v -l --broker --send-only 127.0.0.1 0 <line
	eventually listens server
	port=$(sed -nE 's/^Listening on (.* )?//p' server.err)
	join one
	join leaves
	start talks "$HANDSET" --no-shutdown 127.0.0.1 "$port" < <(head -c 200000 /dev/zero)
	eventually has_lines 3 '^Connection received' server.err
	echo first >&7
	eventually grep -qx first leaves.out
	eventually grep -qx first talks.out
	signal leaves TERM
	ends leaves 143
	echo last >&7
	exec 7>&-
	ends server
	ends one
	ends talks
	expect_equal 'what a subscriber gets' "$(cat one.out)" $'first\nlast'
	expect_equal 'what one that talks gets' "$(cat talks.out)" $'first\nlast'
}

@test "what is published waits for the first subscriber, and reaches all that read, however much it is" {
	head -c 30000000 /dev/urandom >data
	listen server --broker --send-only 127.0.0.1 0 <data
	start crowd timeout "$TIME_LIMIT" python3 -IS -c '
import hashlib, select, socket, sys, time
socks = [socket.socket() for _ in range(4)]
socks[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
for sock in socks:
    sock.connect(("127.0.0.1", int(sys.argv[1])))
sums = {sock: hashlib.sha256() for sock in socks}
slow = socks[0].fileno()
while socks:
    for sock in select.select(socks, [], [])[0]:
        if sock.fileno() == slow:
            time.sleep(0.001)
        data = sock.recv(65536)
        sums[sock].update(data)
        if not data:
            socks.remove(sock)
for total in sums.values():
    print(total.hexdigest())' "$port"
	ends server
	ends crowd
	local sum
	sum=$(sha256sum data | cut -d ' ' -f 1)
	expect_equal 'what the first, who is slow, gets' "$(head -n 1 crowd.out)" "$sum"
	expect_empty <(grep -v '^Listening\|^Connection received' server.err)
}

@test "--send-only publishes to a subscriber that does not read until -w, and says so" {
	start server "$HANDSET" -v -l -w 1 --broker --send-only 127.0.0.1 0 < <(head -c 30000000 /dev/zero)
	eventually listens server
	port=$(sed -nE 's/^Listening on (.* )?//p' server.err)
	start deaf python3 -IS -c '
import socket, sys, time
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
time.sleep(20)' "$port"
	ends server
	expect_match server.err '^handset: client 1 has not taken all that it was sent, and nothing for 1 s: it was let go$'
}

@test "--send-only ends over a Unix socket too, when a subscriber has it all and does not read" {
	start server "$HANDSET" -v -l --broker --send-only -U room < <(echo news)
	eventually test -S room
	start deaf python3 -IS -c '
import socket, sys
sock = socket.socket(socket.AF_UNIX)
sock.connect("room")
sys.stdin.readline()
print(sock.recv(99), sock.recv(99))' < <(eventually test -f server.status; echo)
	ends server
	ends deaf
	expect_equal 'what it gets' "$(cat deaf.out)" "b'news\\n' b''"
}

@test "--send-only and --chat do not go together" {
	run_status 2 -l --chat --send-only 127.0.0.1 0
}
