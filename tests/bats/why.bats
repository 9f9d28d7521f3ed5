#!/usr/bin/env bats
# --why: the way to a port, layer by layer, and the verdict.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

# A line of the answer: MARK LAYER FACT, the last an extended regex; the time in brackets behind it does not count.
expect_layer() {
	sed -E 's/ \([0-9.]+ m?s\)$//' out >facts
	expect_match facts "^$1 +$2 +$3"
}

@test "a service that speaks first is well, and is told with its protocol" {
	peer server say $'SSH-2.0-OpenSSH_9.2\r\n'
	run_status 0 --why -n 127.0.0.1 "$port"
	expect_layer ok tcp "127\.0\.0\.1:$port: connected$"
	expect_layer ok 'round trip' '[0-9.]+ ms, measured by TCP'
	expect_layer ok service 'it says SSH: "SSH-2\.0-OpenSSH_9\.2"$'
	expect_line out "All is well: 127.0.0.1 port $port accepts connections, and SSH answers."
	expect_match out '^Next: if it still does not work, suspect the application'
	expect_empty err
}

@test "a service that waits for the client is well, and the layer above is the next to suspect" {
	peer server hold
	run_status 0 --why -n 127.0.0.1 "$port"
	expect_layer ok listener '.*pid [0-9]+'
	expect_layer ok service 'silent for a second'
	expect_line out "All is well: 127.0.0.1 port $port accepts connections."
	expect_match out '^Next: .*TLS'
}

@test "what a service says does no harm to a terminal" {
	peer server say $'hello \e[31m\a\r\n'
	run_status 0 --why -n 127.0.0.1 "$port"
	expect_layer ok service 'it says "hello \\x1b\[31m\\x07"$'
}

@test "a TLS alert is named" {
	peer server play 'say:\x15\x03\x03\x00\x02\x02\x28' end
	run_status 0 --why -n 127.0.0.1 "$port"
	expect_layer ok service 'it says TLS: a TLS alert, fatal: handshake_failure \(40\)$'
}

@test "a service that resets the connection at once" {
	peer server rst ''
	run_status 8 --why -n 127.0.0.1 "$port"
	expect_layer FAIL service 'it accepts, and resets the connection at once'
	expect_match out '^The way is good, but the service accepts and resets'
}

# strace holds the connect up until the reset is there.
@test "a reset that the connect learns of already is no end by FIN" {
	strace -qq -o try -e trace=connect -e inject=connect:delay_exit=1 true 2>/dev/null || skip 'strace cannot delay calls here'
	peer server rst
	local status=0
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 strace -qq -o calls -e trace=connect \
		-e inject=connect:delay_exit=100000 "$HANDSET" --why -n 127.0.0.1 "$port" >out 2>err 3>&- || status=$?
	expect_equal 'exit status' "$status" 8
	expect_match out 'it accepts, and resets the connection at once'
}

@test "a closed port is refused by a host that is up" {
	run_status 4 --why -n 127.0.0.1 "$(refusing_port)"
	expect_layer FAIL tcp '127\.0\.0\.1:[0-9]+: Connection refused$'
	expect_match out '^Connect to 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection refused\. The way is good and the host is up, but nothing'
	expect_match out '^Next: '
	expect_empty err
}

@test "a name that does not exist" {
	network client
	etc_file client /etc/nsswitch.conf 'hosts: files'
	run_at client 3 --why name.invalid 80
	expect_layer FAIL name 'name\.invalid: '
	expect_match out '^Next: '
	expect_empty err
}

@test "a port that drops takes no longer than -w" {
	network client router server
	firewall server input 'tcp dport 9000 drop'
	timed run_at client 5 --why -w 1.5 "${ip[server]}" 9000
	expect_layer FAIL tcp "10\.77\.2\.2:9000: Connection timed out"
	expect_match out '2 SYNs'
	expect_match out '^Next: .*--path'
	expect_took 1400 15000
}

@test "a router that rejects is named" {
	network client router server
	firewall router forward 'tcp dport 9000 reject with icmpx type admin-prohibited'
	run_at client 6 --why "${ip[server]}" 9000
	expect_match out '10\.77\.1\.2 answered.*prohibited'
	expect_match out 'A firewall rejects it'
}

# `nowhere STATUS ADDRESS FACT REASON`: what --why says of the route.
nowhere() {
	local status=0
	reachable_handset
	nobody_at client "$HANDSET" --why "$2" 80 >out 2>err || status=$?
	expect_equal 'exit status' "$status" "$1"
	expect_layer FAIL route "$3\$"
	expect_match out "^Connect to $2 port 80 \(tcp\) failed: $4\. .*so nothing was sent"
	expect_match out '^Next: '
	expect_empty err
}

@test "the route and the next hop are told" {
	network client router server
	peer_at server web --address "${ip[server]}" hold
	run_at client 0 --why --trace json "${ip[server]}" "$port"
	expect_layer ok route '10\.77\.2\.2: via gateway 10\.77\.1\.2, interface to-router, from 10\.77\.1\.1, MTU 1500$'
	expect_layer ok 'next hop' '10\.77\.1\.2 answers ARP on to-router'
	expect_match err '"layer":"route".*"interface":"to-router","mtu":1500,"gateway":"10\.77\.1\.2"'
}

@test "a host of the own link that is down" {
	network client server
	run_at client 6 --why 10.77.1.99 80
	expect_layer ok route '10\.77\.1\.99: directly on the own link'
	expect_layer FAIL 'next hop' '10\.77\.1\.99 does not answer ARP on to-server'
	run_at client 6 --why fd77:1::99 80
	expect_layer FAIL 'next hop' 'fd77:1::99 does not answer neighbor discovery on to-server'
}

@test "an interface that is down" {
	network client server
	at client ip link set to-server down
	run_at client 6 --why 10.77.1.2 80
	expect_match out '^FAIL +route'
}

@test "routes of this host that lead nowhere" {
	network client router server
	at client ip -batch - <<-'END'
		route add prohibit 10.78.1.0/24
		route add blackhole 10.78.2.0/24
		route add unreachable 10.78.3.0/24
		route del default
	END
	nowhere 6 10.78.1.1 "no way to 10\.78\.1\.1: prohibit route 10\.78\.1\.0/24 in this host's routing table" 'Permission denied'
	nowhere 6 10.78.2.1 "no way to 10\.78\.2\.1: blackhole route 10\.78\.2\.0/24 in this host's routing table" 'Invalid argument'
	nowhere 6 10.78.3.1 "no way to 10\.78\.3\.1: unreachable route 10\.78\.3\.0/24 in this host's routing table" 'No route to host'
	nowhere 6 10.79.1.1 'this host has no IPv4 route to 10\.79\.1\.1' 'Network is unreachable'
}

@test "one family works and the other does not" {
	network client router server
	peer_at server web --address 0.0.0.0 hold
	etc_file client /etc/hosts "${ip[server]} both.test
${ip6[server]} both.test"
	run_at client 0 --why both.test "$port"
	expect_layer ok name 'both\.test is fd77:2::2, 10\.77\.2\.2'
	expect_layer FAIL tcp '\[fd77:2::2\]:[0-9]+: Connection refused'
	expect_layer ok tcp '10\.77\.2\.2:[0-9]+: connected'
	expect_match out '^It works with 10\.77\.2\.2, but not with fd77:2::2'
}

@test "a family that is dropped does not hold up the other" {
	network client router server
	peer_at server web --address 0.0.0.0 hold
	firewall router forward 'meta nfproto ipv6 drop'
	etc_file client /etc/hosts "${ip[server]} both.test
${ip6[server]} both.test"
	timed run_at client 0 --why both.test "$port"
	expect_match out '^It works with 10\.77\.2\.2, but not with fd77:2::2 \(Connection timed out'
	expect_took 1000 8000
}

@test "the path MTU is measured, and who limits it is named" {
	network client router server
	peer_at server web --address "${ip[server]}" hold
	at router ip link set to-server mtu 1300
	run_at client 0 --why "${ip[server]}" "$port"
	expect_layer odd 'path MTU' '1300 bytes, less than the 1500 of this host.s link: 10\.77\.1\.2 says so$'
}

@test "a path MTU black hole is suspected" {
	network client router server
	peer_at server web --address "${ip[server]}" hold
	firewall router forward 'meta length > 1300 drop'
	run_at client 0 --why "${ip[server]}" "$port"
	expect_layer FAIL 'path MTU' 'small datagrams are answered, of those of 1500 bytes three'
	expect_match out '^The connection works: .*large packets seem to vanish'
}

@test "datagrams: closed, stopped by the own firewall, silent" {
	network client router server
	run_at client 4 --why -u "${ip[server]}" 9000
	expect_layer FAIL udp '10\.77\.2\.2:9000: Connection refused$'
	firewall client output 'udp dport 9001 drop'
	run_at client 7 --why -u "${ip[server]}" 9001
	expect_match out 'firewall of this host'
	firewall server input 'udp dport 9002 drop'
	run_at client 5 --why -u "${ip[server]}" 9002
	expect_match out 'neither an answer nor an ICMP error'
}

@test "datagrams that are answered" {
	peer server udp-echo
	run_status 0 --why -u -n 127.0.0.1 "$port"
	expect_line out "All is well: 127.0.0.1 port $port answers datagrams."
}

@test "a Unix socket: who has it open" {
	peer server hold --path "$DIR/s"
	run_status 0 --why -U "$DIR/s"
	expect_layer ok path '.*/s is a socket of user .*, mode '
	expect_layer ok listener '.*pid [0-9]+'
	expect_match out '^All is well: .*/s accepts connections'
}

@test "a Unix socket that this user may not write to" {
	network client
	start_at client server "$PEER" hold --path "$DIR/s"
	eventually test -s "$DIR/server.out"
	at client chmod 0600 "$DIR/s"
	[ "$(id -u)" = 0 ] || skip 'the same user owns the socket'
	run_at client 7 --why -U "$DIR/s"
	expect_layer FAIL path '.*/s is a socket of user root, mode 0600: this user may not write to it'
	expect_match out 'This user may not connect to that socket'
}

@test "a Unix socket of another network namespace is in use, too" {
	network client
	start_at client server "$PEER" hold --path "$DIR/s"
	eventually test -s "$DIR/server.out"
	run_status 7 -l -U "$DIR/s"
	expect_match err 'a process has a socket there$'
	run_status 0 --why -U "$DIR/s"
	expect_match out '^ok +unix .*/s: a process has it'
	expect_running server
}

@test "a socket path that is missing, and one on which nobody listens" {
	run_status 7 --why -U "$DIR/none"
	expect_layer FAIL path '.*/none: No such file or directory'
	"$PEER" unix-stale "$DIR/stale"
	run_status 4 --why -U "$DIR/stale"
	expect_match out 'nobody has it open any more'
}

@test "a proxy that is not there, and one that is" {
	run_status 9 --why -n -X 5 -x "127.0.0.1:$(refusing_port)" 192.0.2.1 80
	expect_layer FAIL tcp 'proxy 127\.0\.0\.1:[0-9]+: Connection refused$'
	expect_match out 'the target was not tried'
}

@test "the answer as data" {
	peer server hold
	run_status 0 --why -n --trace json --trace-file json 127.0.0.1 "$port"
	expect_match json "\"event\":\"layer\",\"layer\":\"tcp\",\"result\":\"ok\",\"address\":\"127\\.0\\.0\\.1:$port\""
	expect_match json '"event":"verdict","verdict":"All is well'
	run_status 4 --why -n --trace json --trace-file json 127.0.0.1 "$(refusing_port)"
	expect_match json '"event":"verdict".*"cause":"refused","status":4'
	expect_match json '"event":"error".*"cause":"refused"'
}

@test "a TTL that is too small is told with its number" {
	network client router server
	run_at client 6 --why -M 1 "${ip[server]}" 9000
	expect_match out '10\.77\.1\.2 answered: time to live exceeded'
	expect_match out 'sent with TTL 1 '
}

@test "who has a port of this host that does not answer" {
	peer server full
	run_status 5 --why -n -w 0.5 127.0.0.1 "$port"
	expect_layer ok listener '.*pid [0-9]+'
	expect_match out 'does not accept: its queue is full'
}

@test "a port of this host that is served on another address only" {
	peer server -6 hold
	run_status 4 --why -n 127.0.0.1 "$port"
	expect_match out '^ +not on that address, but on \[::1\]:[0-9]+ listens .*pid [0-9]+'
}

@test "broadcast and multicast addresses are none for TCP, and a source of loopback does not leave this host" {
	network client router server
	run_at client 6 --why 10.77.1.255 9000
	expect_match out '^Connect to .* 10\.77\.1\.255 is a broadcast address, to which TCP does not connect'
	run_at client 6 --why 224.0.0.1 9000
	expect_match out '^FAIL  route +224\.0\.0\.1: a multicast address'
	expect_match out '^Connect to .* 224\.0\.0\.1 is a multicast address, to which TCP does not connect'
	run_at client 7 --why -s 127.0.0.9 "${ip[server]}" 9000
	expect_match out '^FAIL  route +the source address 127\.0\.0\.9 is a loopback address, which never leaves this host$'
	expect_match out '^Connect to .* The source address is one of loopback'
	run_at client 7 --why -s 192.0.2.9 "${ip[server]}" 9000
	expect_match out '^FAIL  route +the source address 192\.0\.2\.9 is none of this host$'
}

@test "colors and signs are for terminals alone" {
	peer server hold
	run_status 0 --why -n --color always 127.0.0.1 "$port"
	expect_match out $'^\e\[32m✓\e\[0m +tcp'
	run_status 0 --why -n 127.0.0.1 "$port"
	expect_no_match out $'\e'
}

@test "over UDP: whose the port of this host is, that is silent, or that is had for another address" {
	peer server udp-sink --count 9
	run_status 5 --why -n -u -w 1 127.0.0.1 "$port"
	expect_match out '^Connect to .* The socket there is of .*\(pid [0-9]+, .*\), which has not answered what was sent; [0-9]+ bytes wait there to be read\.$'
	run_status 4 --why -n -u 127.0.0.2 "$port"
	expect_match out "^ +not on that address, but on 127\.0\.0\.1:$port there is .*\(pid [0-9]+, "
	run_status 4 --why -n -u 127.0.0.1 "$(refusing_port)"
	expect_match out '^ +no socket of this host has that port$'
}
