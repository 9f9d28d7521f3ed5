#!/usr/bin/env bats
# What a listener tells of those who knock: how far away they are, who was dropped for want of an accept, and datagrams that were
# lost for want of room.
# shellcheck disable=SC2154 # netns.bash sets ip and ip6, helper.bash port
load helper
load netns

@test "the SYN of a client is told with --stats: its TTL, MSS and window" {
	network client router server
	listen_at server server --stats "${ip[server]}" 0
	at client "$HANDSET" "${ip[server]}" "$port" <<<'hello'
	ends server
	expect_match server.err '^SYN of 10\.77\.1\.1:[0-9]+: TTL 63 \(1 router on the way, if it began with 64\), MSS 1460 \(of an MTU of 1500\), window [0-9]+, scale [0-9]+, SACK, timestamps'
}

@test "the SYN over IPv6, and in JSON" {
	network client server
	at client ip link set to-server mtu 1400
	listen_at server server --trace json "${ip6[server]}" 0 || :
	at client "$HANDSET" "${ip6[server]}" "$(at server ss -Hltn | sed -nE 's/.*\]:([0-9]+) .*/\1/p')" <<<'hello'
	ends server
	python3 - server.err <<-'END'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		syns = [event for event in events if event["event"] == "syn"]
		assert len(syns) == 1, syns
		assert syns[0]["ttl"] == 64 and syns[0]["hops"] == 0 and syns[0]["mss"] == 1340, syns
	END
}

@test "without being asked nobody tells of a SYN, and nothing more is asked of the kernel" {
	listen server 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server
	expect_no_match server.err 'SYN|TTL'
	command -v strace >/dev/null || skip 'strace is not installed'
	port=$(free_udp_port)
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 start plain \
		strace -qq -o calls -e trace=%network "$HANDSET" -l -u -W 1 127.0.0.1 "$port"
	eventually bound_udp
	run_status 0 -u --send-only 127.0.0.1 "$port" <<<'hello'
	ends plain
	expect_match calls 'bind'
	expect_no_match calls 'getsockopt|SAVE_SYN'
}

overflow_on() {
	listen server -k --backlog 1 -d "$1" 0
	mkfifo open
	exec 7<>open
	start first "$HANDSET" "$1" "$port" <open
	eventually grep -q '^Connection received' server.err
	crowd "$1"
	signal server USR1
	eventually grep -qE "^state: $1 port [0-9]+ \\(tcp\\): 2 wait to be accepted, of 2 at most; [1-9][0-9]* packets of others were dropped$" server.err
	signal first TERM
	eventually grep -qE "^warning: on $1 port [0-9]+ \\(tcp\\) the kernel has dropped [1-9][0-9]* packets of clients that connect \\(repeated ones counted\\), which it does when the accept queue is full: 2 wait in it, more than 2 do not fit$" server.err
	expect_match server.err '^  next: serve clients at the same time \(-e, -c, --to, --broker\), or let more of them wait \(--backlog'
}

@test "a listener whose accept queue overflows says so, with -v, when a client has ended (IPv4)" {
	overflow_on 127.0.0.1
}

@test "a listener whose accept queue overflows says so, with -v, when a client has ended (IPv6)" {
	overflow_on ::1
}

@test "an overflow is an event with its cause in a trace for programs" {
	start server "$HANDSET" -l --trace json -k --backlog 1 -d 127.0.0.1 0
	eventually grep -q '"event":"listening"' server.err
	port=$(sed -nE 's/.*"event":"listening","local":"127\.0\.0\.1:([0-9]+)".*/\1/p' server.err)
	mkfifo open
	exec 7<>open
	start first "$HANDSET" 127.0.0.1 "$port" <open
	eventually grep -q '"event":"accepted"' server.err
	crowd 127.0.0.1
	signal first TERM
	eventually grep -qE '"event":"overflow",.*"dropped":[1-9][0-9]*,"waiting":2,"backlog":1,"cause":"accept-queue-overflow","next":"serve' server.err
}

# More clients than the queue takes, which then wait.
crowd() {
	start crowd python3 -c "
import socket, time
clients = []
for _ in range(6):
    client = socket.socket(socket.AF_INET6 if ':' in '$1' else socket.AF_INET)
    client.setblocking(False)
    client.connect_ex(('$1', $port))
    clients.append(client)
print('here', flush=True)
time.sleep(15)
"
	eventually test -s crowd.out
	eventually overflown
}

overflown() {
	ss -Hltnm "sport = :$port" | grep -qE ',d[1-9][0-9]*\)'
}

@test "a listener that nobody overflows says nothing of it" {
	listen server -k 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	eventually grep -q hello server.out
	signal server TERM
	ends server 143
	expect_no_match server.err 'warning|dropped'
}

dropped_on() {
	for asked in -v --stats ''; do
		flooded "$1" "$asked"
		if [ -n "$asked" ]; then
			expect_match server.err '^warning: [1-9][0-9]* datagrams were dropped by the kernel before they were read: they came faster than that, and the receive buffer of [0-9]+ bytes was full$'
			expect_match server.err '^  next: make the buffer larger \(-I, '
		else
			expect_empty server.err
		fi
	done
	flooded "$1" --trace=json
	expect_match server.err '"event":"overflow","dropped":[1-9][0-9]*,"receive_buffer":[0-9]+,"cause":"receive-buffer-full","next":"make'
}

@test "datagrams that are dropped for lack of buffer are told with -v and --stats, and only then (IPv4)" {
	dropped_on 127.0.0.1
}

@test "datagrams that are dropped for lack of buffer are told with -v and --stats, and only then (IPv6)" {
	dropped_on ::1
}

# A listener on the address $1 with -I and the option $2 (or none) that is stopped while more comes than its buffer takes.
flooded() {
	port=$(free_udp_port)
	# shellcheck disable=SC2086 # the option may be none
	start server "$HANDSET" $2 -I 4k -u -l -k --deadline 8 "$1" "$port"
	eventually bound_udp
	signal server STOP
	python3 -c "
import socket
sock = socket.socket(socket.AF_INET6 if ':' in '$1' else socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(200):
    sock.sendto(b'x' * 500, ('$1', $port))
"
	signal server CONT
	eventually test -s server.out
	signal server TERM
	eventually test -f server.status
}

bound_udp() {
	[ -n "$(ss -Hlun "sport = :$port")" ]
}

free_udp_port() {
	python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
