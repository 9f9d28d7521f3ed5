#!/usr/bin/env bats
# The matrix from symptoms to causes, a test a row: the tool, run as nobody without capabilities in a network of its own, names the cause
# and the culprit, and ends with the right status. Rows that need more than a line are elsewhere:
#
#	served on another address, who has the port       why.bats, listen.bats
#	source ports used up                               scan.bats
#	connected to itself                                connect.bats, "a connection of a socket to itself is no success"
#	accept queue full on this host                     why.bats; of our own listener: listener-evidence.bats
#	link-local address without its interface           smoke and usage: status 2, scope-missing
#	datagrams: closed, rejected, prohibited, EPERM     udp-lost.bats
#	reset at once, after data, by a firewall, after a
#	restart; the peer does not read, is silent, is
#	lost; ICMP in mid-stream; MTU black holes          midstream.bats, midstream-lost.bats
#	names                                              lookup.bats
# shellcheck disable=SC2154 # netns.bash sets ip and ip6
load helper
load netns

lab() {
	network client router server
}

# Connect to ADDRESS, port 81, with ARGS: `row STATUS CAUSE REGEX ADDRESS ARGS...`. The words and the name of the cause are those, and
# there is a next step.
row() {
	local status=$1 cause=$2 words=$3
	run_at client "$status" -v "${@:5}" "$4" 81
	expect_match err "$words"
	expect_match err '^  next: '
	run_at client "$status" --trace json "${@:5}" "$4" 81
	expect_equal cause "$(sed -nE 's/.*"event":"error".*"cause":"([^"]*)".*/\1/p' err)" "$cause"
}

# The same for the server's address of each family: `both STATUS CAUSE REGEX4 REGEX6 ARGS...`.
both() {
	row "$1" "$2" "$3" "${ip[server]}" "${@:5}"
	row "$1" "$2" "$4" "${ip6[server]}" "${@:5}"
}

@test "RST: the host is up, and nothing listens" {
	lab
	both 4 refused 'the host answered with RST after [0-9.]+ ms: nothing listens' 'the host answered with RST after [0-9.]+ ms: nothing listens'
}

@test "RST of this host: nobody listens, or somebody does on another address" {
	node client
	reachable_handset
	run_at client 4 -v 127.0.0.1 81
	expect_line err '  no socket of this host listens on that port'
	start_nobody_at client server python3 -c "
import socket, time
sock = socket.socket(socket.AF_INET6)
sock.bind(('::1', 8181))
sock.listen()
print('ready', flush=True)
time.sleep(20)
"
	eventually test -s server.out
	run_at client 4 -v 127.0.0.1 8181
	expect_match err '^  not on that address, but on \[::1\]:8181 listens python3 \(pid [0-9]+, '
	run_at client 4 --trace json 127.0.0.1 8181
	expect_match err '"cause":"refused"'
}

@test "RST of this host: served for another family or interface alone, or refused by its firewall" {
	node client
	reachable_handset
	at client ip link add one type veth peer name two
	at client ip address add 10.77.9.1/24 dev one
	at client ip link set one up
	at client ip link set two up
	start_nobody_at client server python3 -c "
import socket, time
wide = socket.socket()
wide.bind(('0.0.0.0', 8181))
wide.listen()
narrow = socket.socket()
narrow.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'one')
narrow.bind(('0.0.0.0', 8182))
narrow.listen()
six = socket.socket(socket.AF_INET6)
six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
six.bind(('::', 8183))
six.listen()
print('ready', flush=True)
time.sleep(20)
"
	eventually test -s server.out
	run_at client 0 -z 10.77.9.1 8182
	run_at client 4 -v 127.0.0.1 8182
	expect_match err '^  not on that address, but on 0\.0\.0\.0:8182 of interface one listens python3 '
	run_at client 4 -v 127.0.0.1 8183
	expect_match err '^  not on that address, but on \[::\]:8183 \(IPv6 alone\) listens python3 '
	run_at client 4 --why 127.0.0.1 8183
	expect_match out '^ +not on that address, but on \[::\]:8183 \(IPv6 alone\) listens python3 '
	firewall client input 'tcp dport 8181 reject with tcp reset'
	run_at client 4 -v 127.0.0.1 8181
	expect_match err 'and yet python3 \(pid [0-9]+, .*\) listens there: a firewall of this host sends it, it seems'
	run_at client 4 --trace json 127.0.0.1 8181
	expect_match err '"cause":"refused-though-served"'
	run_at client 4 --why 127.0.0.1 8181
	expect_match out '^Connect to .* This host refuses it although somebody listens there: '
}

@test "no answer of this host: the accept queue is full, and whose it is" {
	node client
	start_nobody_at client server python3 -c "
import socket, time
sock = socket.socket()
sock.bind(('127.0.0.1', 8181))
sock.listen(0)
clients = []
for _ in range(4):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(('127.0.0.1', 8181))
    clients.append(client)
print('ready', flush=True)
time.sleep(20)
"
	eventually test -s server.out
	run_at client 5 -v -w 1 127.0.0.1 8181
	expect_match err '^  no answer to [12] SYNs? in (9[0-9]+ m|1[0-9.]* )s'
	expect_match err '^  it is the queue: [0-9]+ wait in it to be accepted, with a backlog of 0, and the listener is python3 \(pid [0-9]+, '
	run_at client 5 --trace json -w 1 127.0.0.1 8181
	expect_match err '"cause":"accept-queue-full"'
}

@test "port unreachable from the target: its firewall" {
	lab
	firewall server input 'tcp dport 81 reject'
	both 4 firewall-rejects '^  10\.77\.2\.2 answered: port unreachable \(ICMP type 3 code 3\): a firewall on that host rejects it' \
		'^  fd77:2::2 answered: port unreachable \(ICMPv6 type 1 code 4\): a firewall on that host rejects it'
}

@test "port unreachable from a router: a firewall on the way" {
	lab
	firewall router forward 'tcp dport 81 reject'
	both 4 firewall-rejects '^  10\.77\.1\.2 answered: port unreachable .*: a firewall on the way rejects it' \
		'^  fd77:1::2 answered: port unreachable .*: a firewall on the way rejects it'
}

@test "administratively prohibited, IPv6 too, where the errno is EACCES" {
	lab
	firewall router forward 'tcp dport 81 meta nfproto ipv4 reject with icmp type admin-prohibited'
	row 6 prohibited '^  10\.77\.1\.2 answered: communication administratively prohibited \(ICMP type 3 code 13\)' "${ip[server]}"
	at router nft flush ruleset
	firewall router forward 'tcp dport 81 reject with icmpv6 type admin-prohibited'
	row 6 prohibited '^  fd77:1::2 answered: communication administratively prohibited \(ICMPv6 type 1 code 1\)' "${ip6[server]}"
}

@test "host unreachable from a router: the host is down behind it" {
	lab
	row 6 host-unreachable '^  10\.77\.1\.2 answered: host unreachable \(ICMP type 3 code 1\): that router does not reach the host' 10.77.2.99 -w 9
	row 6 host-unreachable '^  fd77:1::2 answered: address unreachable \(ICMPv6 type 1 code 3\): that router does not reach the host' fd77:2::99 -w 9
}

@test "host unreachable from this host: the next hop does not answer ARP or neighbor discovery" {
	lab
	row 6 next-hop-silent '^  10\.77\.1\.99 is on the own link, to-router, without a router between, and does not answer ARP there$' 10.77.1.99 -w 9
	row 6 next-hop-silent '^  fd77:1::99 is on the own link, to-router, .* does not answer neighbor discovery there$' fd77:1::99 -w 9
	at client ip route add 10.88.0.0/16 via 10.77.1.98
	at client ip route add 10.89.0.0/16 via 10.77.1.97
	at client ip route add 10.90.0.0/16 via 10.77.1.96
	row 6 next-hop-silent '^  the next hop, the gateway 10\.77\.1\.98, does not answer ARP on to-router$' 10.88.0.1 -w 9
	# Before the kernel gives up; over UDP; and to --path.
	row 5 next-hop-silent '^  the next hop, the gateway 10\.77\.1\.97, does not answer ARP on to-router$' 10.89.0.1 -w 0.8
	row 5 next-hop-silent '^  nothing has left this host: the next hop, the gateway 10\.77\.1\.96, does not answer ARP on to-router$' 10.90.0.1 -w 0.8 -z -u
	row 6 next-hop-silent '^  10\.77\.1\.1 answered, which is this host itself: host unreachable ' 10.90.0.1 -w 9 -z -u
	expect_match err 'the gateway 10\.77\.1\.96, does not answer ARP on to-router'
	run_at client 6 --path 10.88.0.1 81
	expect_line out '  the next hop, the gateway 10.77.1.98, does not answer ARP on to-router'
}

@test "time exceeded: the TTL is too small" {
	lab
	both 6 ttl-exceeded '^  10\.77\.1\.2 answered: time to live exceeded in transit \(ICMP type 11 code 0\)' \
		'^  fd77:1::2 answered: hop limit exceeded in transit \(ICMPv6 type 3 code 0\)' -M 1
	expect_match err 'it was sent with TTL 1 \(-M\)'
}

@test "a broadcast address, a multicast address, and a source of loopback" {
	lab
	row 6 broadcast-target '^  10\.77\.1\.255 is a broadcast address, to which TCP does not connect$' 10.77.1.255
	row 6 multicast-target '^  224\.0\.0\.1 is a multicast address, to which TCP does not connect$' 224.0.0.1
	row 7 loopback-source '^  the source address 127\.0\.0\.9 is a loopback address, which never leaves this host$' "${ip[server]}" -s 127.0.0.9
}

@test "a socket path that this user may not write to, and one in a folder that is closed" {
	node client
	start_at client server "$PEER" hold --path socket
	eventually test -S socket
	chmod 0600 socket
	[ "$(id -u)" = 0 ] || skip 'another user is needed'
	run_at client 7 -v -U "$PWD/socket"
	expect_line err '  the socket belongs to root and has mode 0600: this user may not write to it'
	expect_match err '^  next: run as a user or in a group that may write to that socket'
	mkdir -m 700 closed
	run_at client 7 --trace json -U "$PWD/closed/socket"
	expect_match err '"cause":"socket-permission","detail":"this user may not enter a folder on the way'
}

@test "of several addresses each has its own cause" {
	lab
	etc_file client /etc/hosts "${ip[server]} both.test
${ip6[server]} both.test"
	firewall router forward 'meta nfproto ipv6 reject with icmpv6 type admin-prohibited'
	row 4 refused '^  fd77:2::2: Permission denied: fd77:1::2 answered: communication administratively prohibited' both.test
	expect_match err '10\.77\.2\.2: Connection refused: the host answered with RST'
}

@test "network unreachable from a router: it has no route" {
	lab
	firewall router forward 'tcp dport 81 meta nfproto ipv4 reject with icmp type net-unreachable'
	row 6 router-no-route '^  10\.77\.1\.2 answered: network unreachable \(ICMP type 3 code 0\): that router has no route' "${ip[server]}"
	at router ip -6 route add unreachable fd99::/16
	row 6 router-no-route '^  fd77:1::2 answered: no route to destination \(ICMPv6 type 1 code 0\): that router has no route' fd99::1
}

@test "protocol unreachable" {
	lab
	firewall router forward 'tcp dport 81 reject with icmp type prot-unreachable'
	row 6 protocol-unreachable '^  10\.77\.1\.2 answered: protocol unreachable \(ICMP type 3 code 2\): a firewall on the way' "${ip[server]}"
}

@test "routes of this host that say no, and none at all" {
	lab
	local type
	for type in unreachable prohibit blackhole; do
		at client ip route add "$type" "${ip[server]}"
		at client ip route add "$type" "${ip6[server]}"
		both 6 "route-$type" "^  no way to ${ip[server]//./\\.}: $type route ${ip[server]//./\\.}/32 in this host's routing table\$" \
			"^  no way to ${ip6[server]}: $type route ${ip6[server]}/128 in this host's routing table\$"
		at client ip route del "$type" "${ip[server]}"
		at client ip route del "$type" "${ip6[server]}"
	done
	at client ip rule add to "${ip[server]}" priority 100 prohibit
	row 6 route-prohibit "^  no way to ${ip[server]//./\\.}: a rule of this host \(prohibit, priority 100: ip rule\)\$" "${ip[server]}"
	at client ip rule del priority 100
	# The source that the kernel chooses meets a rule of its own.
	at client ip rule add from "${ip[client]}" priority 100 unreachable
	row 6 route-unreachable "^  no way to ${ip[server]//./\\.}: a rule of this host \(unreachable, priority 100: ip rule\)\$" "${ip[server]}"
	run_at client 6 --why "${ip[server]}" 81
	expect_line out "FAIL  route      no way to ${ip[server]}: a rule of this host (unreachable, priority 100: ip rule)"
	at client ip rule del priority 100
	at client ip route del default
	at client ip -6 route del default
	both 6 route-missing "^  this host has no IPv4 route" "^  this host has no IPv6 route"
}

@test "a source address that is not ours" {
	lab
	row 7 address-not-ours 'no interface of this host has that address' "${ip[server]}" -s 192.0.2.1
}

@test "no answer to the SYNs: dropped, and how many there were" {
	lab
	firewall router forward 'tcp dport 81 drop'
	both 5 no-answer '^  no answer to [23] SYNs in (1\.9|2)[0-9.]* s' '^  no answer to [23] SYNs in (1\.9|2)[0-9.]* s' -w 2
}

@test "the firewall of this host rejects" {
	lab
	firewall client output 'tcp dport 81 reject'
	both 7 local-firewall '^  10\.77\.1\.1 answered, which is this host itself: .*: the firewall of this host rejects it' \
		'^  fd77:1::1 answered, which is this host itself: .*: the firewall of this host rejects it'
	at client nft flush ruleset
	firewall client output 'tcp dport 81 reject with icmp type host-unreachable'
	row 7 local-firewall '^  10\.77\.1\.1 answered, which is this host itself: host unreachable .*: the firewall of this host rejects it' "${ip[server]}"
}

@test "the interface has no carrier, or is down" {
	lab
	at router ip link set to-client down
	row 5 no-carrier '^  the interface of this host, to-router, has no carrier: ' 10.77.1.2 -w 0.8
	# The kernel gives up three seconds after it has begun to ask, which the row has used some of.
	at client ip neigh flush all
	run_at client 5 --why -w 0.8 -u 10.77.1.2 81
	expect_match out '^Connect to .* Nothing leaves this host, because its interface has no carrier\.$'
	at router ip link set to-client up
	at client ip link set to-router down
	row 6 interface-down '^  this host has no IPv4 route to 10\.77\.2\.2; the interface to-router, which has 10\.77\.1\.1, is down$' "${ip[server]}"
}
