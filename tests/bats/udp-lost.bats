#!/usr/bin/env bats
# Datagrams that do not arrive: who turned them away, over IPv4 and IPv6, in both roles; the tool is run as nobody.
# shellcheck disable=SC2154 # netns.bash sets ip and ip6, helper.bash port
load helper
load netns

lab() {
	network client router server
	addr=${ip[server]}
	[ "$1" = 4 ] || addr=${ip6[server]}
}

# Send a line to port 81 with ARGS, and expect STATUS, the cause and words: `turned_away STATUS CAUSE REGEX ARGS...`.
turned_away() {
	run_at client "$1" -v -u "${@:4}" "$addr" 81 <<<'hello'
	expect_match err "$3"
	expect_match err '^  next: '
	run_at client "$1" --trace json -u "${@:4}" "$addr" 81 <<<'hello'
	expect_equal cause "$(sed -nE 's/.*"event":"(error|idle)".*"cause":"([^"]*)".*/\2/p' err)" "$2"
}

@test "a closed port (IPv4)" {
	lab 4
	turned_away 4 refused '^  10\.77\.2\.2 answered: port unreachable \(ICMP type 3 code 3\): the host is up, and nothing has that port$'
}

@test "a closed port (IPv6)" {
	lab 6
	turned_away 4 refused '^  fd77:2::2 answered: port unreachable \(ICMPv6 type 1 code 4\): the host is up, and nothing has that port$'
}

@test "a router that says that the port is closed is a firewall" {
	lab 4
	firewall router forward 'udp dport 81 reject'
	turned_away 4 firewall-rejects '^  10\.77\.1\.2 answered: port unreachable \(ICMP type 3 code 3\): a firewall on the way rejects it$'
}

@test "a firewall that prohibits (IPv4)" {
	lab 4
	firewall router forward 'udp dport 81 reject with icmp type admin-prohibited'
	turned_away 6 prohibited '^  10\.77\.1\.2 answered: communication administratively prohibited \(ICMP type 3 code 13\)'
}

@test "a firewall that prohibits (IPv6) is not this host" {
	lab 6
	firewall router forward 'udp dport 81 reject with icmpv6 type admin-prohibited'
	turned_away 6 prohibited '^  fd77:1::2 answered: communication administratively prohibited \(ICMPv6 type 1 code 1\)'
}

@test "a router without a route (IPv6), and without the host (IPv4)" {
	lab 6
	at router ip route add unreachable "$addr"
	turned_away 6 router-no-route '^  fd77:1::2 answered: no route to destination \(ICMPv6 type 1 code 0\): that router has no route'
	addr=${ip[server]}
	at router ip route add unreachable "$addr"
	turned_away 6 host-unreachable '^  10\.77\.1\.2 answered: host unreachable \(ICMP type 3 code 1\): that router does not reach the host'
}

@test "a TTL that is too small" {
	lab 4
	turned_away 6 ttl-exceeded '^  10\.77\.1\.2 answered: time to live exceeded in transit' -M 1
}

@test "the firewall of this host" {
	lab 6
	firewall client output 'udp dport 81 drop'
	turned_away 7 local-firewall '^  the firewall of this host does not let it out: it was not sent$'
}

@test "silence is told as what it is" {
	lab 4
	firewall router forward drop
	turned_away 0 no-answer '^  6 bytes were sent, and neither an answer nor an ICMP error came' -w 1
	turned_away 5 no-answer '^  6 bytes were sent, and neither an answer nor an ICMP error came' --deadline 1
}

@test "datagrams that are too large for the next link" {
	lab 6
	at router ip link set to-server mtu 1300
	head -c 1400 /dev/zero >data
	run_at client 6 -v -u "$addr" 81 <data
	expect_line err '  fd77:1::2 answered: the next link takes 1300 bytes at the most, headers included'
}

@test "a path over which answers have come may recover" {
	lab 4
	peer_at server server --address "$addr" udp-echo --count 2
	reachable_handset
	mkfifo pipe
	exec 7<>pipe
	start_nobody_at client client "$HANDSET" -v -u "$addr" "$port" <pipe
	echo one >&7
	eventually grep -q one client.out
	at router ip route add unreachable "$addr"
	echo lost >&7
	eventually grep -q '^the last datagram did not reach 10\.77\.2\.2 port [0-9]* (udp): No route to host: 10\.77\.1\.2 answered: host unreachable (ICMP type 3 code 1)$' client.err
	at router ip route del unreachable "$addr"
	echo two >&7
	eventually grep -q two client.out
	expect_running client
}

@test "a listener whose client is gone" {
	lab 6
	mkfifo pipe
	exec 7<>pipe
	listen_at server server -u "$addr" 0 <pipe
	at client "$HANDSET" -u -q 0 "$addr" "$port" <<<'hello'
	eventually grep -q hello server.out
	echo answer >&7
	ends server 4
	expect_match server.err '^  fd77:1::1 answered: port unreachable \(ICMPv6 type 1 code 4\): the host is up, and nothing has that port$'
}
