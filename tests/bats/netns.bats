#!/usr/bin/env bats
# shellcheck disable=SC2154 # network and listen_at set ip, ip6 and port
# The networks that other suites are built on (netns.bash), and what a client there must be able to do at all.
load helper
load netns

@test "a client reaches a server behind two routers over IPv4 and IPv6" {
	network client near far server
	listen_at server v4 "${ip[server]}" 0 <<<'by IPv4'
	run_at client 0 "${ip[server]}" "$port"
	expect_line out 'by IPv4'
	listen_at server v6 "${ip6[server]}" 0 <<<'by IPv6'
	run_at client 0 "${ip6[server]}" "$port"
	expect_line out 'by IPv6'
}

@test "a firewall rule of a node takes effect, and the error names its sender" {
	network client router server
	firewall router forward 'tcp dport 9000 reject with icmp type admin-prohibited'
	run_at client 6 "${ip[server]}" 9000
	expect_match err "${ip[router]//./\\.} answered"
}

@test "a server of another kind runs in a node" {
	network client server
	peer_at server greeter --address "${ip6[server]}" say hello
	run_at client 0 -d "${ip6[server]}" "$port"
	expect_line out hello
}

@test "handset runs without capabilities in a node" {
	network client
	nobody_at client grep CapEff /proc/self/status >caps
	expect_match caps '^CapEff:[[:space:]]0+$'
	run_at client 7 -l 81
}

@test "a node has an /etc of its own where it is asked for" {
	network client
	etc_file client /etc/hosts '127.0.0.1 nobody.lab'
	run_at client 4 nobody.lab 9
}

@test "a link-local address is reached by the name of its interface, and by whom it is served there is found" {
	network client server
	local own
	link_local() {
		own=$(at "$1" ip -6 -o address show dev "$2" scope link -tentative | sed -nE 's,.* inet6 ([^/]+)/.*,\1,p')
		[ -n "$own" ]
	}
	eventually link_local server to-client
	listen_at server web "$own%to-client" 0 <<<'by link'
	run_at client 0 -d "$own%to-server" "$port"
	expect_line out 'by link'
	eventually link_local client to-server
	listen_at client own "$own%to-server" 0
	firewall client input "tcp dport $port reject with tcp reset"
	run_at client 4 -v "$own%to-server" "$port"
	expect_match err '^  this host answered with RST, and yet .*\(pid [0-9]+, .*\) listens there: '
}
