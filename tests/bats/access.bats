#!/usr/bin/env bats
# --allow and --deny: who may connect.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Whether a client from ADDRESS gets the greeting.
is_let_in() {
	run_status 0 -d -s "$1" 127.0.0.1 "$port"
	expect_line out hello
}

# A client that is refused is reset, perhaps before it knows that it is connected.
is_reset() {
	local status=0
	timeout "$TIME_LIMIT" "$HANDSET" -d "$@" >out 2>err || status=$?
	[ "$status" = 8 ] || [ "$status" = 4 ] || expect_equal status "$status" '8 or 4'
	expect_empty out
}

is_refused() {
	is_reset -s "$1" 127.0.0.1 "$port"
}

@test "--allow alone refuses everybody else" {
	listen server -k --allow 127.0.0.2,127.0.1.0/24 -c 'echo hello' 127.0.0.1 0
	is_refused 127.0.0.1
	is_let_in 127.0.0.2
	is_let_in 127.0.1.77
	expect_match server.err '^Connection from 127\.0\.0\.1 [0-9]+ refused: not allowed$'
}

@test "--deny alone lets everybody else in" {
	listen server -k --deny 127.0.0.2 --deny 127.0.1.0/24 -c 'echo hello' 127.0.0.1 0
	is_let_in 127.0.0.1
	is_refused 127.0.0.2
	is_refused 127.0.1.77
	expect_match server.err '^Connection from 127\.0\.0\.2 [0-9]+ refused: denied$'
}

@test "--allow beats --deny, and who is in neither is let in" {
	listen server -k --deny 127.0.0.0/24 --allow 127.0.0.2 -c 'echo hello' 127.0.0.1 0
	is_refused 127.0.0.1
	is_let_in 127.0.0.2
	is_let_in 127.0.1.1
}

@test "an IPv4 client of an IPv6 socket is known by its IPv4 address" {
	listen server -k -u --deny 127.0.0.1 0
	run_status 5 -u -W 1 --deadline 0.3 127.0.0.1 "$port" <<<'x'
	eventually grep -qE '^Connection from 127\.0\.0\.1 [0-9]+ refused: denied$' server.err
}

@test "IPv6 addresses and blocks" {
	listen server -k --allow 2001:db8::/32,::1 -c 'echo hello' ::1 0
	run_status 0 -d ::1 "$port"
	expect_line out hello
	listen other -k --deny ::/0 -c 'echo hello' ::1 0
	is_reset ::1 "$port"
}

@test "a refused client does not use up a listener without -k" {
	listen server --allow 127.0.0.2 127.0.0.1 0 <<<'hello'
	is_refused 127.0.0.1
	is_let_in 127.0.0.2
	ends server 0
}

@test "names are looked up at the start" {
	listen server -k --allow localhost -c 'echo hello' 127.0.0.1 0
	is_let_in 127.0.0.1
	is_refused 127.0.0.2
	run_status 3 -l --allow name.invalid 127.0.0.1 0
	expect_match err 'look-up of name\.invalid failed'
	run_status 3 -n -l --allow localhost 127.0.0.1 0
}

@test "files have comments, several words in a line, and are read again on SIGHUP" {
	printf '# the good\n127.0.0.2, 127.0.0.3 # two\n\n127.0.0.4\n' >good
	listen server -k --allowfile good -c 'echo hello' 127.0.0.1 0
	is_let_in 127.0.0.3
	is_let_in 127.0.0.4
	is_refused 127.0.0.1
	echo 127.0.0.1 localhost >good
	signal server HUP
	eventually grep -q '^The rules of access are loaded again: ' server.err
	is_let_in 127.0.0.1
	is_refused 127.0.0.3
}

@test "a file that is bad on SIGHUP leaves the old rules, and says so" {
	echo 127.0.0.2 >bad
	listen server -k --denyfile bad -c 'echo hello' 127.0.0.1 0
	echo 127.0.0.300 >bad
	signal server HUP
	eventually grep -qx 'handset: the old rules of access stay' server.err
	expect_line server.err 'handset: rule "127.0.0.300" of bad failed: it is no address, block (CIDR) or host name'
	is_refused 127.0.0.2
	rm bad
	signal server HUP
	eventually grep -qx 'handset: read the rules of bad failed: No such file or directory' server.err
	is_refused 127.0.0.2
	echo name.invalid >bad
	signal server HUP
	eventually grep -q 'look-up of name.invalid failed' server.err
	is_refused 127.0.0.2
	is_let_in 127.0.0.1
}

@test "a listener waits for a name on SIGHUP without keeping clients waiting" {
	echo 127.0.0.2 >rules
	listen server -k --denyfile rules --broker 127.0.0.1 0
	start first "$HANDSET" 127.0.0.1 "$port" <>never
	eventually grep -q 'Connection received' server.err
	echo localhost >rules
	signal server HUP
	eventually grep -q 'loaded again' server.err
	expect_running first
	is_reset 127.0.0.1 "$port"
}

@test "a FIFO on SIGHUP holds up nobody: the old rules stay until somebody has written it" {
	echo 127.0.0.2 >rules
	listen server -k --denyfile rules -c 'echo hello' 127.0.0.1 0
	rm rules
	mkfifo rules
	signal server HUP
	is_let_in 127.0.0.1
	is_refused 127.0.0.2
	{ printf '127.0.0.1 127.0.'; is_refused 127.0.0.2; echo 0.3; } >rules
	eventually grep -q '^The rules of access are loaded again: 0 to allow, 2 to deny' server.err
	is_refused 127.0.0.1
	is_let_in 127.0.0.2
	signal server HUP
	is_let_in 127.0.0.2
	TIME_LIMIT=30 eventually grep -qx 'handset: read the rules of rules failed: nobody has written it to its end' server.err
	expect_line server.err 'handset: the old rules of access stay'
	is_let_in 127.0.0.2
}

@test "rules that are none are an error" {
	for rule in 1.2.3.4/33 10.1 '[::1]' 'a b/8' host:80 ::1/129; do
		run_status 2 -l --allow "$rule" 127.0.0.1 0
		expect_match err 'it is no address, block \(CIDR\) or host name'
	done
	run_status 2 -l --allow '' 127.0.0.1 0
	run_status 2 --allow 127.0.0.1 127.0.0.1 1
	run_status 2 -l -U --allow 127.0.0.1 "$DIR/s"
	run_status 7 -l --denyfile "$DIR/none" 127.0.0.1 0
	head -c 100 /dev/zero >zeros
	run_status 7 -l --denyfile zeros 127.0.0.1 0
}

@test "what stands in a file does not reach the terminal as it is" {
	printf 'a\033[31mb\n' >rules
	run_status 2 -l --denyfile rules 127.0.0.1 0
	expect_match err 'rule "a\\x1b\[31mb" of rules failed'
}

@test "datagrams of who is refused are thrown away" {
	listen server -u -k --deny 127.0.0.2 127.0.0.1 0
	for source in 127.0.0.1 127.0.0.2 127.0.0.3; do
		run_status 5 -u --deadline 0.1 -s "$source" 127.0.0.1 "$port" <<<"from $source"
	done
	eventually grep -q 'from 127.0.0.3' server.out
	expect_line server.out 'from 127.0.0.1'
	expect_no_match server.out 'from 127\.0\.0\.2'
	expect_match server.err '^Connection from 127\.0\.0\.2 [0-9]+ refused: denied$'
	expect_running server
}

@test "a refused datagram does not choose the peer of a listener without -k" {
	listen server -u --allow 127.0.0.2 -W 1 127.0.0.1 0
	run_status 5 -u --deadline 0.1 127.0.0.1 "$port" <<<'stranger'
	expect_running server
	run_status 5 -u --deadline 0.1 -s 127.0.0.2 127.0.0.1 "$port" <<<'friend'
	ends server 0
	expect_equal stdout "$(cat server.out)" friend
}

@test "the rules hold for --to, --broker and -k without a program" {
	peer target echo-many
	listen forward -k --deny 127.0.0.2 --to 127.0.0.1:"$port" 127.0.0.1 0
	is_reset -s 127.0.0.2 127.0.0.1 "$port"
	run_status 0 127.0.0.1 "$port" <<<'x'
	listen plain -k --deny 127.0.0.2 127.0.0.1 0
	is_reset -s 127.0.0.2 127.0.0.1 "$port"
	run_status 0 127.0.0.1 "$port" <<<'x'
	eventually grep -qx x plain.out
}
