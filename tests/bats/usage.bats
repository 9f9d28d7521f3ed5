#!/usr/bin/env bats
# Bad input: one clear line, and status 2 (3 for what is no address where only an address will do).
load helper

# handset ARGS... says exactly LINE, in this one line, and ends with STATUS.
refuses() {
	local status=$1 line=$2
	shift 2
	run_status "$status" "$@"
	expect_equal "what handset $* says" "$(head -n 1 err)" "handset: $line"
	expect_empty out
}

# The same without a line in between that would be a cause.
refuses_in_a_line() {
	refuses "$@"
	expect_equal 'lines on stderr' "$(wc -l <err)" 1
}

@test "options that are unknown, ambiguous, or lack their argument" {
	refuses_in_a_line 2 'unknown option --foobarbaz' --foobarbaz
	refuses_in_a_line 2 'unknown option -1' 127.0.0.1 -1
	refuses_in_a_line 2 'option --re is ambiguous: --recv-only, --recv-limit or --reuse-port' --re 127.0.0.1 80
	refuses_in_a_line 2 'option -w needs an argument (TIME)' 127.0.0.1 80 -w
	refuses_in_a_line 2 'option --wait needs an argument (TIME)' 127.0.0.1 80 --wait
	refuses_in_a_line 2 'option -p needs an argument (PORT)' -lp
	refuses_in_a_line 2 'option -p needs an argument (PORT), but -v follows it' -lp -v 80
	refuses_in_a_line 2 'option --nodns takes no argument' --nodns=yes 127.0.0.1 80
}

@test "a letter that means something else in another netcat is named when it leads to an error" {
	refuses 2 '443 has no port: expected HOST PORT or HOST:PORT' -c localhost 443
	expect_line err '  -c is --sh-exec here: run /bin/sh -c CMD on the connection'
	expect_match err "^  TLS, which is -c in OpenBSD's nc, is (--tls here|not in handset)$"
	refuses 2 'option -c needs an argument (CMD)' localhost 443 -c
	expect_match err "^  TLS, which is -c in OpenBSD's nc, is "
	refuses 2 'too many operands: expected HOST PORT, got 3' -d 1 localhost 80
	expect_line err '  -d is --no-stdin here: do not read stdin'
	expect_line err '  the pause between lines, which is -d in ncat, is --delay here'
	refuses 2 'bad MINTTL "500" for -m: expected a whole number from 0 to 255' -m 500 -l 1
	expect_line err '  -m here: smallest TTL accepted, 0 to 255'
	expect_line err '  how many clients at once, which is -m in ncat, is --max-conns here'
	refuses 2 'unknown option -K' -K key localhost 80
	expect_match err "^  the TLS key, which is -K in OpenBSD's nc, is "
	refuses 2 'unknown option -g' -g 127.0.0.1 localhost 80
	expect_line err '  loose source routing, which is -g in ncat, is not in handset'
	refuses_in_a_line 2 'localhost has no port: expected HOST PORT or HOST:PORT' -o file -w 3 localhost
	refuses 2 '-k needs -l' -k localhost 80
	expect_line err '  keepalive probes, which is -k in nc.traditional, is --keepalive here'
	refuses_in_a_line 2 '--keep-open needs -l' --keep-open localhost 80
	refuses_in_a_line 2 '443 has no port: expected HOST PORT or HOST:PORT' --sh-exec localhost 443
}

@test "an option that is not there gets a guess at what was meant" {
	refuses_in_a_line 2 'unknown option --lsten (did you mean --listen?)' --lsten 80
	refuses_in_a_line 2 'unknown option --ipv4 (did you mean -4?)' --ipv4 localhost 80
	refuses_in_a_line 2 'unknown option --ipv6 (did you mean -6?)' --ipv6 localhost 80
	refuses_in_a_line 2 'unknown option --v6 (did you mean -6?)' --v6 localhost 80
	refuses_in_a_line 2 'option --ver is ambiguous: --verbose or --version' --ver
	refuses_in_a_line 2 'unknown option -L (did you mean -l?)' -L 80
	run_status 2 --timeout 3 localhost 80
	expect_match err '^handset: unknown option --timeout \(did you mean -w TIME, --connect-timeout TIME, '
	run_status 2 --port 80 localhost
	expect_match err '^handset: unknown option --port \(the port is an operand: HOST PORT, '
	refuses 2 'bad TIME "sten" for -i: expected seconds, or 500ms, 2s, 1m, 1h' -listen 80
	expect_match err '^  -listen is read as letters \(did you mean --listen\?\)$'
}

@test "without TLS its options say so, and what speaks it" {
	for option in --ssl --ssl-verify --starttls; do
		refuses_in_a_line 2 \
			"unknown option $option (TLS is not built yet: openssl s_client -connect HOST:PORT speaks it)" $option h 443
	done
}

@test "values that are no times, sizes, numbers or names" {
	refuses_in_a_line 2 'bad TIME "abc" for -w: expected seconds, or 500ms, 2s, 1m, 1h' -w abc h 1
	refuses_in_a_line 2 'bad TIME "-1" for --deadline: expected seconds, or 500ms, 2s, 1m, 1h' --deadline -1 h 1
	refuses_in_a_line 2 'bad TIME "1x" for --idle-timeout: expected seconds, or 500ms, 2s, 1m, 1h' --idle-timeout 1x h 1
	for option in --wait --connect-timeout --idle-timeout --deadline --interval --user-timeout; do
		refuses_in_a_line 2 "bad TIME \"99999999999999999999999\" for $option: more than ten years" \
			$option 99999999999999999999999 h 1
		for time in inf nan 0x10; do
			refuses_in_a_line 2 "bad TIME \"$time\" for $option: expected seconds, or 500ms, 2s, 1m, 1h" $option $time h 1
		done
	done
	refuses_in_a_line 2 'bad N "abc" for --ping: expected a whole number from 1 to 2147483647' --ping=abc h 1
	refuses_in_a_line 2 'bad SECS "87661h" for -q: more than ten years' -q 87661h h 1
	refuses_in_a_line 2 'bad SIZE "4q" for -I: expected bytes, or 64k, 1M, less than 2G' -I 4q h 1
	refuses_in_a_line 2 'bad TTL "0" for -M: expected a whole number from 1 to 255' -M 0 h 1
	refuses_in_a_line 2 'bad TTL "256" for -M: expected a whole number from 1 to 255' -M 256 h 1
	refuses 2 'bad TOS "swift" for -T: expected a name such as lowdelay, cs1, af11 or ef, or 0 to 255' -T swift h 1
	refuses_in_a_line 2 'bad WHEN "?" for --color: expected auto, always or never' --color '?' h 1
	refuses_in_a_line 2 'bad N "18446744073709551617" for --mark: expected a whole number from 0 to 4294967295' \
		--mark 18446744073709551617 h 1
}

@test "operands that are missing, or too many" {
	refuses_in_a_line 2 'no host: expected HOST PORT (try handset --help)'
	refuses_in_a_line 2 'localhost has no port: expected HOST PORT or HOST:PORT' localhost
	refuses_in_a_line 2 '::1 has no port: expected ::1 PORT or [::1]:PORT' ::1
	refuses_in_a_line 2 '::1:80 has no port: expected ::1:80 PORT or [::1:80]:PORT' ::1:80
	refuses_in_a_line 2 '[::1] has no port: expected -l ::1 PORT or -l [::1]:PORT' -l '[::1]'
	refuses_in_a_line 2 'no port: expected -l [HOST] PORT (try handset --help)' -l
	refuses_in_a_line 2 '-U needs the path of a socket' -U
	refuses_in_a_line 2 '-U takes one path, not 2 operands' -U a b
}

@test "colons where none belong" {
	refuses_in_a_line 2 '"127.0.0.1:80:90" has several colons: expected HOST:PORT, or [IPV6]:PORT' 127.0.0.1:80:90
	refuses_in_a_line 2 '"127.0.0.1:80:90" has several colons: expected HOST:PORT, or [IPV6]:PORT' -l 127.0.0.1:80:90
	refuses_in_a_line 2 '"80:90" is no port: expected a number or the name of a service' '[::1]:80:90'
	refuses 2 '"localhost:80" is no host name or address' localhost:80 90
	expect_line err '  there is a port in it: expected HOST PORT, or HOST:PORT alone'
	refuses 2 '"1:2:3" is no host name or address' -l 1:2:3 90
	expect_line err '  there are colons in it, and it is no IPv6 address'
	refuses 2 '"127.0.0.1:5" is no host name or address' -s 127.0.0.1:5 127.0.0.1 90
}

@test "ports that are none" {
	refuses_in_a_line 2 'port 0 is out of range (1 to 65535)' 127.0.0.1 0
	refuses_in_a_line 2 'port 65536 is out of range (1 to 65535)' 127.0.0.1 65536
	refuses_in_a_line 2 'port 18446744073709551696 is out of range (1 to 65535)' 127.0.0.1 18446744073709551696
	refuses_in_a_line 2 'port 65536 is out of range (0 to 65535)' -l 65536
	refuses_in_a_line 2 '"" is no port: expected a number or the name of a service' 127.0.0.1 ''
	refuses_in_a_line 2 '"8 0" is no port: expected a number or the name of a service' 127.0.0.1 '8 0'
	refuses 3 'look-up of service no-such-service failed: Servname not supported' 127.0.0.1 no-such-service
}

@test "hosts that are none: control characters never reach the terminal" {
	refuses_in_a_line 2 '"" is no host name or address' '' 80
	refuses_in_a_line 2 '"a\x1b[31mb" is no host name or address' $'a\033[31mb' 80
	refuses 2 '"a\x0ab" is no host name or address' $'a\nb' 80
	long=$(printf '%0300d' 0)
	refuses_in_a_line 2 'host or port is too long: a host has at most 255 characters, a port 63' "$long" 80
}

@test "addresses that do not go with -4, -6 or -n" {
	refuses 3 'look-up of ::1 failed: it is an IPv6 address (-4)' -4 ::1 80
	refuses 3 'look-up of 127.0.0.1 failed: it is an IPv4 address (-6)' -6 127.0.0.1 80
	refuses 3 'look-up of localhost failed: not a numeric address (-n)' -n localhost 80
	refuses 3 'look-up of service http failed: not a numeric port (-n)' -n 127.0.0.1 http
}

@test "a link-local address without its interface is an error that names the candidates" {
	refuses 2 'fe80::1 is a link-local address and needs its interface: fe80::1%INTERFACE' fe80::1 80
	expect_match err '^  '
}

@test "paths of sockets that are too long or empty" {
	long=$(printf '%0108d' 0)
	refuses_in_a_line 2 "the socket path has 108 bytes, 107 are the most: $long" -U "$long"
	refuses_in_a_line 2 "the socket path has 108 bytes, 107 are the most: $long" -l -U "$long"
	refuses_in_a_line 2 'the socket path is empty' -U ''
}

@test "options that do not go together" {
	refuses_in_a_line 2 '-4 and -6 do not go together' -4 -6 127.0.0.1 80
	refuses 2 '-k needs -l' -k 127.0.0.1 80
	refuses_in_a_line 2 '--send-only and --recv-only do not go together' --send-only --recv-only 127.0.0.1 80
	refuses_in_a_line 2 '--seqpacket needs -U' --seqpacket 127.0.0.1 80
	refuses_in_a_line 2 '-N and --no-shutdown do not go together' -N --no-shutdown 127.0.0.1 80
}

@test "what would be left out of account is refused" {
	for option in -C '-i 1' '--delay 1' '-q 1' '-W 1' --recv-only --exit-on-eof --stats '--limit-rate 1k' -t; do
		for mode in --broker --chat; do
			# shellcheck disable=SC2086 # words
			run_status 2 -l $mode $option 127.0.0.1 0
			expect_match err "and $mode do not go together"
		done
	done
	for option in -C '-i 1' '--delay 1' -t -d; do
		# shellcheck disable=SC2086 # words
		run_status 2 -l --to 127.0.0.1:1 $option 127.0.0.1 0
		expect_match err 'do not go together'
	done
	for option in '-o x' '--hex-dump x'; do
		for mode in --why --path -z; do
			# shellcheck disable=SC2086 # words
			run_status 2 $mode $option 127.0.0.1 1
		done
	done
	run_status 2 --path --mptcp 127.0.0.1 1
	[ ! -e x ]
	refuses_in_a_line 2 '-o and --hex-dump name one file: dump' -o dump --hex-dump dump 127.0.0.1 1
	[ ! -e dump ]
	run_status 2 --hex-dump dump --trace-file dump 127.0.0.1 1
	expect_line err 'handset: --hex-dump and --trace-file name one file: dump'
}

@test "options may be abbreviated, and stand behind the operands" {
	run_status 4 127.0.0.1 "$(refusing_port)" --nodn
	run_status 0 --vers
}

@test "an error on the command line is told in the form of the trace that was asked for" {
	run_status 2 --trace json --proxy-auth user:secret -4 -6 127.0.0.1 80
	expect_no_match err 'secret'
	python3 -c '
import json
start, error = map(json.loads, open("err"))
assert start["event"] == "start" and error["event"] == "error" and error["status"] == 2, error'
}

@test "--help fits a screen of 24 lines, and says where more is" {
	run_status 0 --help
	[ "$(wc -l <out)" -le 24 ]
	expect_equal 'lines that are too long' "$(awk 'length > 79' out)" ''
	for word in 'handset HOST PORT' 'handset -l PORT' 'handset -z' -- --why --path -vv --help=all --help=TOPIC; do
		expect_match out "$word"
	done
	mv out first
	run_status 0 -h
	expect_same out first
}

@test "--help=TOPIC tells a group of options; an unknown one lists them" {
	run_status 0 --help=time
	expect_equal 'first line' "$(head -n 1 out)" 'Time limits:'
	expect_match out '^ +--deadline TIME '
	run grep -q -- --trace out
	expect_equal 'grep' "$status" 1
	mv out time
	run_status 0 --help time
	expect_same out time
	refuses_in_a_line 2 \
		'bad TOPIC "foo" for --help: expected mode, address, proxy, stream, time, socket, trace, general or all' --help=foo
}

@test "--help=all has a word for each exit status" {
	run_status 0 --help=all
	expect_equal 'statuses in --help=all' \
		"$(sed -n '/^Exit status:/,$p' out | grep -oE '[0-9] [a-z]' | cut -c 1 | sort | tr -d '\n')" 0123456789
}
