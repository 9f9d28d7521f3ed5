#!/usr/bin/env bats
# -z of several ports and over UDP, and --until-open.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

# The lines of the table, without its titles: "PORT/PROTOCOL STATE ANSWERED-BY...".
rows() {
	awk '$1 ~ /^[0-9]+\/[a-z]+$/ { $2 = ""; $0 = $0; $1 = $1; print }' err
}

@test "of several ports the open ones are a table without -v, in the order in which they were given, and the others are counted" {
	peer one hold
	first=$port
	peer two hold
	run_status 0 -z 127.0.0.1 "$port" "$(refusing_port)" "$first"
	expect_equal 'titles' "$(head -n 1 err)" 'PORT        SERVICE          STATE       ANSWERED BY'
	expect_equal 'rows' "$(rows)" "$port/tcp open 127.0.0.1"$'\n'"$first/tcp open 127.0.0.1"
	expect_match err '^scan of 3 ports of 127\.0\.0\.1 \(tcp\): 2 open, 1 refused, in [0-9.]+ m?s$'
	expect_equal 'lines' "$(wc -l <err)" 4
	expect_empty out
}

@test "with -v the others have lines, too, and the open ones follow in the words that scripts look for" {
	peer server hold
	closed=$(refusing_port)
	run_status 0 -v -z 127.0.0.1 "$closed,$port"
	expect_equal 'rows' "$(rows)" "$closed/tcp refused 127.0.0.1"$'\n'"$port/tcp open 127.0.0.1"
	expect_match err "^Connection to 127.0.0.1 $port port \[tcp/.*\] succeeded!$"
	expect_match err '^scan of 2 ports of 127\.0\.0\.1 \(tcp\): 1 open, 1 refused, in [0-9.]+ m?s$'
	expect_equal 'lines' "$(wc -l <err)" 5
}

@test "with -vv each line is followed by its evidence" {
	run_status 4 -vv --trace-file trace -z 127.0.0.1 "$(refusing_port),$(refusing_port)"
	expect_equal 'evidence' "$(grep -A1 'refused  ' err | grep -c '^  the host answered with RST after')" 2
}

@test "a service that has a name is told with it" {
	grep -q '^tcpmux' /etc/services || skip 'no /etc/services here'
	run_status 4 -v -z 127.0.0.1 1 2
	expect_match err '^1/tcp +tcpmux +(refused|open) +127\.0\.0\.1$'
	run_status 4 -n -v -z 127.0.0.1 1 2
	expect_match err '^1/tcp +- +(refused|open) +127\.0\.0\.1$'
}

@test "a scan without an open port says so without -v, with the cause that all share" {
	run_status 4 -z 127.0.0.1 "$(refusing_port),$(refusing_port)"
	expect_match err '^handset: scan of 2 ports of 127\.0\.0\.1 \(tcp\) failed: none is open$'
	expect_match err '^  2 refused, in '
	expect_match err '^  the host answered: nothing listens there'
	expect_equal 'lines' "$(wc -l <err)" 3
	network client server
	firewall server input 'tcp dport 9000-9009 drop'
	run_at client 5 -z -w 0.5 "${ip[server]}" 9000-9009
	expect_match err "^handset: scan of 10 ports of ${ip[server]} \(tcp\) failed: none is open$"
	expect_match err '^  10 without an answer, in '
	expect_match err '^  no answer to 1 SYN in [4-9][0-9][0-9] ms'
	run_at client 5 -v -z -w 0.5 "${ip[server]}" 9000-9009
	expect_equal 'silent rows' "$(rows | grep -c '^90[0-9]*/tcp silent -$')" 10
}

@test "one port is told with -v only, given as a range as well" {
	peer server hold
	run_status 0 -z 127.0.0.1 "$port-$port"
	expect_empty err
	run_status 0 -v -z "127.0.0.1:$port,$port"
	expect_equal 'what is said' "$(sed 's|\[tcp/.*\]|[tcp/*]|' err)" "Connection to 127.0.0.1 $port port [tcp/*] succeeded!"
	closed=$(refusing_port)
	run_status 4 -z 127.0.0.1 "$closed-$closed"
	expect_empty err
	run_status 4 -v -z 127.0.0.1 "$closed-$closed"
	expect_line err "handset: connect to 127.0.0.1 port $closed (tcp) failed: Connection refused"
	expect_match err '^  the host answered with RST after'
}

@test "when none is open the status is that of the cause which all share" {
	network client server
	firewall server input 'tcp dport 9000-9009 drop'
	firewall server input 'tcp dport 9010 reject with icmpx admin-prohibited'
	run_at client 4 -z "${ip[server]}" 80-90
	run_at client 5 -z -w 0.5 "${ip[server]}" 9000-9009
	run_at client 6 -z "${ip[server]}" 9010,9010
	run_at client 1 -vv -z -w 0.5 "${ip[server]}" 80 9000 9010
	expect_equal 'rows' "$(rows)" \
		"80/tcp refused ${ip[server]}"$'\n'"9000/tcp silent -"$'\n'"9010/tcp unreachable ${ip[server]}"
	expect_match err "^handset: scan of 3 ports of ${ip[server]} \(tcp\) failed: none is open$"
	expect_match err '^  1 refused, 1 without an answer, 1 unreachable, in '
	expect_match err '^  no answer to 1 SYN in [4-9][0-9][0-9] ms'
	expect_match err "^  ${ip[server]} answered: .*prohibited"
	run_at client 4 -z "${ip6[server]}" 80-90
	run_at client 5 -z -w 0.5 "${ip6[server]}" 9000-9009
}

@test "a route of this host that prohibits, and none at all, are unreachable" {
	network client
	at client ip route add prohibit 10.78.1.0/24
	run_at client 6 -v -z 10.78.1.1 80 81
	expect_equal 'rows' "$(rows)" $'80/tcp unreachable this host\n81/tcp unreachable this host'
	expect_match err "^  no way to 10\.78\.1\.1: prohibit route 10\.78\.1\.0/24 in this host's routing table\$"
	run_at client 6 -z 10.79.1.1 80 81
}

@test "a thousand silent ports take hardly longer than one" {
	network client server
	firewall server input 'tcp dport 9000-9999 drop'
	timed run_at client 5 -z -w 1 "${ip[server]}" 9000-9999
	expect_took 1000 8000
}

@test "all ports of a host, the first wave being small so that none is lost before its link address is known" {
	network client server
	start_at server services "$PEER" --address "${ip[server]}" hold
	eventually test -s services.out
	run_at client 0 -z -w 5 "${ip[server]}" 1-65535
	expect_equal 'rows' "$(rows)" "$(cat services.out)/tcp open ${ip[server]}"
	expect_match err ': 1 open, 65534 refused, in '
	run_at client 0 -v -z -w 5 "${ip[server]}" "1-1000,$(cat services.out)"
	expect_match err ': 1 open, 1000 refused, in '
}

@test "without enough descriptors fewer are tried at the same time" {
	network client server
	firewall server input 'tcp dport 9000-9099 drop'
	peer_at server one --address "${ip[server]}" hold
	reachable_handset
	entering_as_nobody client
	(ulimit -n 40 && "${enter[@]}" "$HANDSET" -v -z -w 0.2 "${ip[server]}" "9000-9099,$port") >out 2>err 3>&-
	expect_match err ': 1 open, 100 without an answer, in '
}

@test "source ports that run out are waited for" {
	network client server
	sysctl_at client net.ipv4.ip_local_port_range '50000 50019'
	firewall server input 'tcp dport 9000-9099 drop'
	run_at client 5 -v -z -w 0.2 "${ip[server]}" 9000-9099
	expect_match err '^  100 without an answer, in '
}

@test "a name is scanned at all its addresses" {
	network client
	etc_file client /etc/hosts $'::1 both\n127.0.0.1 both'
	for address in ::1 127.0.0.1; do
		peer_at client "server-$address" --address "$address" hold
		run_at client 0 -z both "$port" 1
		expect_equal 'rows' "$(rows)" "$port/tcp open $address"
	done
}

@test "-r shuffles the ports, and tells each of them once" {
	run_status 4 -v -r -z 127.0.0.1 1-40
	rows | grep -oE '^[0-9]+' >got
	seq 40 >want
	expect_equal 'ports told' "$(sort -n got | tr '\n' ' ')" "$(tr '\n' ' ' <want)"
	run cmp -s got want
	expect_equal 'in order' "$status" 1
}

@test "-i is the pause between two ports, and --deadline ends the scan" {
	timed run_status 4 -z -i 100ms 127.0.0.1 1-5
	expect_took 400 5000
	timed run_status 5 -z -i 100ms --deadline 0.35 127.0.0.1 1-50
	expect_took 350 5000
	expect_line err 'handset: scan of 50 ports of 127.0.0.1 (tcp) failed: the deadline passed'
	expect_match err '^  --deadline of 0\.35 s: [1-4] of 50 ports are known$'
}

@test "a socket that is connected to itself is no open port" {
	network client
	sysctl_at client net.ipv4.ip_local_port_range '50000 50001'
	run_at client 4 -z 127.0.0.1 50000-50001
}

@test "names of services, and what is none" {
	run_status 3 -z 127.0.0.1 80,no-such-service
	expect_line err 'handset: look-up of service no-such-service failed: Servname not supported'
	run_status 3 -n -z 127.0.0.1 80,http
	run_status 4 -v -z 127.0.0.1 tcpmux,discard,9
	expect_line err 'handset: scan of 2 ports of 127.0.0.1 (tcp) failed: none is open'
}

@test "JSON has an event for each port" {
	peer server hold
	run_status 0 -z --trace json --trace-file trace 127.0.0.1 "$(refusing_port),$port"
	python3 - "$port" <<'END'
import json, sys
events = [json.loads(line) for line in open("trace")]
ports = [event for event in events if event["event"] == "port"]
assert [event["state"] for event in ports] == ["closed", "open"], ports
assert ports[0]["status"] == 4 and ports[0]["cause"] == "refused", ports
assert ports[1]["port"] == int(sys.argv[1]) and ports[1]["address"] == "127.0.0.1", ports
assert [event["answerer"] for event in ports] == ["127.0.0.1", "127.0.0.1"], ports
assert [event["peer"] for event in ports] == ["127.0.0.1:%d" % event["port"] for event in ports], ports
assert all(0 < event["dur"] < 5 for event in ports), ports
[end] = [event for event in events if event["event"] == "scan"]
assert (end["ports"], end["open"], end["closed"], end["silent"]) == (2, 1, 1, 0) and end["dur"] > 0, end
END
}

@test "through a proxy it is the proxy that is asked, for each port" {
	peer server hold
	needs microsocks
	start proxy microsocks -i 127.0.0.1 -p "$(closed=$(refusing_port) && echo "$closed" | tee proxy.port)"
	eventually run_status 0 -z 127.0.0.1 "$(cat proxy.port)"
	closed=$(refusing_port)
	run_status 0 -v -z -x "127.0.0.1:$(cat proxy.port)" 127.0.0.1 "$closed,$port"
	expect_match err "^Connection to 127.0.0.1 $port port \[tcp/.*\] succeeded!$"
	expect_equal 'rows' "$(rows)" "$closed/tcp failed proxy 127.0.0.1"$'\n'"$port/tcp open proxy 127.0.0.1"
	expect_match err ': 1 open, 1 refused or failed by the proxy, in '
	run_status 9 -z -x "127.0.0.1:$(refusing_port)" 127.0.0.1 "$port,$closed"
}

# ---- UDP ----

@test "UDP: a port that answers is open, one that ICMP tells of is closed" {
	peer server udp-echo
	run_status 0 -v -z -u 127.0.0.1 "$port"
	expect_match err "^Connection to 127.0.0.1 $port port \[udp/.*\] succeeded! \(answered with 1 bytes\)$"
	peer server udp-echo
	run_status 0 -z -u 127.0.0.1 "$port"
	expect_empty err
	run_status 4 -v -z -u 127.0.0.1 "$(refusing_port)"
	expect_match err '^handset: send to 127\.0\.0\.1 port [0-9]+ \(udp\) failed: Connection refused$'
	expect_match err '^  127\.0\.0\.1 answered: port unreachable \(ICMP type 3 code 3\)'
}

@test "UDP: a silent port is asked twice, and its time is -w" {
	peer server udp-sink --count 9
	timed run_status 5 -v -z -u -w 0.8 127.0.0.1 "$port"
	expect_took 800 6000
	expect_match err "^handset: connect to 127\.0\.0\.1 port $port \(udp\) failed: no answer$"
	run_status 5 -z -u --trace strace -vvv --trace-file trace -w 0.8 127.0.0.1 "$port"
	expect_equal 'datagrams' "$(grep -c 'sendto(.*MSG_NOSIGNAL' trace)" 2
}

@test "UDP: a port that is silent beside closed ones may be closed, too, as hosts limit their errors; it is asked again" {
	network client server
	firewall server input 'udp dport 9003 drop'
	run_at client 1 -vv -z -u -w 1.8 "${ip[server]}" 9001 9003
	expect_equal 'rows' "$(rows)" "9001/udp closed ${ip[server]}"$'\n'"9003/udp silent -"
	expect_match err "^  ${ip[server]} answered: port unreachable"
	expect_match err '^  of other ports it says that they are closed; hosts limit how many such errors they send'
	run_at client 5 -z -u -w 1.8 --trace strace -vvv "${ip[server]}" 9003
	expect_equal 'datagrams' "$(grep -c 'sendto(.*MSG_NOSIGNAL' err)" 3
}

@test "UDP: a name server is asked a question that it answers" {
	network client server
	start_at server names "$BATS_TEST_DIRNAME/names.py" "${ip[server]}"
	eventually test -s names.out
	run_at client 0 -v -z -u "${ip[server]}" 53
	expect_match err 'port \[udp/domain\] succeeded! \(answered with [0-9]+ bytes\)$'
	run_at client 0 -z -u -w 1 "${ip[server]}" 50-55
	expect_match err "^53/udp +domain +open +${ip[server]}, [0-9]+ bytes$"
	expect_equal 'rows' "$(rows | wc -l)" 1
}

@test "UDP: over IPv6" {
	peer server -6 udp-echo
	run_status 0 -z -u ::1 "$port"
	run_status 4 -z -u ::1 "$(refusing_port)"
}

# ---- --until-open ----

@test "--until-open waits until somebody listens, and goes on as always" {
	port=$(refusing_port)
	start client "$HANDSET" -v --until-open -i 50ms --deadline 20 127.0.0.1 "$port" < <(echo question)
	eventually grep -q 'Connection refused' client.err
	start server "$HANDSET" -l 127.0.0.1 "$port" < <(echo answer)
	ends client 0
	ends server 0
	expect_line client.out answer
	expect_line server.out question
}

@test "--until-open gives up at the deadline, and tells the last failure" {
	timed run_status 5 -z --until-open -i 50ms --deadline 0.4 127.0.0.1 "$(refusing_port)"
	expect_took 400 5000
	expect_match err '^handset: wait for 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: not open yet$'
	expect_match err '^  [0-9]+ tries in 0\.4 s \(--deadline\), the last: Connection refused$'
}

@test "--until-open waits for a socket path, and for a name" {
	start client "$HANDSET" --until-open -i 20ms --deadline 20 -U "$DIR/s" < <(echo question)
	pause
	start server "$HANDSET" -l -U "$DIR/s"
	ends client 0
	ends server 0
	expect_line server.out question
	network client
	etc_file client /etc/resolv.conf 'nameserver 127.0.0.9'
	run_at client 5 --until-open -i 100ms --deadline 0.5 nx.test 80
	expect_match err '^handset: wait for nx\.test port 80 \(tcp\) failed: not open yet$'
}

@test "--until-open does not wait for what cannot change" {
	run_status 3 --until-open --deadline 10 127.0.0.1 no-such-service
	run_status 2 --until-open -U "$DIR/$(printf '%0200d' 1)"
}

@test "--until-open ends by a signal" {
	start client "$HANDSET" --until-open -i 50ms 127.0.0.1 "$(refusing_port)"
	pause
	signal client TERM
	ends client 143
}
