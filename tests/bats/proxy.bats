#!/usr/bin/env bats
# Proxies: real ones (microsocks, tinyproxy, ssh -D) and hostile ones.
# shellcheck disable=SC2154,SC2016 # helper.bash sets port and took_ms; ssh is an array of servers.bash
load helper
load servers

# What SOCKS5 proxies say when all is well.
METHOD='\x05\x00'
AGREED='\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00'

# A target that echoes, on $target.
target() {
	peer target echo-many
	target=$port
}

# ---- real proxies ----

@test "SOCKS5 through microsocks: a name, IPv4 and IPv6, each answers" {
	microsocks_start proxy
	proxy=$port
	# The proxy takes the first address of a name, and that may be of either family.
	listen target -k -c cat 0
	for host in localhost 127.0.0.1; do
		run_status 0 -x 127.0.0.1:"$proxy" --no-shutdown -W 1 "$host" "$port" <<<"by $host"
		expect_line out "by $host"
	done
	peer six -6 echo-many
	run_status 0 -x 127.0.0.1:"$proxy" -X 5 --no-shutdown -W 1 ::1 "$port" <<<'by ::1'
	expect_line out 'by ::1'
}

@test "SOCKS5 with a user name and password; who gives none or others is told so" {
	target
	microsocks_start proxy -u user -P 'pass word'
	run_status 0 --proxy "socks5://user:pass%20word@127.0.0.1:$port" --no-shutdown -W 1 127.0.0.1 "$target" <<<'in'
	expect_line out in
	HANDSET_PROXY_AUTH='user:pass word' run_status 0 -x 127.0.0.1:"$port" -z 127.0.0.1 "$target"
	HANDSET_PROXY_AUTH='other:pass word' run_status 0 -x 127.0.0.1:"$port" -P user -z 127.0.0.1 "$target"
	run_status 9 --proxy "socks5://user:wrong@127.0.0.1:$port" 127.0.0.1 "$target"
	expect_match err 'through proxy 127.0.0.1 port [0-9]+ \(socks5\) failed: the proxy says: Login rejected \(RFC 1929 status [0-9]+\)'
	run_status 9 -x 127.0.0.1:"$port" 127.0.0.1 "$target"
	expect_match err 'failed: the proxy says: No acceptable authentication method'
	expect_match err 'HANDSET_PROXY_AUTH'
}

@test "microsocks tells that the target refuses" {
	refused=$(refusing_port)
	microsocks_start proxy
	run_status 9 -x 127.0.0.1:"$port" 127.0.0.1 "$refused"
	expect_line err "handset: connect to 127.0.0.1 port $refused (tcp) through proxy 127.0.0.1 port $port (socks5) failed: the proxy says: Connection refused (SOCKS5 reply 5)"
}

@test "CONNECT through tinyproxy: a name and IPv6" {
	target
	tinyproxy_start proxy
	proxy=$port
	run_status 0 -X connect -x 127.0.0.1:"$proxy" --no-shutdown -W 1 -v localhost "$target" <<<'by name'
	expect_line out 'by name'
	expect_match err "^Connection to localhost $target port \[tcp/.*\] succeeded!$"
	peer six -6 echo-many
	run_status 0 --proxy http://127.0.0.1:"$proxy" --no-shutdown -W 1 ::1 "$port" <<<'by ::1'
	expect_line out 'by ::1'
}

@test "tinyproxy wants a login: 407 and Basic are told, and a login gets in" {
	target
	tinyproxy_start proxy 'BasicAuth user secret'
	run_status 9 --proxy 127.0.0.1:"$port" 127.0.0.1 "$target"
	expect_match err 'failed: the proxy says: 407 Proxy Authentication Required'
	expect_match err 'wants a login by Basic realm='
	run_status 9 --proxy 127.0.0.1:"$port" --proxy-auth user:wrong 127.0.0.1 "$target"
	expect_match err 'does not take this user name and password'
	run_status 0 --proxy 127.0.0.1:"$port" --proxy-auth user:secret --no-shutdown -W 1 127.0.0.1 "$target" <<<'in'
	expect_line out in
}

@test "tinyproxy does not allow the port: 403 in its own words" {
	target
	tinyproxy_start proxy 'ConnectPort 443'
	run_status 9 -X connect -x 127.0.0.1:"$port" 127.0.0.1 "$target"
	expect_match err 'failed: the proxy says: 403 '
}

@test "ssh -D is a proxy for SOCKS4, 4A and 5, half-close included" {
	target
	sshd_start sshd
	serve forwarder ssh "${ssh[@]}" -N -D 127.0.0.1:PORT -p "$port" "$(id -un)"@127.0.0.1
	for type in 4 4a 5; do
		run_status 0 -X "$type" -x 127.0.0.1:"$port" localhost "$target" <<<"type $type"
		expect_line out "type $type"
	done
	run_status 0 -X 5 --proxy-dns local -x 127.0.0.1:"$port" localhost "$target" <<<'looked up here'
	expect_line out 'looked up here'
	head -c 1000000 /dev/urandom >data
	run_status 0 -x 127.0.0.1:"$port" localhost "$target" <data
	expect_same data out
}

@test "a megabyte goes through a proxy and back unchanged, in every lane" {
	local play=(play 'until:\r\n\r\n' 'say:HTTP/1.1 200 OK\r\n\r\n' echo)
	head -c 1000000 /dev/urandom >data
	peer proxy "${play[@]}"
	run_status 0 --proxy 127.0.0.1:"$port" 127.0.0.1 80 <data
	expect_same data out
	peer proxy "${play[@]}"
	cp data copy
	"$HANDSET" --proxy 127.0.0.1:"$port" 127.0.0.1 80 <data 3>&- | cmp - copy
	peer proxy "${play[@]}"
	run_status 0 -vvv --trace-file trace --proxy 127.0.0.1:"$port" 127.0.0.1 80 <data
	expect_same data out
}

@test "--to reaches its target through a proxy" {
	target
	tinyproxy_start proxy
	listen forward -k --proxy 127.0.0.1:"$port" --to localhost:"$target" 127.0.0.1 0
	run_status 0 --no-shutdown -W 1 127.0.0.1 "$port" <<<'forwarded'
	expect_line out forwarded
}

@test "--to tells each client's proxy failure and goes on" {
	refused=$(refusing_port)
	microsocks_start proxy
	listen forward -k -x 127.0.0.1:"$port" --to 127.0.0.1:"$refused" 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	eventually grep -q 'SOCKS5 reply 5' forward.err
	run_status 0 -d 127.0.0.1 "$port"
	expect_running forward
}

# ---- what is said ----

@test "a proxy that is not there is told as the proxy, status 9" {
	refused=$(refusing_port)
	run_status 9 --trace json --trace-file trace -x 127.0.0.1:"$refused" example.invalid 80
	expect_match err "handset: connect to proxy 127.0.0.1 port $refused \(tcp\) failed: Connection refused"
	expect_match trace '"event":"error".*"status":9,"cause":"proxy-refused"'
}

@test "a proxy whose name has no address is told as the proxy" {
	run_status 9 -w 5 -x no-such-proxy.invalid 127.0.0.1 80
	expect_match err '^handset: look-up of proxy no-such-proxy.invalid failed: '
}

@test "a name goes to the proxy as it is, and --proxy-dns local gives it the address" {
	peer proxy play read:3 "say:$METHOD" read:19 "say:$AGREED"
	run_status 0 -x 127.0.0.1:"$port" -d name.invalid 80
	eventually test -f proxy.status
	expect_line proxy.out "b'\\x05\\x01\\x00\\x03\\x0cname.invalid\\x00P'"
	peer proxy play read:3 "say:$METHOD" read:10 "say:$AGREED"
	run_status 0 -x 127.0.0.1:"$port" --proxy-dns local -d localhost 80
	eventually test -f proxy.status
	expect_line proxy.out "b'\\x05\\x01\\x00\\x01\\x7f\\x00\\x00\\x01\\x00P'"
}

@test "--proxy-dns local: a name that does not resolve is the name's failure, status 3" {
	peer proxy play rest
	run_status 3 -w 8 -x 127.0.0.1:"$port" --proxy-dns local no-such-name.invalid 80
	expect_match err '^handset: look-up of no-such-name.invalid failed: '
}

@test "the words of SOCKS5 for every reply code, each with status 9" {
	while read -r code words; do
		peer proxy play read:3 "say:$METHOD" read:10 "say:\\x05\\x0$code\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"
		run_status 9 -x 127.0.0.1:"$port" 127.0.0.1 80
		expect_match err "the proxy says: $words \\(SOCKS5 reply $code\\)"
	done <<-'END'
		1 General SOCKS server failure
		2 Connection not allowed by ruleset
		3 Network unreachable
		4 Host unreachable
		5 Connection refused
		6 TTL expired
		7 Command not supported
		8 Address type not supported
		9 Unknown SOCKS5 error
	END
}

@test "the words of SOCKS4 for every reply code" {
	while read -r byte code words; do
		peer proxy play read:9 "say:\\x00\\x$byte\\x00\\x00\\x00\\x00\\x00\\x00"
		run_status 9 -X 4 -x 127.0.0.1:"$port" 127.0.0.1 80
		expect_match err "the proxy says: $words \\(SOCKS4 reply $code\\)"
	done <<-'END'
		5b 91 Request rejected or failed
		5c 92 Rejected: no identd on the client
		5d 93 Rejected: identd reports another user
		01 1 Unknown SOCKS4 error
	END
}

@test "what HTTP proxies say is told in their words" {
	while read -r status words; do
		peer proxy play 'until:\r\n\r\n' "say:HTTP/1.1 $status $words\\r\\nContent-Length: 3\\r\\n\\r\\nno\\n"
		run_status 9 -X connect -x 127.0.0.1:"$port" example.invalid 80
		expect_match err "failed: the proxy says: $status $words$"
	done <<-'END'
		400 Bad Request
		403 Filtered
		405 Not Allowed
		407 Authentication Required
		502 Bad Gateway
		503 Service Unavailable
		504 Gateway Timeout
	END
}

@test "SOCKS5 replies with a name or an IPv6 address agree, and the trace tells it" {
	for bound in '\x03\x09localhost' '\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'; do
		peer proxy play read:3 "say:$METHOD" read:10 "say:\\x05\\x00\\x00$bound\\x00PPEER"
		run_status 0 --trace json -d -x 127.0.0.1:"$port" 127.0.0.1 80
		expect_equal stdout "$(cat out)" PEER
		expect_match err '"event":"handshake".*"state":"agreed".*"bound":"(localhost|\[::1\]):80"'
	done
}

@test "the proxy itself has a name, or an IPv6 address, or both families to try" {
	peer proxy play read:3 "say:$METHOD" read:19 "say:${AGREED}by name"
	run_status 0 -d -x localhost:"$port" name.invalid 80
	expect_equal stdout "$(cat out)" 'by name'
	peer proxy -6 play read:3 "say:$METHOD" read:19 "say:${AGREED}by IPv6"
	run_status 0 -d --proxy "socks5://[::1]:$port" name.invalid http
	expect_equal stdout "$(cat out)" 'by IPv6'
}

# ---- bytes that come with the last reply ----

@test "the peer's first bytes, glued to a SOCKS5 reply, arrive in every lane" {
	local play=(play read:3 "say:$METHOD" read:10 "say:${AGREED}first" echo)
	peer proxy "${play[@]}"
	run_status 0 -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'-second'
	expect_equal 'to a file' "$(cat out)" first-second
	peer proxy "${play[@]}"
	expect_equal 'to a pipe' "$("$HANDSET" -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'-second' 3>&-)" first-second
	peer proxy "${play[@]}"
	run_status 0 -vvv --trace-file trace -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'-second'
	expect_equal traced "$(cat out)" first-second
	peer proxy "${play[@]}"
	listen forward -x 127.0.0.1:"$port" --to 127.0.0.1:80 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'-second'
	expect_equal 'through --to' "$(cat out)" first-second
}

@test "the peer's first bytes, glued to a header or to SOCKS4's reply, arrive" {
	peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 200 OK\r\nX: y\r\n\r\nSSH-2.0-first\r\n' echo
	run_status 0 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'second'
	expect_equal http "$(tr -d '\r' <out)" "$(printf 'SSH-2.0-first\nsecond')"
	peer proxy play read:9 'say:\x00\x5a\x00\x00\x00\x00\x00\x00first\n' echo
	run_status 0 -X 4 -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'second'
	expect_equal socks4 "$(cat out)" "$(printf 'first\nsecond')"
}

# ---- hostile proxies ----

@test "a handshake byte by byte is one all the same" {
	peer proxy play read:3 "drip:$METHOD" read:10 "drip:${AGREED}first" echo
	run_status 0 -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'-second'
	expect_equal stdout "$(cat out)" first-second
	peer proxy play 'until:\r\n\r\n' 'drip:HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nfirst' echo
	run_status 0 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80 <<<'-second'
	expect_equal stdout "$(cat out)" first-second
}

@test "a proxy that speaks another protocol is named with its first bytes" {
	while read -r type says name; do
		peer proxy play "say:$says" rest
		run_status 9 -w 5 -X "$type" -x 127.0.0.1:"$port" 127.0.0.1 80
		expect_match err "failed: Not the answer of an? (HTTP|SOCKS4|SOCKS5) proxy$"
		expect_match err "first bytes of its answer are \".*: so begins $name\$"
	done <<-'END'
		5 SSH-2.0-OpenSSH_9.2\r\n SSH
		4 HTTP/1.1\x20400\x20Bad\r\n HTTP
		connect \x05\xff SOCKS5
		connect \x15\x03\x01\x00\x02\x02\x0a TLS
		5 220\x20mail\r\n FTP or SMTP
	END
}

@test "a web server is not taken for a proxy" {
	peer proxy play read:3 'say:HTTP/1.1 400 Bad Request\r\n\r\n'
	run_status 9 --trace json --trace-file trace -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match trace '"cause":"proxy-protocol"'
	expect_match err 'so begins HTTP$'
}

@test "a proxy that closes or resets in mid-handshake is told as such" {
	peer proxy play read:3
	run_status 9 -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: the proxy closed the connection'
	expect_match err 'before it had answered anything'
	peer proxy play read:3 "say:$METHOD" read:10 'say:\x05'
	run_status 9 -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: the proxy closed the connection'
	peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 200 O' reset
	run_status 9 --trace json --trace-file trace -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: Connection reset by peer'
	expect_match trace '"errno":"ECONNRESET","status":9,"cause":"proxy-closed"'
}

@test "a header without an end is given up" {
	peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 200 OK\r\n' 'flood:X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'
	run_status 9 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: A header without an end'
	peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 ' 'flood:yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'
	run_status 9 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	ends proxy 0
}

@test "interim responses without an end are given up, too" {
	peer proxy play 'until:\r\n\r\n' 'flood:HTTP/1.1 100 Continue\r\n\r\n'
	run_status 9 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: A header without an end'
}

@test "random bytes end no run but with status 9" {
	for seed in 1 2 3 4 5 6 7 8; do
		bytes=$(python3 -c "import random; print(''.join('\\\\x%02x' % b for b in random.Random($seed).randbytes(300)))")
		peer proxy play "say:$bytes"
		run_status 9 -X "$(cut -d' ' -f$((seed % 4 + 1)) <<<'4 4a 5 connect')" -x 127.0.0.1:"$port" 127.0.0.1 80
	done
}

@test "a proxy that never answers is given up after -w, and named" {
	peer proxy hold
	for type in 4 5 connect; do
		timed run_status 9 -w 0.3 -X "$type" -x 127.0.0.1:"$port" 127.0.0.1 80
		[ "$took_ms" -ge 300 ]
		expect_match err 'failed: Connection timed out'
		expect_match err 'after 0.3 s, is the handshake: the proxy was reached and (has not answered|asked for)'
	done
}

@test "a proxy that does not tell how it went is given up at the deadline, status 5" {
	peer proxy play read:3 "say:$METHOD" rest
	run_status 5 --deadline 0.3 -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'asked for the target, and has not told how that went'
}

@test "a proxy without an answer to its SYN is a timeout of the proxy" {
	peer proxy full
	run_status 9 --trace json --trace-file trace -w 0.3 -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'connect to proxy 127.0.0.1 port [0-9]+ \(tcp\) failed: Connection timed out'
	expect_match trace '"cause":"proxy-timeout"'
}

@test "a proxy's words reach no terminal raw" {
	peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 403 \x1b[31m\x9b5m\x07No\r\nProxy-Status: \x1b]0;x\r\n\r\n'
	run_status 9 -vvv -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err '403 \\x1b\[31m'
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f\x9b]' err
	peer proxy play read:3 "say:$METHOD" read:10 'say:\x05\x00\x00\x03\x05\x1b[31m\x00P'
	run_status 0 -d -vv -x 127.0.0.1:"$port" 127.0.0.1 80
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f\x9b]' err
}

@test "passwords are in no trace" {
	secret=dont-tell-anybody
	encoded=$(printf 'user:%s' "$secret" | base64)
	for form in text json strace; do
		peer proxy play read:4 'say:\x05\x02' read:24 'say:\x01\x00' read:10 "say:$AGREED"
		run_status 0 -d -vvv --trace "$form" --proxy "socks5://user:$secret@127.0.0.1:$port" 127.0.0.1 80
		expect_no_match err "$secret"
		expect_match err 'user.*\*{17}'
		expect_match proxy.out "$secret"
		peer proxy play 'until:\r\n\r\n' 'say:HTTP/1.1 200 OK\r\n\r\n'
		run_status 0 -d -vvv --trace "$form" --proxy "http://user:$secret@127.0.0.1:$port" 127.0.0.1 80
		expect_no_match err "$secret|${encoded:0:8}"
		expect_match proxy.out "$encoded"
	done
}

@test "a password on the command line is hidden from ps" {
	peer proxy hold
	start client "$HANDSET" -w 20 -x 127.0.0.1:"$port" --proxy-auth user:hide-me 127.0.0.1 80
	eventually grep -qaF '************' /proc/"$(cat client.pid)"/cmdline
	run ! grep -qaF hide-me /proc/"$(cat client.pid)"/cmdline
}

@test "-z through a proxy: open, refused, and the words of -v" {
	target
	microsocks_start proxy
	run_status 0 -zv -x 127.0.0.1:"$port" 127.0.0.1 "$target"
	expect_match err "^Connection to 127.0.0.1 $target port \[tcp/.*\] succeeded!$"
	run_status 9 -z -x 127.0.0.1:"$port" 127.0.0.1 "$(refusing_port)"
	expect_empty err
}

@test "--stats tells how long the proxy took, and messages name the target" {
	peer proxy play read:3 "say:$METHOD" read:19 "say:$AGREED" reset
	run_status 8 -d --stats -x 127.0.0.1:"$port" name.invalid 80
	expect_match err 'receive from name.invalid port 80 \(tcp\) through proxy 127.0.0.1 port [0-9]+ \(socks5\) failed'
	expect_match err 'time: connect .*, proxy .*, transfer'
}

# ---- a password that is asked for ----

# Run COMMAND... on a terminal of its own, type TEXT (Python's escapes) when it asks for a password, and tell what it said, its
# status, and whether the terminal echoed: `on_terminal TEXT COMMAND...`.
on_terminal() {
	timeout "$TIME_LIMIT" python3 -IS - "$@" <<-'END'
	import fcntl, os, sys, termios, time
	text = sys.argv[1].encode().decode("unicode_escape").encode()
	master, slave = os.openpty()
	child = os.fork()
	if child == 0:
	    os.close(master)
	    os.setsid()
	    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
	    for fd in (0, 1, 2):
	        os.dup2(slave, fd)
	    os.execv(sys.argv[2], sys.argv[2:])
	echoes = lambda: bool(termios.tcgetattr(slave)[3] & termios.ECHO)
	said = b""
	while b": " not in said:
	    said += os.read(master, 1000)
	while echoes():
	    time.sleep(0.01)
	os.write(master, text)
	os.set_blocking(master, False)
	ended, status = 0, 0
	while not ended:
	    ended, status = os.waitpid(child, os.WNOHANG)
	    try:
	        said += os.read(master, 1000)
	    except BlockingIOError:
	        time.sleep(0.01)
	print("status", status & 0x7f and 128 + (status & 0x7f) or status >> 8)
	print("echo is", "on" if echoes() else "off")
	print("said", said)
	END
}

@test "-P without a password asks for it on the terminal, without an echo" {
	target
	microsocks_start proxy -u me -P 'pass word'
	on_terminal 'pass word\n' "$HANDSET" -x 127.0.0.1:"$port" -P me -z -vvv --trace-file trace 127.0.0.1 "$target" >out
	expect_line out 'status 0'
	expect_line out 'echo is on'
	expect_match out 'Proxy password for me@127\.0\.0\.1: '
	expect_no_match out 'pass word'
	expect_no_match trace 'pass word'
	on_terminal 'wrong\n' "$HANDSET" -x 127.0.0.1:"$port" -P me -z 127.0.0.1 "$target" >out
	expect_line out 'status 9'
	tinyproxy_start web 'BasicAuth me secret'
	on_terminal 'secret\n' "$HANDSET" -X connect -x 127.0.0.1:"$port" -P me -z 127.0.0.1 "$target" >out
	expect_line out 'status 0'
}

@test "the terminal echoes again whatever ends the question for a password" {
	# Nobody is connected to before there is one.
	for proxy in 5 connect; do
		on_terminal '\x03' "$HANDSET" -X "$proxy" -x 127.0.0.1:1 -P $'m\033e' 127.0.0.1 1 >out
		expect_line out 'status 130'
		expect_line out 'echo is on'
		expect_match out 'Proxy password for m\\\\x1be@127'
		expect_no_match out 'failed'
	done
	on_terminal '' "$HANDSET" --deadline 0.3 -x 127.0.0.1:1 -P me 127.0.0.1 1 >out
	expect_line out 'status 5'
	expect_line out 'echo is on'
	on_terminal '\n' "$HANDSET" -x 127.0.0.1:1 -P me 127.0.0.1 1 >out
	expect_line out 'status 2'
	expect_match out 'no password was given'
	on_terminal '\x04' "$HANDSET" -x 127.0.0.1:1 -P me 127.0.0.1 1 >out
	expect_line out 'status 2'
	on_terminal "$(printf '%0300d' 0)\\n" "$HANDSET" -x 127.0.0.1:1 -P me 127.0.0.1 1 >out
	expect_line out 'status 2'
	expect_match out 'the password is longer than 255 bytes'
}

@test "-P without a password and without a terminal is an error that says what to do" {
	refused=$(refusing_port)
	run -2 --separate-stderr setsid -w "$HANDSET" -x 127.0.0.1:"$refused" -P me 127.0.0.1 1
	expect_equal message "$stderr" 'handset: -P needs a password, and there is no terminal to ask on
  HANDSET_PROXY_AUTH=USER:PASSWORD in the environment gives one'
	# SOCKS4 takes none, an empty one is one, and with --to it is asked for at the start.
	run -9 setsid -w "$HANDSET" -X 4 -x 127.0.0.1:"$refused" -P me 127.0.0.1 1
	HANDSET_PROXY_AUTH=me: run -9 setsid -w "$HANDSET" -x 127.0.0.1:"$refused" -P me 127.0.0.1 1
	run -2 setsid -w "$HANDSET" -l --to 127.0.0.1:1 -x 127.0.0.1:"$refused" -P me 127.0.0.1 0
}

# ---- the command line ----

@test "what does not go together is refused clearly" {
	while IFS='|' read -r words message; do
		# shellcheck disable=SC2086 # the words are several
		run_status 2 $words
		expect_match err "$message"
	done <<-'END'
		-u -x 127.0.0.1 h 1|-u does not go through a proxy
		-U -x 127.0.0.1 /p|-U does not go through a proxy
		--path -x 127.0.0.1 h 1|--path does not go through a proxy
		-l -x 127.0.0.1 0|-l does not go through a proxy, but what --to connects to does
		-l -x 127.0.0.1 --to /p 0|a socket path .* is not reached through a proxy
		-X 5 h 1|-X needs a proxy
		-P me h 1|-P needs a proxy
		--proxy-dns local h 1|--proxy-dns needs a proxy
		-x 127.0.0.1 --proxy h h 1|-x and --proxy do not go together
		-X 6 -x 127.0.0.1 h 1|expected 4, 4a, 5, connect
		--proxy https://h h 1|bad URL for --proxy: expected socks4://
		--proxy socks5://h -X connect h 1|--proxy says socks5, and --proxy-type .-X. says http
		-X 4 --proxy-dns remote -x 127.0.0.1 h 1|a SOCKS4 proxy does not look names up
		-X 4 -x 127.0.0.1 ::1 1|SOCKS4 carries IPv4 addresses alone: ::1 needs -X 5
		-x 127.0.0.1 fe80::1%lo 1|means nothing to a proxy
		--proxy http://a%3ab:c@h h 1|a user name with a colon
		-x 127.0.0.1:0 h 1|bad address for -x
	END
}

@test "a bad URL is not shown, as there may be a password in it" {
	run_status 2 --proxy 'http://user:hush@host:port:x' h 1
	expect_no_match err hush
}
