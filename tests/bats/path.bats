#!/usr/bin/env bats
# --path: the routers on the way to a port.
# shellcheck disable=SC2154 # port is set by the helper
load helper

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
	peer server udp-echo
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
	expect_match json '"event":"hop","hop":1,"address":"127\.0\.0\.1","name":null,"result":"open","rtt1":[0-9.]+,"rtt2":'
	expect_match json "\"event\":\"path\",\"peer\":\"127\\.0\\.0\\.1:$port\",\"hops\":1,\"reached\":true,\"cause\":null"
}

@test "path to a name that does not exist" {
	run_status 3 --path name.invalid 80
	expect_empty out
	expect_match err '^handset: look-up of name\.invalid failed: '
}

