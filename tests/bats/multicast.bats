#!/usr/bin/env bats
# Multicast and broadcast: anybody's answers are taken, and a listener joins the group. In network namespaces of its own.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

# Answer what is sent to GROUP on a port of the kernel's choice with "NAME heard LENGTH, ttl TTL", from the host's own address:
# `answers NODE NAME GROUP INTERFACE [PORT]`; sets $port. GROUP may be "any": what is sent to everybody.
answers() {
	start_at "$1" "$2" timeout 60 python3 -IS -c '
import socket, struct, sys
name, group, interface, port = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
v6 = ":" in group
sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(("", port))
index = socket.if_nametoindex(interface)
if v6:
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, group) + struct.pack("i", index))
    sock.setsockopt(socket.IPPROTO_IPV6, 51, 1)  # IPV6_RECVHOPLIMIT
else:
    if group != "any":
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4si", socket.inet_aton(group), bytes(4), index))
    sock.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
print(sock.getsockname()[1], flush=True)
while True:
    data, controls, _, sender = sock.recvmsg(65536, 100)
    ttl = struct.unpack("i", controls[0][2])[0]
    print(len(data), sender[0], flush=True)
    sock.sendto(b"%s heard %d, ttl %d\n" % (name.encode(), len(data), ttl), sender)' "$2" "$3" "$4" "${5-0}"
	eventually test -s "$DIR/$2.out"
	port=$(head -n 1 "$DIR/$2.out")
}

@test "anybody's answers to a question to a multicast group are taken, and -v names who" {
	network client server
	at server ip addr add 10.77.1.9/24 dev to-client
	answers server one 239.1.2.3 to-client
	run_at client 0 -v -u -w 1 239.1.2.3 "$port" <<<'who is there'
	expect_line out 'one heard 13, ttl 1'
	expect_line err "Datagram received from ${ip[server]} $port"
	expect_no_match err 'firewall'
}

@test "several hosts answer, and each is heard" {
	network left middle right
	at middle ip link add bridge type bridge
	at middle ip addr flush dev to-left
	at middle ip addr flush dev to-right
	at middle ip link set to-left master bridge
	at middle ip link set to-right master bridge
	at middle ip addr add 10.77.9.2/24 dev bridge
	at middle ip link set bridge up
	at left ip addr add 10.77.9.1/24 dev to-middle
	at right ip addr add 10.77.9.3/24 dev to-middle
	answers right far 239.1.2.3 to-middle
	answers middle near 239.1.2.3 bridge "$port"
	run_at left 0 -v -u -w 2 -s 10.77.9.1 239.1.2.3 "$port" <<<'who is there'
	expect_line out 'far heard 13, ttl 1'
	expect_line out 'near heard 13, ttl 1'
	expect_line err "Datagram received from 10.77.9.2 $port"
	expect_line err "Datagram received from 10.77.9.3 $port"
}

@test "a group of IPv6 by the zone, and by --interface" {
	network client server
	answers server one ff02::1234 to-client
	run_at client 0 -u -W 1 -w 5 "ff02::1234%to-server" "$port" <<<'who is there'
	expect_line out 'one heard 13, ttl 1'
	run_at client 0 -u -W 1 -w 5 --interface to-server ff02::1234 "$port" <<<'who is there'
	expect_line out 'one heard 13, ttl 1'
	run_at client 2 -u -W 1 ff02::1234 "$port" <<<'where'
	expect_match err 'to-server'
}

@test "-M is how far datagrams to a group come" {
	network client server
	answers server one 239.1.2.3 to-client
	run_at client 0 -u -W 1 -w 5 -M 7 239.1.2.3 "$port" <<<'how far'
	expect_line out 'one heard 8, ttl 7'
	answers server two ff05::1234 to-client
	run_at client 0 -u -W 1 -w 5 -M 9 --interface to-server ff05::1234 "$port" <<<'how far'
	expect_line out 'two heard 8, ttl 9'
}

@test "the interface of several is the one that is named, by --interface or by -s" {
	network left middle right
	answers left one 239.1.2.3 to-middle
	answers right two 239.1.2.3 to-middle "$port"
	at middle ip route add default via 10.77.1.1
	run_at middle 0 -u -w 1 --interface to-right 239.1.2.3 "$port" <<<'who'
	expect_equal 'who answers on to-right' "$(cat out)" 'two heard 4, ttl 1'
	run_at middle 0 -u -w 1 -s 10.77.2.1 239.1.2.3 "$port" <<<'who'
	expect_equal 'who answers from 10.77.2.1' "$(cat out)" 'two heard 4, ttl 1'
	run_at middle 0 -u -w 1 239.1.2.3 "$port" <<<'who'
	expect_equal 'who answers where the routes lead' "$(cat out)" 'one heard 4, ttl 1'
}

@test "datagrams that queue up go to a group, each stays one" {
	network client server
	answers server one 239.1.2.3 to-client
	head -c 40000 /dev/zero >data
	run_at client 0 -u -w 1 239.1.2.3 "$port" <data
	expect_equal 'bytes that arrived' "$(awk 'NR > 1 { sum += $1 } END { print sum }' one.out)" 40000
	expect_equal answers "$(grep -c heard out)" "$(($(wc -l <one.out) - 1))"
}

@test "a listener on a multicast address joins the group, with -v it says where, and leaves at the end" {
	network client server
	listen_at server server -k -u 239.1.2.3 0
	expect_line server.err 'Joined the group 239.1.2.3 on to-client'
	at server cat /proc/net/igmp >joined
	expect_match joined '030201EF'
	run_at client 0 -u -q 0 239.1.2.3 "$port" <<<'to all'
	eventually grep -qx 'to all' server.out
	signal server TERM
	ends server 143
	at server cat /proc/net/igmp >left
	expect_no_match left '030201EF'
}

@test "a listener joins on the interface that is named, and hears that one alone" {
	network left middle right
	listen_at middle server -k -u --interface to-right 239.1.2.3 0
	expect_line server.err 'Joined the group 239.1.2.3 on to-right'
	run_at left 0 -u -q 0 239.1.2.3 "$port" <<<'from the left'
	run_at right 0 -u -q 0 239.1.2.3 "$port" <<<'from the right'
	eventually grep -qx 'from the right' server.out
	expect_no_match server.out 'left'
}

@test "a listener joins a group of IPv6 on its zone" {
	network client server
	listen_at server server -k -u "ff02::1234%to-client" 0
	expect_match server.err '^Joined the group ff02::1234%[0-9]+ on to-client$'
	run_at client 0 -u -q 0 "ff02::1234%to-server" "$port" <<<'to all'
	eventually grep -qx 'to all' server.out
}

@test "two listeners of a group both hear, and who asks hears both answers" {
	network client server
	listen_at server one -u 239.1.2.3 0 < <(eventually test -s one.out; echo 'answer of one')
	listen_at server two -u 239.1.2.3 "$port" < <(eventually test -s two.out; echo 'answer of two')
	run_at client 0 -u -w 2 239.1.2.3 "$port" <<<'to both'
	expect_line one.out 'to both'
	expect_line two.out 'to both'
	expect_line out 'answer of one'
	expect_line out 'answer of two'
}

@test "a broadcast: refused without -b, and with it anybody answers" {
	network client server
	answers server one any to-client
	run_at client 7 -u -w 1 10.77.1.255 "$port" <<<'who'
	expect_match err '-b allows to send to it'
	run_at client 0 -v -u -b -w 1 10.77.1.255 "$port" <<<'who'
	expect_line out 'one heard 4, ttl 64'
	expect_line err "Datagram received from ${ip[server]} $port"
	run_at client 0 -u -b -w 1 --interface to-server 255.255.255.255 "$port" <<<'who'
	expect_line out 'one heard 4, ttl 64'
}

@test "a listener on a broadcast address hears broadcasts" {
	network client server
	listen_at server server -u -k 10.77.1.255 0
	run_at client 0 -u -b -q 0 10.77.1.255 "$port" <<<'to all'
	eventually grep -qx 'to all' server.out
}

@test "what we send to the very port that we are bound to is not heard as an answer" {
	network client server
	answers server one any to-client
	run_at client 0 -u -b -w 1 -p "$port" 10.77.1.255 "$port" <<<'who'
	expect_equal answers "$(cat out)" 'one heard 4, ttl 64'
}

@test "a program asks a group, and hears all" {
	network client server
	answers server one 239.1.2.3 to-client
	run_at client 0 -u -w 2 -c 'echo who; head -n 1 >&2' 239.1.2.3 "$port"
	expect_line err 'one heard 4, ttl 1'
}

@test "--to a group: clients hear anybody's answers" {
	network client server
	answers server one 239.1.2.3 to-client
	target=$port
	listen_at client proxy -k -u -w 3 --to "239.1.2.3:$target" 127.0.0.1 0
	run_at client 0 -u -W 1 -w 3 127.0.0.1 "$port" <<<'who'
	expect_line out 'one heard 4, ttl 1'
}

@test "nobody answers at a group: no word of a firewall alone, and what to do" {
	network client server
	run_at client 0 -v -u -w 0.5 239.1.2.3 9 <<<'who'
	expect_match err '^  4 bytes were sent to all who listen at that address, and nobody answered$'
	expect_match err '^  next: name the interface \(--interface\)'
}

@test "without a route to the group: a listener names --interface, a client is unreachable" {
	node alone
	run_at alone 7 -l -u 239.1.2.3 0
	expect_match err '^handset: join the group 239\.1\.2\.3 port [0-9]+ \(udp\) failed: No such device$'
	expect_match err 'name one \(--interface\)'
	run_at alone 6 -u -w 1 239.1.2.3 9 <<<'who'
	expect_match err 'failed: Network is unreachable$'
}

# A name server's or an SSDP device's answer would do as well: whatever is asked is answered.
@test "-zu and --why -u of a group: open when anybody answers, and who" {
	network client server
	answers server one 239.1.2.3 to-client
	run_at client 0 -v -zu -w 2 239.1.2.3 "$port"
	expect_match err "^Connection to 239\.1\.2\.3 $port port \[udp/\*\] succeeded! \(answered with [0-9]+ bytes\)$"
	expect_line err "Datagram received from ${ip[server]} $port"
	run_at client 0 --why -u 239.1.2.3 "$port"
	expect_match out "239\.1\.2\.3:$port: 10\.77\.1\.2 answers"
	run_at client 0 -b -v -zu -w 2 10.77.1.255 "$port"
	expect_line err "Datagram received from ${ip[server]} $port"
	run_at client 5 -v -zu -w 0.5 239.1.2.3 9
	expect_match err 'nobody who listens at that address answered'
	run_at client 5 --why -u -w 2 239.1.2.3 9
	expect_match out 'Nobody answers there'
}

@test "--path to a group is refused: no router answers for it" {
	network client server
	run_at client 2 --path -u 239.1.2.3 9
	expect_match err 'multicast'
}
