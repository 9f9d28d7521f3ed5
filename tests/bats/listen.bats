#!/usr/bin/env bats
# Listeners: which addresses and ports, who is served, how they end.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# The lines "Listening on" of the child NAME.
said() {
	grep -E '^(Listening|Bound) on ' "$DIR/$1.err"
}

@test "without a host a listener serves IPv4 and IPv6 on one port, and says so" {
	for host in 127.0.0.1 ::1; do
		listen server 0
		expect_equal 'what it says' "$(said server | sort)" "$(printf 'Listening on %s %s\n' 0.0.0.0 "$port" :: "$port" | sort)"
		run_status 0 "$host" "$port" <<<"over $host"
		ends server 0
		expect_line server.out "over $host"
		expect_match server.err "^Connection received on $host [0-9]+\$"
	done
}

@test "every form of the operands of a listener" {
	local form
	for form in '127.0.0.1 0' '127.0.0.1:0' ':0' '-p 0' '-p 0 127.0.0.1' '-s 127.0.0.1 0' '0' '-4 0' 'localhost 0'; do
		# shellcheck disable=SC2086 # words are meant
		listen server $form
		run_status 0 127.0.0.1 "$port" <<<"$form"
		ends server 0
		expect_line server.out "$form"
	done
	for form in '::1 0' '[::1]:0' '-6 0'; do
		# shellcheck disable=SC2086 # words are meant
		listen server $form
		expect_no_match server.err '(127|0)\.0\.0'
		run_status 0 "[::1]:$port" <<<"$form"
		ends server 0
		expect_line server.out "$form"
	done
}

@test "-4 does not listen on IPv6, -6 not on IPv4" {
	listen server -4 0
	expect_equal 'what it says' "$(said server)" "Listening on 0.0.0.0 $port"
	run_status 4 ::1 "$port"
	listen server6 -6 0
	expect_equal 'what it says' "$(said server6)" "Listening on :: $port"
	run_status 4 127.0.0.1 "$port"
}

@test "-k serves one client after the other on the same socket" {
	local client
	listen server -k -vv 127.0.0.1 0
	for client in one two three; do
		run_status 0 127.0.0.1 "$port" <<<"$client"
		eventually grep -qx "$client" server.out
	done
	expect_running server
	expect_equal 'sockets that were bound' "$(grep -c ' bind(' server.err)" 1
	expect_equal 'clients' "$(grep -c '^Connection received' server.err)" 3
}

@test "-k goes on after a client that resets, and tells of it" {
	listen server -k 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'one'
	start client "$PEER" rst-client "$port" two
	eventually grep -q 'failed: Connection reset by peer' server.err
	run_status 0 127.0.0.1 "$port" <<<'three'
	eventually grep -qx 'twothree' server.out
	expect_running server
}

@test "without -k a second client is refused at once" {
	listen server 127.0.0.1 0
	mkfifo input
	exec 8<>input
	start first "$HANDSET" 127.0.0.1 "$port" <input
	eventually grep -q 'Connection received' server.err
	run_status 4 127.0.0.1 "$port"
	exec 8>&-
	ends first 0
	ends server 0
}

@test "a port in use is an error that names it, for every kind of socket" {
	peer server hold
	run_status 7 -l 127.0.0.1 "$port"
	expect_match err "^handset: bind to 127\.0\.0\.1 port $port \(tcp\) failed: Address already in use\$"
	expect_match err "^  .*\(pid $(cat server.pid), user [^ ]+\) listens on 127\.0\.0\.1:$port\$"
	run_status 7 -l "$port"
	expect_match err "port $port \(tcp\) failed: Address already in use"
	expect_match err "^  .* listens on 127\.0\.0\.1:$port\$"
	listen udp -u 127.0.0.1 0
	run_status 7 -u -l 127.0.0.1 "$port"
	expect_match err "^handset: bind to 127\.0\.0\.1 port $port \(udp\) failed: Address already in use\$"
	expect_match err "^  .*\(pid $(cat udp.pid), user [^ ]+\) has a socket on 127\.0\.0\.1:$port\$"
	# Not by those who do not listen: the source port of a connection is in use, too.
	peer sink sink
	start client "$HANDSET" -v -p 0 127.0.0.1 "$port" <>never
	eventually grep -q succeeded client.err
	source=$(ss_port)
	run_status 7 -l 127.0.0.1 "$source"
	expect_match err "^  .*\(pid $(cat client.pid), user [^ ]+\) has a connection from 127\.0\.0\.1:$source\$"
}

# The source port of the one connection to $port.
ss_port() {
	python3 -IS - "$port" <<-'END'
	import sys
	port = int(sys.argv[1])
	rows = [line.split()[1:4] for line in open("/proc/net/tcp")][1:]
	print(*[int(local.split(":")[1], 16) for local, remote, state in rows
	        if int(remote.split(":")[1], 16) == port and state == "01"])
	END
}

@test "a port is shared with --reuse-port only, and only when both ask for it" {
	listen server --reuse-port 127.0.0.1 0
	run_status 7 -l 127.0.0.1 "$port"
	run_status 5 -l -w 0.1 --reuse-port 127.0.0.1 "$port"
}

@test "a port of which old connections linger can be listened on at once" {
	listen server 127.0.0.1 0 <<<'bye'
	run_status 0 127.0.0.1 "$port"
	ends server 0
	run_status 5 -l -w 0.1 127.0.0.1 "$port"
}

@test "an address that is not ours is status 7" {
	run_status 7 -l 192.0.2.1 0
	expect_match err '^handset: bind to 192\.0\.2\.1 port 0 \(tcp\) failed: Cannot assign requested address$'
	expect_match err '^  no interface of this host has that address'
}

@test "a port that needs a privilege is status 7 without it" {
	run_unprivileged 7 -l 127.0.0.1 1
	expect_line err 'handset: bind to 127.0.0.1 port 1 (tcp) failed: Permission denied'
	expect_match err '^  .*privilege'
}

@test "a listener that is told to end by a signal ends by that signal" {
	for signal in TERM INT; do
		# what a shell starts in the background ignores SIGINT
		start server env --default-signal=INT "$HANDSET" -v -l -k 127.0.0.1 0
		eventually listens server
		signal server "$signal"
		ends server $((128 + $(kill -l "$signal")))
	done
}

@test "a client that goes before it is accepted does no harm" {
	listen server -k 127.0.0.1 0
	signal server STOP
	start client "$PEER" rst-client "$port" gone
	ends client 0
	signal server CONT
	run_status 0 127.0.0.1 "$port" <<<'here'
	eventually grep -q 'here' server.out
}

@test "the status messages of a listener and of a client, word for word" {
	listen server 127.0.0.1 0 <>never
	run_status 0 -v -q 0 127.0.0.1 "$port"
	expect_equal stderr "$(cat err)" "Connection to 127.0.0.1 $port port [tcp/*] succeeded!"
	eventually grep -q "^Connection received" server.err
	signal server TERM
	ends server 143
	expect_equal 'what the listener says' "$(sed 's/[0-9]*$/N/' server.err)" \
		$'Listening on 127.0.0.1 N\nConnection received on 127.0.0.1 N'
}

@test "--backlog is the length of the queue" {
	listen server -vv --backlog 7 127.0.0.1 0
	expect_match server.err 'listen\([0-9]+, 7\) = 0'
}

@test "clients of both families take turns" {
	listen server -k -d 0
	# Each stays until it has been served, so that the listener waits for it while the others wait for their turn.
	python3 - "$port" <<'END'
import socket, sys, time
def client(host, word):
    sock = socket.create_connection((host, int(sys.argv[1])), 20)
    sock.sendall(word.encode() + b"\n")
    return word, sock
waiting = dict([client("127.0.0.1", "first"), client("::1", "six")] +
               [client("127.0.0.1", f"four{n}") for n in range(6)])
until = time.monotonic() + 20
while waiting and time.monotonic() < until:
    for word in open("server.out").read().split():
        sock = waiting.pop(word, None)
        if sock:
            time.sleep(0.02)
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(1) == b""
    time.sleep(0.005)
assert not waiting, waiting
END
	expect_equal 'clients served' "$(wc -l <server.out)" 8
	# Whichever socket was first, the next turn is the other's.
	expect_equal 'place of the one of IPv6' "$(sed -n '1,2{/six/p}' server.out)" six
}
