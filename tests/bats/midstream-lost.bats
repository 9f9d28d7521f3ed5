#!/usr/bin/env bats
# Connections that are cut, turned away or forgotten on the way, or held by this host itself: over IPv4 and IPv6, in both roles. The
# tool is run as nobody; each test looks at the words, at the name of the cause and at the exit status.
# shellcheck disable=SC2154 # netns.bash sets ip and ip6, helper.bash port
load helper
load netns

# A network, and a server that reads what comes and says nothing: `lab FAMILY [PEER...]`; sets $addr.
lab() {
	network client router server
	addr=${ip[server]}
	[ "$1" = 4 ] || addr=${ip6[server]}
	peer_at server server --address "$addr" "${@:2}"
}

# A trace that nobody may write.
traced() {
	: >trace
	chmod a+w trace
	reachable_handset
}

# A client with ARGS that has sent a line, which is acknowledged. More goes to descriptor 7.
connected() {
	traced
	mkfifo pipe
	exec 7<>pipe
	start_nobody_at client client "$HANDSET" -v --trace json --trace-file trace "$@" "$addr" "$port" <pipe
	echo hello >&7
	eventually has_acked_the_line
}

has_acked_the_line() {
	at client ss -Htin state established | grep -q 'bytes_acked:7 '
}

# The client ends with STATUS, and names CAUSE: `is_told STATUS CAUSE`.
is_told() {
	ends client "$1"
	expect_equal cause "$(sed -nE 's/.*"event":"(error|idle)".*"cause":"([^"]*)".*/\2/p' trace)" "$2"
	expect_match client.err '^  next: '
}

lost='the path or the peer is lost: 5 bytes are not acknowledged; repeated [0-9]+ times in [0-9.]+ m?s'
held='this host does not let 5 bytes out: they wait here, not sent, while the peer.s window is open'

reset_by_firewall() {
	lab "$1" mute
	connected
	firewall router forward 'tcp dport 1-65535 reject with tcp reset'
	echo more >&7
	is_told 8 reset
	expect_match client.err '^  a reset \(RST\) came from the peer, or in its name, .*, after 0 bytes from it and 11 to it$'
	expect_line client.err '  5 of the 11 bytes sent were never acknowledged by the peer'
	expect_no_match client.err 'forgotten'
}

@test "a firewall that resets in the middle (IPv4)" {
	reset_by_firewall 4
}

@test "a firewall that resets in the middle (IPv6)" {
	reset_by_firewall 6
}

@test "what is on the way, what waits behind it, and the end of it all: the FIN is no byte" {
	lab 4 mute
	connected -w 3
	firewall router forward drop
	echo more >&7
	# The timer runs out, and lets nothing leave but what is repeated.
	read -rt 0.6 <>never || :
	echo again >&7
	exec 7>&-
	is_told 5 path-lost
	expect_match client.err ': 11 bytes are unacknowledged by the peer$'
	expect_match client.err "^  $lost"
}

@test "a peer that has forgotten the connection in a long silence" {
	lab 6 mute
	connected
	firewall server output 'tcp sport 1-65535 drop'
	at server ss -K state established >/dev/null
	[ -z "$(at server ss -Htn state established)" ] || skip 'this kernel destroys no sockets (ss -K)'
	at server nft flush ruleset
	read -rt 5.5 <>never || :
	echo more >&7
	is_told 8 reset-after-silence
	expect_match client.err '^  it answers data that was sent after a silence of [5-9][0-9.]* s: the peer, or a NAT or firewall on the way, may have forgotten'
}

# An ICMP error in mid-stream is no end: the kernel goes on until a timer of ours or its own runs out.
turned_away() {
	lab "$1" mute
	connected "${@:3}"
	firewall router forward "tcp dport 1-65535 reject with $2"
	echo more >&7
}

@test "a firewall that begins to reject: -w tells of the ICMP error (IPv4)" {
	turned_away 4 'icmp type admin-prohibited' -w 3
	is_told 5 path-unreachable
	expect_match client.err '^  an ICMP error came in for what was sent: host unreachable, prohibited, or a TTL that ran out; 5 bytes are not acknowledged; repeated [0-9]+ times'
}

@test "a firewall that begins to reject: -w tells of the ICMP error (IPv6)" {
	turned_away 6 'icmpv6 type admin-prohibited' -w 3
	is_told 5 path-unreachable
	expect_match client.err '^  an ICMP error came in for what was sent: administratively prohibited; 5 bytes'
}

@test "a router that loses its route: --user-timeout ends it with status 8 (IPv4)" {
	turned_away 4 'icmp type net-unreachable' --user-timeout 2
	is_told 8 path-unreachable
	expect_match client.err '^handset: (receive from|send to) .* failed: Network is unreachable$'
	expect_match client.err '^  an ICMP error came in for what was sent: network unreachable or prohibited; 5 bytes'
}

@test "a router that loses its route: --user-timeout ends it with status 8 (IPv6)" {
	turned_away 6 'icmpv6 type no-route' --user-timeout 2
	is_told 8 path-unreachable
	expect_match client.err '^handset: (receive from|send to) .* failed: Network is unreachable$'
}

@test "a peer that vanishes: --user-timeout (IPv4), --deadline (IPv6)" {
	lab 4 mute
	connected --user-timeout 2
	firewall router forward drop
	echo more >&7
	is_told 8 path-lost
	expect_match client.err "^  $lost, in which nothing came from the peer"
	addr=${ip6[server]}
	at router nft flush ruleset
	peer_at server other --address "$addr" mute
	rm pipe
	connected --deadline 5
	firewall router forward drop
	echo more >&7
	is_told 5 path-lost
	expect_line client.err '  --deadline of 5 s'
	expect_match client.err "^  $lost"
}

@test "a peer that vanishes while nothing is sent: --keepalive notices" {
	lab 6 mute
	sysctl_at client net.ipv4.tcp_keepalive_time 1
	sysctl_at client net.ipv4.tcp_keepalive_intvl 1
	sysctl_at client net.ipv4.tcp_keepalive_probes 2
	connected --keepalive
	firewall router forward drop
	is_told 8 path-lost
	expect_match client.err '^  the peer stopped answering: its host did not answer keepalive probes'
}

large_answer() {
	lab "$1" play read:6 "say:$(head -c 8700 /dev/zero | tr '\0' x)" hold
	firewall router forward 'meta length > 1200 drop'
	connected -w 3
	is_told 5 mtu-black-hole
	expect_match client.err '^  [0-9]+ segments? of the peer came, and what stands before (it|them) did not: a path MTU black hole is suspected on the way here'
}

@test "answers that are lost because they are large: what came out of order gives it away (IPv4)" {
	large_answer 4
}

@test "answers that are lost because they are large: what came out of order gives it away (IPv6)" {
	large_answer 6
}

# ---- the cause is on this host ----

@test "the interface goes down" {
	lab 4 mute
	connected -w 3
	at client ip link set to-router down
	echo more >&7
	is_told 5 interface-down
	expect_match client.err "^  $held"
	expect_line client.err '  the interface of this host, to-router, is down'
}

@test "the carrier is lost" {
	lab 6 mute
	connected -w 3
	at router ip link set to-client down
	echo more >&7
	is_told 5 no-carrier
	expect_match client.err '^  the interface of this host, to-router, has no carrier'
}

@test "the gateway does not answer any more (IPv4)" {
	lab 4 mute
	connected -w 6
	at router ip link set to-client arp off
	at router ip addr flush dev to-client
	at client ip neigh flush all
	echo more >&7
	is_told 5 next-hop-silent
	expect_line client.err '  the next hop, the gateway 10.77.1.2, does not answer ARP on to-router'
}

@test "the address is taken away (IPv4), so is the route (IPv6)" {
	lab 4 mute
	connected -w 3
	at client ip addr flush dev to-router
	echo more >&7
	is_told 5 address-not-ours
	expect_line client.err '  the address of this end, 10.77.1.1, is none of this host any more'
	addr=${ip6[server]}
	at client ip addr add fd77:1::1/64 dev to-router nodad
	at client ip route replace default via fd77:1::2
	peer_at server other --address "$addr" mute
	rm pipe
	connected -w 3
	at client ip -6 route del default
	echo more >&7
	is_told 5 route-missing
	expect_line client.err "  this host has no IPv6 route to $addr"
}

@test "a blackhole route, and a prohibit route" {
	lab 4 mute
	connected -w 3
	at client ip route add blackhole "$addr"
	echo more >&7
	is_told 5 route-blackhole
	expect_line client.err "  no way to $addr: blackhole route $addr/32 in this host's routing table"
	at client ip route del blackhole "$addr"
	peer_at server other --address "$addr" mute
	rm pipe
	connected -w 3
	at client ip route add prohibit "$addr"
	echo more >&7
	is_told 5 route-prohibit
}

@test "the firewall of this host begins to drop, and to reject" {
	lab 6 mute
	connected -w 3
	firewall client output 'tcp dport 1-65535 drop'
	echo more >&7
	is_told 5 local-firewall
	expect_match client.err "^  $held"
	expect_line client.err '  its routes and its link are in order: its firewall stops them, it seems'
	at client nft flush ruleset
	peer_at server other --address "$addr" mute
	rm pipe
	connected -w 3
	firewall client output 'tcp dport 1-65535 reject'
	echo more >&7
	is_told 5 local-firewall
}

# ---- as a listener, and between two connections ----

# A listener with ARGS at the node client, and a client of it at the node server, whose input is descriptor 8: `called FAMILY ARGS...`.
called() {
	network client router server
	addr=${ip[client]}
	[ "$1" = 4 ] || addr=${ip6[client]}
	mkfifo there
	exec 8<>there
	traced
	listen_at client client --trace json --trace-file trace "${@:2}" "$addr" 0
	start_nobody_at server caller "$HANDSET" "$addr" "$port" <there
	eventually grep -q '^Connection received' client.err
}

@test "a listener whose client does not read, over IPv6" {
	mkfifo pipe
	exec 7<>pipe
	called 6 -w 2 <pipe
	signal caller STOP
	start feeder sh -c 'head -c 8000000 /dev/zero >pipe'
	is_told 5 peer-not-reading
	signal caller CONT
	expect_match client.err '^  the peer does not read: its window is .* bytes wait here, not sent$'
}

@test "a listener whose answers are too large for the path, over IPv6" {
	mkfifo pipe
	exec 7<>pipe
	called 6 -w 4 <pipe
	firewall router forward 'meta length > 1200 drop'
	echo small >&7
	eventually grep -q small caller.out
	head -c 60000 /dev/zero >&7
	is_told 5 mtu-black-hole
	expect_match client.err '^  a path MTU black hole is suspected: segments of 1428 bytes are not acknowledged'
}

@test "a listener whose client vanishes, over IPv4" {
	mkfifo pipe
	exec 7<>pipe
	called 4 -w 3 <pipe
	firewall router forward drop
	echo lost >&7
	ends client 5
	expect_match client.err '^  nothing has been acknowledged since the handshake \(5 bytes sent; repeated'
	expect_match client.err '^  next: '
}

@test "a listener whose client resets says so" {
	listen server 127.0.0.1 0
	start caller "$PEER" rst-client "$port" data
	ends server 8
	expect_match server.err '^handset: receive from 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection reset by peer$'
	expect_match server.err '^  a reset \(RST\) came from the peer, or in its name, .*, after 4 bytes from it and 0 to it$'
}

@test "--to: the side that is lost is named" {
	network client router server
	peer_at server target --address "${ip6[server]}" mute
	reachable_handset
	start_nobody_at client relay "$HANDSET" -v -l --to "[${ip6[server]}]:$port" -w 3 127.0.0.1 0
	target=$port
	eventually listens relay
	port=$(sed -nE 's/^Listening on (.* )?//p' relay.err)
	mkfifo there
	exec 8<>there
	start_at client caller "$HANDSET" 127.0.0.1 "$port" <there
	echo hello >&8
	eventually has_acked_the_line
	firewall router forward drop
	echo more >&8
	ends relay 5
	expect_match relay.err "^  .*${ip6[server]} port $target \(tcp\): $lost"
}
