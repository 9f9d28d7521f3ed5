#!/usr/bin/env bats
# Clients of a listener that mean harm, or look like it: the others are served all the same.
# shellcheck disable=SC2154 # helper.bash sets port
load helper
load netns

# Start a listener with at most 64 descriptors: `listen_narrow ARGS...`.
listen_narrow() {
	start server bash -c 'ulimit -n 64; exec "$@"' bash "$HANDSET" -v -l "$@"
	eventually listens server
	port=$(sed -nE 's/^Listening on (.* )?//p' server.err | head -n 1)
}

# Connect and close COUNT times, as port checks do: `port_checks COUNT`.
port_checks() {
	timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
for _ in range(int(sys.argv[2])):
    socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()' "$port" "$1"
}

@test "port checks do not use up the descriptors of a broker" {
	listen_narrow --broker 127.0.0.1 0
	port_checks 100
	start one "$HANDSET" -d 127.0.0.1 "$port"
	until grep -qx mark one.out; do
		"$HANDSET" -q 0 127.0.0.1 "$port" <<<mark
		pause
		expect_running server
	done
	expect_match server.err '^client [0-9]+, which had ended its side, was let go for lack of descriptors$'
}

# A target that answers a question and never ends, whatever its clients do; sets $target.
tireless() {
	start target timeout 60 python3 -IS -c '
import select, socket
server = socket.create_server(("127.0.0.1", 0), backlog=200)
poll = select.epoll()
poll.register(server, select.EPOLLIN)
print(server.getsockname()[1], flush=True)
clients = {}
while True:
    for fd, _ in poll.poll():
        if fd == server.fileno():
            client = server.accept()[0]
            clients[client.fileno()] = client
            poll.register(client, select.EPOLLIN)
        elif clients[fd].recv(100):
            clients[fd].sendall(b"here\n")
        else:
            poll.unregister(fd)'
	eventually test -s target.out
	target=$(cat target.out)
}

# A new client is answered within three seconds.
served() {
	[ "$(echo who | timeout 3 "$HANDSET" -W 1 127.0.0.1 "$port" 2>>served.err)" = here ]
}

@test "clients that leave a target hanging do not use up the descriptors of --to" {
	tireless
	listen_narrow -k --to 127.0.0.1:"$target" 127.0.0.1 0
	port_checks 100
	eventually served
	expect_running server
	expect_no_match server.err '^handset: open a socket'
	expect_match server.err 'one side of which had ended, was let go for lack of descriptors$'
}

@test "the same with programs that are relayed" {
	listen_narrow -k -W 9 -c 'read -r line && echo here; exec sleep 60' 127.0.0.1 0
	port_checks 100
	eventually served
	expect_running server
	signal server TERM
	ends server 143
}

# The broker has its first two clients.
both_are_in() {
	[ "$(grep -c '^Connection received' server.err)" -ge 2 ]
}

# Each stops reading in the middle of a message of its own.
@test "the memory of a broker is bounded, however many clients do not read" {
	listen server --broker 127.0.0.1 0
	mkfifo go
	exec 8<>go
	start crowd timeout 60 python3 -IS -c '
import os, socket, sys
def join(buffer=0):
    sock = socket.socket()
    if buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    sock.connect(("127.0.0.1", int(sys.argv[1])))
    return sock
sender, fast = join(), join()
piece = os.urandom(65536)
def say():
    sender.sendall(piece)
    heard = b""
    while len(heard) < len(piece):
        heard += fast.recv(65536) or sys.exit("a client that reads was let go")
    assert heard == piece
sys.stdin.readline()
fast.settimeout(20)
deaf = []
for _ in range(500):
    deaf.append(join(4096))
    say()
for _ in range(100):
    say()
print("all", flush=True)
sys.stdin.readline()' "$port" <go
	eventually both_are_in
	echo >&8
	eventually grep -qx all crowd.out
	local most
	most=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$(cat server.pid)/status")
	grep -q libasan "/proc/$(cat server.pid)/maps" || [ "$most" -lt 24000 ] || expect_equal 'the most memory' "$most kB" 'less than 24000 kB'
	expect_match server.err '^handset: client [0-9]+ reads too slowly and was let go: what is kept for such clients has reached 16 MiB$'
	expect_no_match server.err 'client [12] '
}

@test "stderr that nobody reads holds up no client, and its reader learns what it missed" {
	start target "$HANDSET" -v -lk -c 'cat; echo here' 127.0.0.1 0
	eventually listens target
	target=$(sed -nE 's/^Listening on (.* )?//p' target.err)
	mkfifo said
	exec 8<>said
	start server sh -c 'exec "$@" 2>said' sh "$HANDSET" -v -lk --to 127.0.0.1:"$target" 127.0.0.1 0
	read -rt "$TIME_LIMIT" line <&8
	port=${line##* }
	timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
for _ in range(1000):
    socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()' "$port"
	timed run_status 0 127.0.0.1 "$port" <<<hello
	expect_equal answer "$(cat out)" $'hello\nhere'
	expect_took 0 15000
	start reader sh -c 'exec cat <said'
	exec 8>&-
	until grep -q 'messages are missing here: nobody read them' reader.out; do
		run_status 0 127.0.0.1 "$port" <<<again
		pause
	done
	expect_match reader.out '^handset: [0-9]+ messages are missing here: nobody read them, or they were too many$'
}

@test "clients that stop reading cost little memory where their data is copied, too" {
	listen server -k -t -c cat 127.0.0.1 0
	start crowd timeout 60 python3 -IS -c '
import socket, sys, time
socks = []
for _ in range(150):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", int(sys.argv[1])))
    sock.setblocking(False)
    socks.append(sock)
end = time.monotonic() + 10
moved = 1
while moved and time.monotonic() < end:
    moved = 0
    for sock in socks:
        try:
            moved += sock.send(bytes(65536))
        except BlockingIOError:
            pass
    time.sleep(0.2)
print("all", flush=True)
time.sleep(20)' "$port"
	eventually grep -qx all crowd.out
	local most
	most=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$(cat server.pid)/status")
	grep -q libasan "/proc/$(cat server.pid)/maps" || [ "$most" -lt 24000 ] || expect_equal 'the most memory' "$most kB" 'less than 24000 kB'
	signal server TERM
	ends server 143
}

@test "clients that fail fill no log: without -v 20 errors are printed in a second, and how many are missing" {
	start server "$HANDSET" -l -k --to 127.0.0.1:1 127.0.0.1 "$(refusing_port)"
	local port=
	eventually listening_port
	timeout "$TIME_LIMIT" python3 -IS -c '
import socket, sys
for _ in range(2000):
    socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()' "$port"
	until grep -q 'messages are missing here' server.err; do
		"$HANDSET" -w 2 127.0.0.1 "$port" </dev/null >out 2>err || :
		pause
	done
	local lines
	lines=$(grep -c '^handset: connect to' server.err)
	[ "$lines" -lt 500 ] || expect_equal 'errors printed' "$lines" 'less than 500'
}

# The port that the child `server` listens on, which has said nothing.
listening_port() {
	port=$(ss -Hltnp 2>/dev/null | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$(cat server.pid),.*/\1/p" | head -n 1)
	[ -n "$port" ]
}

@test "a broker keeps a thousand clients that have ended their side, and no more" {
	listen server --broker --send-only 127.0.0.1 0 <>never
	port_checks 1200
	eventually grep -q 'was let go: there are 1000 of them' server.err
	eventually few_descriptors
}

# The broker has hardly more descriptors than a thousand.
few_descriptors() {
	local fds=("/proc/$(cat server.pid)/fd/"*)
	[ ${#fds[@]} -le 1010 ]
}

# Each look-up takes two processes, for as long as the name server does not answer.
@test "a crowd of clients of --to NAME does not start a crowd of look-ups" {
	node alone
	etc_file alone /etc/resolv.conf 'nameserver 127.0.0.1'
	start_at alone names timeout 60 python3 -IS -c '
import socket, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 53))
print("ready", flush=True)
time.sleep(60)'
	eventually test -s names.out
	listen_at alone server -k --to name.example:80 127.0.0.1 0
	start_at alone crowd timeout 60 python3 -IS -c '
import socket, struct, sys, time
socks = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(150)]
for sock in socks:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
print("all", flush=True)
time.sleep(60)' "$port"
	eventually grep -qx all crowd.out
	eventually all_are_in
	pause
	local pid
	pid=$(cat server.pid)
	local -a children
	read -ra children <"/proc/$pid/task/$pid/children" || :
	[ ${#children[@]} -le 128 ] || expect_equal processes ${#children[@]} 'at most 128'
	[ ${#children[@]} -ge 64 ] || expect_equal processes ${#children[@]} 'at least 64'
	at alone kill "$(cat crowd.pid)"
	eventually no_children "$pid"
}

# The listener has its 150 clients.
all_are_in() {
	[ "$(grep -c '^Connection received' server.err)" -eq 150 ]
}

# The process PID has no child left.
no_children() {
	[ -z "$(cat "/proc/$1/task/$1/children")" ]
}
