#!/usr/bin/env bats
# Look-ups that fail or are slow: who answered what. Each run has a network of its own with a name server (names.py) in it,
# and its own resolv.conf and nsswitch.conf; the tool is run as nobody, without capabilities.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

setup() {
	helper_setup
	conf='nameserver 192.0.2.53\noptions timeout:1 attempts:1\n'
	sources='files dns'
	hosts='127.0.0.1 localhost'
	server=192.0.2.53
	chmod 755 "$DIR"
	reachable_handset
}

# What happens in the network: the server is started, then handset is run with what is given.
# shellcheck disable=SC2016 # the inner shell expands it
inside='
	ip link set lo up
	for address in 192.0.2.53/32 192.0.2.54/32 192.0.2.10/32; do ip address add $address dev lo; done
	mount --bind resolv.conf /etc/resolv.conf
	mount --bind nsswitch.conf /etc/nsswitch.conf
	mount --bind hosts /etc/hosts
	rm -f names.out
	names=
	if [ -n "$2" ]; then
		"$1" "$2" >names.out &
		names=$!
		until grep -qs ready names.out; do kill -0 $names || exit 99; read -rt 0.02 <>never || :; done
	fi
	shift 2
	status=0
	as=(--bounding-set=-all --inh-caps=-all)
	[ "$(cat /proc/self/uid_map | tr -s " ")" = " 0 0 4294967295" ] && as+=(--reuid=65534 --regid=65534 --clear-groups)
	setpriv "${as[@]}" timeout -k 1 15 "$@" || status=$?
	[ -z "$names" ] || kill $names
	exit $status'

# Run handset with ARGS there, and expect STATUS: `asks STATUS ARGS...`.
asks() {
	local want=$1 status=0 own=(unshare -mn)
	shift
	# Once a test.
	[ -f nsswitch.conf ] || needs_namespaces
	[ "$(id -u)" = 0 ] || own=(unshare -Urmn)
	printf '%b' "$conf" >resolv.conf
	printf 'hosts: %s\n' "$sources" >nsswitch.conf
	printf '%b\n' "$hosts" >hosts
	"${own[@]}" bash -c "$inside" inside "$BATS_TEST_DIRNAME/names.py" "$server" "$HANDSET" "$@" \
		>out 2>err 3>&- </dev/null || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

# The cause has a stable name: run it again with a trace for scripts.
expect_cause() {
	local want=$1
	shift
	asks "$@" --trace json
	expect_equal 'the cause' "$(sed -nE 's/.*"event":"error".*"cause":"([^"]*)".*/\1/p' err)" "$want"
}

# The resolver of musl is another: it goes by no nsswitch.conf, takes an answer to any question, and in 1.2.3 a long one for none.
has_musl() {
	grep -qaF /lib/ld-musl "$HANDSET"
}

@test "a name that does not exist: the server that says so is named" {
	asks 3 nx.test 80
	expect_line err 'handset: look-up of nx.test failed: Name or service not known'
	expect_line err '  the name server 192.0.2.53 says that there is no such name (NXDOMAIN)'
	expect_match err '^  192\.0\.2\.53: A and AAAA: NXDOMAIN in [0-9.]+ ms$'
	has_musl || expect_line err '  nsswitch.conf asks for hosts: files dns'
	expect_cause name-unknown 3 nx.test 80
}

@test "a name without an address" {
	asks 3 none.test 80
	expect_line err '  the name exists, but has no IPv4 or IPv6 address'
	expect_cause name-no-address 3 none.test 80
}

@test "an alias that leads nowhere: the name that it stands for is told" {
	asks 3 alias.test 80
	expect_line err '  the name is an alias of nobody.test, which has no IPv4 or IPv6 address'
	expect_match err 'no such record \(an alias of nobody\.test\)'
	asks 3 gone.test 80
	expect_line err '  the name is an alias of nobody.test, and there is no such name (NXDOMAIN): so says 192.0.2.53'
	asks 3 self.test 80
	expect_line err '  the name is an alias of itself'
	expect_cause name-alias 3 gone.test 80
}

@test "an answer that is too long for a datagram, and port 53 closed for TCP" {
	asks 3 long.test 80
	has_musl || expect_match err '^  the answer of the name server 192\.0\.2\.53 is too long for a datagram, and by TCP, which is asked then, it did not come'
	expect_match err '^  192\.0\.2\.53: A and AAAA: an answer that is too long for a datagram in '
	has_musl || expect_cause name-server-tcp 3 long.test 80
}

@test "answers with another number, or to another question, are none" {
	asks 3 liar.test 80
	expect_match err '^  from the name server 192\.0\.2\.53 comes nothing that fits the question'
	expect_match err '^  192\.0\.2\.53: A and AAAA: no answer that fits the question in [0-9.]+ (ms|s), [1-9][0-9]* that do not$'
	has_musl || expect_cause name-server-garbled 3 other.test 80
}

@test "a server that does not understand the question" {
	asks 3 odd.test 80
	expect_line err '  the name server 192.0.2.53 does not understand the question, or will not answer it'
	expect_match err '^  192\.0\.2\.53: A and AAAA: FORMERR in '
	expect_cause name-server-failed 3 odd.test 80
}

@test "-4 and -6 with a name of /etc/hosts that has the other family only, in both roles" {
	hosts='2001:db8::9 nx.test\n192.0.2.9 four NX6.test # five'
	asks 3 -4 nx.test 80
	expect_line err '  /etc/hosts has only an IPv6 address for it, and -4 asks for IPv4'
	asks 3 -l -6 nx6.test 0
	expect_line err '  /etc/hosts has only an IPv4 address for it, and -6 asks for IPv6'
	sources=files
	expect_cause name-family 3 -4 nx.test 80
	asks 3 -6 five 80
	expect_no_match err '/etc/hosts has'
}

@test "a name with letters beyond ASCII, and what only looks like an address" {
	asks 3 bücher.test 80
	expect_match err '^  the DNS has such names only in their ASCII form \(xn--'
	server='' asks 3 300.1.2.3 80
	expect_match err '^  it looks like an IPv4 address and is none, so it was looked up as a name'
}

@test "a server that fails, one that refuses" {
	asks 3 fail.test 80
	expect_line err 'handset: look-up of fail.test failed: Temporary failure in name resolution'
	expect_match err '^  the name server 192\.0\.2\.53 could not find out'
	expect_match err '^  192\.0\.2\.53: A and AAAA: SERVFAIL in [0-9.]+ ms$'
	asks 3 refuse.test 80
	expect_match err '^  the name server 192\.0\.2\.53 refused the query \(REFUSED\)'
	expect_cause name-server-refused 3 refuse.test 80
}

@test "a server that does not answer" {
	asks 3 mute.test 80
	expect_line err '  the name server 192.0.2.53 does not answer'
	expect_match err '^  192\.0\.2\.53: A and AAAA: no answer in [0-9.]+ (ms|s)$'
	expect_cause name-server-silent 3 mute.test 80
}

@test "-w ends a look-up, and the silent server is named" {
	conf='nameserver 192.0.2.53\n'
	timed asks 3 -w 1 mute.test 80
	expect_took 1000 4000
	expect_line err 'handset: look-up of mute.test failed: Connection timed out'
	expect_line err '  the phase that ran out is the name look-up: it did not end within 1 s'
	expect_line err '  the name server 192.0.2.53 does not answer'
	asks 5 --deadline 1 mute.test 80
	expect_line err '  the name server 192.0.2.53 does not answer'
}

@test "the family that holds things up is named" {
	conf='nameserver 192.0.2.53\n'
	asks 4 -v -w 4 mute6.test 1
	expect_match err '^look-up of mute6\.test: no IPv6 address after [0-9.]+ m?s$'
	expect_match err '^  192\.0\.2\.53: A: 1 address in [0-9.]+ ms; AAAA: no answer in [12][0-9.]* s$'
	expect_match err "^  its IPv6 address could not be looked up: 192\.0\.2\.53: A: 1 address"
}

@test "--stats has the time of the look-up although one family is still missing" {
	conf='nameserver 192.0.2.53\n'
	# shellcheck disable=SC2016 # the inner shell expands it
	both='"$0" -k -l -c "echo hello" 4444 2>/dev/null &
		until "$0" -z localhost 4444; do kill -0 $! || exit 99; done
		"$0" "$@"
		status=$?
		kill $!
		exit $status'
	real=$HANDSET
	HANDSET=/bin/bash asks 0 -c "$both" "$real" -d --stats mute6.test 4444
	expect_match out '^hello$'
	expect_match err '^  time: name [0-9.]+ m?s, connect '
}

@test "a family that is missing is told when it was waited for, and only then" {
	local _
	# shellcheck disable=SC2016 # the inner shell expands it
	both='"$0" -k -l 4444 2>/dev/null &
		until "$0" -z localhost 4444; do kill -0 $! || exit 99; done
		"$0" "$@"
		status=$?
		kill $!
		exit $status'
	real=$HANDSET
	conf='nameserver 192.0.2.53\n'
	HANDSET=/bin/bash asks 0 -c "$both" "$real" -v -w 5 -N late4.test 4444
	expect_match err '^Connection to late4\.test .* succeeded!$'
	expect_no_match err 'look-up'
	HANDSET=/bin/bash asks 0 -c "$both" "$real" -v -w 5 -N late6.test 4444
	expect_match err '^look-up of late6\.test: no answer for IPv6 after [5-9][0-9](\.[0-9]+)? ms, the other family is enough$'
	HANDSET=$real
	listen server -k -c 'echo hello' 0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		run_status 0 -v -N localhost "$port"
		expect_no_match err 'look-up'
	done
}

# The lines of a trace without what differs from run to run; the look-ups may come in either order.
without_numbers() {
	sed -E 's/^ *[0-9.]+ms/T/; s/<[0-9.]+ms>/<T>/; s/([a-z])\([0-9]+(,|\))/\1(N\2/; s/ = [0-9]+ / = N /; s/:[0-9]{4,5}([) ]|$)/:P\1/g
		s/ [0-9]+ bytes/ N bytes/; s/, [0-9]+ received/, N received/; s/ in [0-9.]+ m?s$/ in T/' | sort
}

@test "the first picture of README is what the program prints" {
	hosts='127.0.0.1 localhost\n::1 localhost'
	printf 'GET / HTTP/1.0\r\n\r\n' >request
	# shellcheck disable=SC2016 # the inner shell expands it
	both='"$1" play --port 8080 "until:\r\n\r\n" "say:HTTP/1.0 200 OK\r\n\r\nhello\n" >/dev/null &
		until grep -qs " 0100007F:1F90 .* 0A " /proc/net/tcp; do kill -0 $! || exit 99; done
		"$0" -vv localhost 8080 <request'
	real=$HANDSET
	HANDSET=/bin/bash asks 0 -c "$both" "$real" "$PEER"
	without_numbers <err >printed
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	sed -n '/^\$ handset -vv localhost 8080/,/^```/p' README.md | sed '1d;$d' | without_numbers | diff -u - "$DIR/printed"
}

@test "a slow look-up that succeeds is told with -v, and only then" {
	conf='nameserver 192.0.2.53\n'
	asks 5 -v -4 -l -w 3 slow.test 0
	expect_match err '^look-up of slow\.test took 1\.[0-9]+ s$'
	expect_match err '^  192\.0\.2\.53: A and AAAA: no answer in '
	asks 5 -4 -l -w 3 slow.test 0
	expect_no_match err 'look-up'
}

@test "-4 and -6 with a name that has the other family only" {
	asks 3 -4 v6.test 80
	expect_line err '  the name has only an IPv6 address, and -4 asks for IPv4'
	asks 3 -6 v4.test 80
	expect_line err '  the name has only an IPv4 address, and -6 asks for IPv6'
	expect_cause name-family 3 -6 v4.test 80
}

@test "a connect that fails says that the name has one family only" {
	asks 4 v4.test 1
	expect_line err '  the name has only an IPv4 address'
}

@test "a name that has only an IPv6 address, on a host without a route for it" {
	asks 6 v6.test 80
	expect_line err '  this host has no IPv6 route to 2001:db8::10'
	expect_line err '  the name has only an IPv6 address'
	expect_cause route-missing 6 v6.test 80
}

@test "no name server at all" {
	conf='' server=''
	asks 3 host.test 80
	expect_line err '  /etc/resolv.conf names no name server, and no name server runs on this host'
	expect_cause name-server-missing 3 host.test 80
}

@test "a name server that is no address, and no resolv.conf at all" {
	conf='nameserver ns.example\n' server=''
	asks 3 host.test 80
	expect_line err '  the name server of /etc/resolv.conf is no address: ns.example, and no name server runs on this host'
	expect_cause name-server-missing 3 host.test 80
}

@test "a slow look-up is told, too, when the connect fails" {
	conf='nameserver 192.0.2.53\n'
	asks 4 -v slow.test 1
	expect_match err '^look-up of slow\.test took [1-9]\.[0-9]+ s$'
	expect_match err '^handset: connect to slow\.test port 1 \(tcp\) failed: Connection refused$'
}

@test "--ping leaves the look-up out of the time of a failure" {
	conf='nameserver 192.0.2.53\n'
	asks 4 --ping=1 slow.test 1
	expect_match out '^1  slow\.test port 1 \(tcp\)  failed: Connection refused after [0-9]{1,3}(\.[0-9]+)? [mµ]?s$'
}

@test "name servers that cannot be reached" {
	conf='nameserver 192.0.2.53\nnameserver 198.51.100.1\n' server=''
	asks 3 host.test 80
	expect_line err '  none of the name servers can be reached'
	expect_match err '^  192\.0\.2\.53: A and AAAA: nobody listens on port 53 there \(ICMP port unreachable\)$'
	expect_line err '  198.51.100.1: A and AAAA: cannot be asked: Network is unreachable'
}

@test "the names that search domains make are told" {
	conf='nameserver 192.0.2.54\nnameserver 192.0.2.53\nsearch a.test b.test\noptions timeout:1 attempts:1\n'
	asks 3 nx 80
	expect_match err '^  192\.0\.2\.54: A and AAAA: nobody listens on port 53'
	expect_match err '^  also asked for, by the search domains: nx\.a\.test \(NXDOMAIN in [0-9.]+ ms\), nx\.b\.test \(NXDOMAIN'
}

@test "nsswitch.conf without dns, and a name in .local without multicast DNS" {
	sources='files'
	if has_musl; then
		asks 4 ok.test 80
		expect_no_match err nsswitch
	else
		asks 3 ok.test 80
		expect_line err '  no name server is asked: nsswitch.conf has no dns for hosts'
		expect_line err '  nsswitch.conf asks for hosts: files'
	fi
	sources='files dns'
	asks 3 printer.local 80
	expect_match err '^  names in \.local belong to multicast DNS'
}

@test "a name that the DNS cannot have" {
	asks 3 a..b 80
	expect_match err '^  the DNS has no such names'
}

@test "a good look-up asks nobody twice, and says nothing" {
	asks 4 -vv ok.test 1
	expect_no_match err 'SOCK_DGRAM'
	expect_no_match err 'nsswitch'
}

@test "a URL or white space in the place of a host is told" {
	run_status 2 http://example.test:80/path 80
	expect_line err '  that is a URL: give its host and its port, for instance example.test 80'
	run_status 2 http://localhost/
	expect_line err '  that is a URL: give its host and its port, for instance localhost 80'
	run_status 2 http://localhost/ 8080
	expect_line err '  that is a URL: give its host and its port, for instance localhost 8080'
	run_status 2 gopher://example.test/
	expect_line err '  that is a URL: give its host and its port, each by itself'
	run_status 2 https://user@example.test/
	expect_line err '  that is a URL: give its host and its port, for instance example.test 443'
	run_status 2 'example.test ' 80
	expect_line err '  there is white space in it, perhaps at its end'
	run_status 2 /run/socket 80
	expect_match err '^  a host has no path: -U'
}
