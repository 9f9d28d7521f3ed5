#!/usr/bin/env bats
# --path: the routers on the way to a port.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

@test "path to a port of this host that is open" {
	peer server hold
	run_status 0 --path -n 127.0.0.1 "$port"
	expect_line out "path to 127.0.0.1 port $port (tcp), 30 hops at most"
	expect_match out '^ 1  127\.0\.0\.1(  [0-9.]+ ms){3}  open$'
	expect_line out "127.0.0.1 is 1 hop away, and its port $port is open."
	expect_empty err
}

@test "path over IPv6" {
	peer server -6 hold
	run_status 0 --path -n ::1 "$port"
	expect_match out '^ 1  ::1(  [0-9.]+ ms){3}  open$'
}

@test "path shows the name of who answers" {
	peer server hold
	run_status 0 --path 127.0.0.1 "$port"
	expect_match out '^ 1  127\.0\.0\.1 \(localhost.*\)(  [0-9.]+ ms){3}  open$'
}

@test "path to a closed port is refused, and stdout says so" {
	run_status 4 --path -n 127.0.0.1 "$(refusing_port)"
	expect_match out '^ 1  127\.0\.0\.1(  [0-9.]+ ms){3}  closed \(RST\)$'
	expect_line out 'Connection refused by the target, 1 hop away.'
	expect_empty err
}

@test "path by datagrams to a closed port" {
	run_status 4 --path -n -u 127.0.0.1 "$(refusing_port)"
	expect_match out 'closed \(ICMP port unreachable\)$'
	expect_match out 'nothing has that port'
}

@test "path by datagrams to a port that answers" {
	# Each probe is a datagram: a peer that has answered one and goes is a closed port for the next.
	peer server udp-echo --count 1000
	run_status 0 --path -n -u 127.0.0.1 "$port"
	expect_match out '^ 1  127\.0\.0\.1(  [0-9.]+ ms){3}  answers$'
}

@test "path to a port that does not answer ends in time" {
	peer server full
	timed run_status 5 --path -n -w 0.4 127.0.0.1 "$port"
	expect_match out '^ ?1(-[0-9]+)?  \*  no answer$'
	expect_line out 'Connection timed out.'
	expect_took 200 10000
}

@test "path as data" {
	peer server hold
	run_status 0 --path -n --trace json --trace-file json 127.0.0.1 "$port"
	expect_match json '"event":"hop","hop":1,"address":"127\.0\.0\.1","name":null,"result":"open","rtts":\[[0-9.]+,[0-9.]+,[0-9.]+\]'
	expect_match json "\"event\":\"path\",\"peer\":\"127\\.0\\.0\\.1:$port\",\"hops\":1,\"reached\":true,\"cause\":null"
}

@test "path to a name that does not exist" {
	run_status 3 --path name.invalid 80
	expect_empty out
	expect_match err '^handset: look-up of name\.invalid failed: '
}


@test "path over two routers, with and without names" {
	network client r1 r2 server
	peer_at server web --address "${ip[server]}" hold
	etc_file client /etc/hosts "${ip[r1]} first.test"
	etc_file client /etc/nsswitch.conf 'hosts: files'
	run_at client 0 --path "${ip[server]}" "$port"
	expect_match out '^ 1  10\.77\.1\.2 \(first\.test\)(  [0-9.]+ ms){3}$'
	expect_match out '^ 2  10\.77\.2\.2(  [0-9.]+ ms){3}$'
	expect_match out '^ 3  10\.77\.3\.2(  [0-9.]+ ms){3}  open$'
	expect_line out "10.77.3.2 is 3 hops away, and its port $port is open."
	run_at client 0 --path -n "${ip[server]}" "$port"
	expect_match out '^ 1  10\.77\.1\.2(  [0-9.]+ ms){3}$'
}

@test "path over IPv6 to a closed port" {
	network client r1 r2 server
	run_at client 4 --path -n "${ip6[server]}" 9000
	expect_match out '^ 1  fd77:1::2(  [0-9.]+ ms){3}$'
	expect_match out '^ 2  fd77:2::2(  [0-9.]+ ms){3}$'
	expect_match out '^ 3  fd77:3::2(  [0-9.]+ ms){3}  closed \(RST\)$'
	expect_line out 'Connection refused by the target, 3 hops away.'
}

@test "path over a router that does not answer" {
	network client r1 r2 server
	peer_at server web --address "${ip[server]}" hold
	firewall r1 output 'icmp type time-exceeded drop'
	run_at client 0 --path -n "${ip[server]}" "$port"
	expect_line out ' 1  *  no answer'
	expect_match out '^ 2  10\.77\.2\.2(  [0-9.]+ ms){3}$'
	expect_line out "10.77.3.2 is 3 hops away, and its port $port is open."
}

@test "path to a router that rejects" {
	network client r1 r2 server
	firewall r2 forward 'tcp dport 9000 reject with icmpx type admin-prohibited'
	run_at client 6 --path -n "${ip[server]}" 9000
	expect_match out '^ 3  10\.77\.2\.2(  [0-9.]+ ms){3}  rejects: communication administratively prohibited \(ICMP type 3 code 13\)$'
	expect_line out 'Rejected by the router at hop 2, 10.77.2.2.'
}

@test "path to a firewall that drops" {
	network client r1 r2 server
	firewall r2 forward 'tcp dport 9000 drop'
	run_at client 5 --path -n -w 2 "${ip[server]}" 9000
	expect_match out '^ 2  10\.77\.2\.2(  [0-9.]+ ms){3}$'
	expect_match out '^ ?3-[0-9]+  \*  no answer$'
	expect_match out 'nothing answers behind 10\.77\.2\.2, hop 2'
}

@test "path to a host that is down" {
	network client r1 r2 server
	run_at client 6 --path -n 10.77.3.99 80
	expect_match out '^ 3  10\.77\.2\.2  .* rejects: host unreachable \(ICMP type 3 code 1\)$'
	expect_line out 'Rejected by the router at hop 2, 10.77.2.2.'
}

@test "path in a routing loop" {
	network client r1 r2 server
	at r1 ip route add 10.99.0.0/16 via 10.77.2.2
	at r2 ip route add 10.99.0.0/16 via 10.77.2.1
	run_at client 6 --path -n 10.99.0.1 80
	expect_match out 'a routing loop: what 10\.77\.1\.2 passes on at hop 1 comes back'
}

@test "path that this host cannot take" {
	network client r1 server
	at client ip route del default
	run_at client 6 --path -n 10.99.0.1 80
	expect_line out 'Network is unreachable: it has not left this host.'
	firewall client output 'tcp dport 9000 reject'
	run_at client 7 --path -n 10.77.1.2 9000
	expect_line out 'Connection refused: it has not left this host.'
}

@test "path by datagrams over two routers" {
	network client r1 r2 server
	run_at client 4 --path -n -u "${ip[server]}" 9000
	expect_match out '^ 2  10\.77\.2\.2(  [0-9.]+ ms){3}$'
	expect_match out '^ 3  10\.77\.3\.2(  [0-9.]+ ms){3}  closed \(ICMP port unreachable\)$'
}

@test "path as far as -M says" {
	network client r1 r2 server
	run_at client 6 --path -n -M 2 "${ip[server]}" 9000
	expect_match out 'the way is longer: 10\.77\.2\.2 at hop 2 is still a router'
}
