#!/usr/bin/env bats
# Connections that stand still or break in the middle: what is told of it, and that nothing is told without evidence.
# shellcheck disable=SC2154 # netns.bash sets ip and ip6, helper.bash port
load helper
load netns

# So many bytes that no buffer takes them.
plenty() {
	head -c 8000000 /dev/zero
}

cause_of() {
	sed -nE 's/.*"event":"error".*"cause":"([^"]*)".*/\1/p' "$1"
}

# A client of $port at the node server with ARGS that sends a line and, once that is acknowledged, much more than a segment:
# `small_then_large ARGS...`.
small_then_large() {
	reachable_handset
	rm -f pipe
	mkfifo pipe
	exec 7<>pipe
	start_nobody_at client client "$HANDSET" "$@" "${ip[server]}" "$port" <pipe
	echo small >&7
	eventually has_acked_the_line
	head -c 60000 /dev/zero >&7
}

has_acked_the_line() {
	at client ss -Htin state established | grep -q 'bytes_acked:7 '
}

@test "a peer that does not read: its window, and what waits" {
	peer server silent
	run_status 5 -w 1 127.0.0.1 "$port" < <(plenty)
	expect_match err '^handset: relay with 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection timed out$'
	expect_match err '^  nothing moved for 1 s, and not all that was read was delivered: [0-9]+ bytes are unacknowledged by the peer'
	expect_match err '^  the peer does not read: its window is .*, for [0-9.]+ m?s; [0-9]+ bytes wait here, not sent$'
	expect_no_match err 'MTU|lost'
	peer other silent
	run_status 5 -w 1 --trace json 127.0.0.1 "$port" < <(plenty)
	expect_equal cause "$(cause_of err)" peer-not-reading
}

@test "SIGUSR1 tells of a peer that does not read" {
	peer server silent
	plenty >data
	start client "$HANDSET" -v 127.0.0.1 "$port" <data
	eventually grep -q succeeded client.err
	eventually stands_still
}

stands_still() {
	signal client USR1
	grep -qE '^  the peer does not read: its window is .* bytes wait here, not sent$' client.err
}

@test "a peer that has everything and does not answer" {
	peer server mute
	run_status 0 -v -w 1 127.0.0.1 "$port" <<<'question'
	expect_match err '^idle for 1 s: closing the connection with 127\.0\.0\.1'
	expect_line err "  the peer's kernel has acknowledged all 9 bytes sent, and no answer has come from its program"
	expect_match err '^  next: look at that program: '
	peer other mute
	run_status 0 --trace json -w 1 127.0.0.1 "$port" <<<'question'
	expect_match err '"event":"idle".*"seconds":1.0*,"cause":"peer-silent","detail":"the peer.s kernel has acknowledged all 9 bytes'
}

# A client of a server that sends much, with ARGS and a standard output that nobody reads: `blocked STATUS ARGS...`.
blocked() {
	peer "server$#" play "flood:$(head -c 100000 /dev/zero | tr '\0' x)"
	[ -p full ] || mkfifo full
	exec 8<>full
	start client sh -c '"$@" >full' sh "$HANDSET" -d "${@:2}" 127.0.0.1 "$port"
	ends client "$1"
}

@test "a standard output that takes nothing: what waits unread is not delivered" {
	blocked 5 -v -w 1
	expect_match client.err '^  nothing moved for 1 s, and not all that was read was delivered$'
	expect_match client.err '^  [0-9]+ bytes .*: standard output does not take them$'
	expect_no_match client.err 'not answered|no answer'
	expect_match client.err '^  next: look at what reads standard output'
	blocked 5 --trace json --deadline 1
	expect_equal cause "$(cause_of client.err)" stdout-blocked
}

@test "a deadline says how the connection stood" {
	peer server mute
	run_status 5 --deadline 1 127.0.0.1 "$port" <<<'question'
	expect_line err '  --deadline of 1 s'
	expect_line err "  the peer's kernel has acknowledged all 9 bytes sent, and no answer has come from its program"
	expect_no_match err 'next:'
	peer other mute
	run_status 5 --trace json --deadline 1 127.0.0.1 "$port" <<<'question'
	expect_equal cause "$(cause_of err)" peer-silent
	expect_match err '"event":"error".*"next":"look at that program'
}

@test "who has had its answer is not blamed for being silent" {
	peer server play until:x say:answer hold
	{
		printf x
		read -rt 15 <>never || :
	} | run_status 5 --trace json --deadline 1 127.0.0.1 "$port"
	expect_equal cause "$(cause_of err)" deadline
	expect_match err 'acknowledged all 1 bytes sent, and no more has come from its program'
}

@test "a reset right after the accept" {
	peer server rst
	run_status 8 -v -d 127.0.0.1 "$port"
	expect_match err '^Connection to 127\.0\.0\.1 [0-9]+ port \[tcp/.*\] succeeded!$'
	expect_match err '^handset: receive from 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection reset by peer$'
	expect_match err '^  a reset \(RST\) came from the peer, or in its name, [0-9.]+ m?s after the connection was made, before any data: '
	peer other rst
	run_status 8 --trace json -d 127.0.0.1 "$port"
	expect_equal cause "$(cause_of err)" reset-at-once
	expect_match err '"event":"closed".*"by":"reset","peer_end":"RST"'
}

@test "a reset after data says how much had gone which way" {
	peer server rst data
	run_status 8 -d 127.0.0.1 "$port"
	expect_equal stdout "$(cat out)" data
	expect_match err '^  a reset \(RST\) came from the peer, or in its name, .*, after 4 bytes from it and 0 to it$'
}

@test "a server that closes with unread data: all was acknowledged, and may not have been read" {
	peer server rst-on-data
	{
		echo question
		read -rt 15 <>never || :
	} | run_status 8 127.0.0.1 "$port"
	expect_match err '^  a reset \(RST\) came from the peer, or in its name, .*, after 0 bytes from it and 9 to it$'
	expect_match err '^  all that was sent had been acknowledged, but whether its program has read it is not known'
}

@test "a server that is killed in the middle of a transfer: how much was not delivered" {
	peer server silent
	plenty >data
	start client "$HANDSET" --stats 127.0.0.1 "$port" <data
	eventually stuck_at "$port"
	signal server KILL
	ends client 8
	expect_match client.err '^  a reset \(RST\) came from the peer, or in its name, '
	expect_match client.err '^  [0-9]+ of the [0-9]+ bytes sent were never acknowledged by the peer, [0-9]+ of these never left this host$'
	expect_match client.err '^  closed by a reset \(RST\) of the peer$'
}

stuck_at() {
	ss -Htn "dport = :$1" | awk '$3 > 100000 { found = 1 } END { exit !found }'
}

@test "a path MTU black hole is suspected when only large segments are lost" {
	network client router server
	firewall router forward 'meta length > 1200 drop'
	peer_at server server --address "${ip[server]}" sink
	small_then_large -w 4
	ends client 5
	expect_match client.err '^  a path MTU black hole is suspected: segments of 14[0-9]+ bytes are not acknowledged, while smaller ones were; repeated [0-9]+ times in [0-9.]+ m?s'
	expect_no_match client.err 'does not read'
	peer_at server other --address "${ip[server]}" sink
	small_then_large -w 4 --trace json
	ends client 5
	expect_equal cause "$(cause_of client.err)" mtu-black-hole
}

@test "a firewall that begins to drop in the middle is a path that is lost, not a black hole" {
	network client router server
	peer_at server server --address "${ip[server]}" slow
	start_client_of server
	firewall router forward drop
	ends client 5
	expect_match client.err '^  the path or the peer is lost: [0-9]+ bytes are not acknowledged; repeated [0-9]+ times in [0-9.]+ m?s, in which nothing came from the peer'
	expect_no_match client.err 'MTU|does not read'
}

# A client that sends without end; it has begun when this returns.
start_client_of() {
	reachable_handset
	mkfifo pipe
	cat /dev/zero >pipe 3>&- &
	echo $! >feeder.pid
	start_nobody_at client client "$HANDSET" -w 4 "${ip[$1]}" "$port" <pipe
	eventually has_sent_much
}

has_sent_much() {
	at client ss -Htin state established | grep -qE 'bytes_acked:[0-9]{6}'
}

@test "a link that goes down in the middle: the kernel gives up, and says why" {
	network client router server
	sysctl_at client net.ipv4.tcp_retries2 3
	peer_at server server --address "${ip[server]}" slow
	start_client_of server
	at router ip link set to-server down
	ends client 8
	expect_match client.err '^handset: (send to|receive from) .* failed: '
	expect_match client.err '^  (the path or the peer is lost|an ICMP error came in for what was sent): '
	expect_no_match client.err 'reset'
}

@test "only the handshake passes: no cause is named that is not proved" {
	network client router server
	firewall router forward 'tcp flags & (syn | rst | fin) == 0 ct state established tcp dport 1-65535 meta length > 60 drop'
	peer_at server server --address "${ip[server]}" sink
	{
		echo question
		read -rt 15 <>never || :
	} | run_at client 5 -w 3 "${ip[server]}" "$port"
	expect_match err '^  nothing has been acknowledged since the handshake \(9 bytes sent; repeated [0-9]+ times'
	expect_no_match err 'black hole'
}

@test "--to names the side that does not read" {
	peer target silent
	start relay "$HANDSET" -v -l --to 127.0.0.1:"$port" -w 1 127.0.0.1 0
	target=$port
	eventually listens relay
	port=$(sed -nE 's/^Listening on (.* )?//p' relay.err)
	plenty >data
	start client "$HANDSET" 127.0.0.1 "$port" <data
	ends relay 5
	expect_match relay.err "^  .*127\.0\.0\.1 port $target \(tcp\): the peer does not read"
}

@test "--stats tells who closed, in which order, and that all arrived" {
	peer server late answer
	run_status 0 --stats 127.0.0.1 "$port" <<<'question'
	expect_line err '  closed first by us, with FIN at the end of input, then by the peer, with FIN'
	expect_line err '  all that was sent has been acknowledged by the peer'
}

@test "a family that does not answer is told with -v when the other one is connected" {
	network client router server
	etc_file client /etc/hosts "${ip[server]} both.test
${ip6[server]} both.test"
	firewall router forward 'meta nfproto ipv6 drop'
	peer_at server server --address "${ip[server]}" say hello
	run_at client 0 -v -d both.test "$port"
	expect_match err "^connect to both\.test \(${ip6[server]}\) port $port \(tcp\): no answer after [0-9]+ ms, given up as another address answered$"
}
