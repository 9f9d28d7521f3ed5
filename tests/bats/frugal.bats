#!/usr/bin/env bats
# When all is well, nothing is asked of the kernel but what moves the data: evidence is gathered when something fails. The calls are
# those that strace sees; that of the dynamic linker are left out.
load helper

setup() {
	helper_setup
	command -v strace >/dev/null || skip 'strace is not installed'
	strace -qq -o try true 2>/dev/null || skip 'this user may not trace (ptrace)'
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

watch=(strace -qq -o calls -e "trace=%network,openat,open,ioctl")

# Run handset with ARGS under strace, a line on its standard input: `watched ARGS...`.
watched() {
	timeout -k 1 "$TIME_LIMIT" "${watch[@]}" "$HANDSET" "$@" >out 2>err 3>&- <<<'hello'
}

# The calls that do not move data, with the option where there is one: "setsockopt IPV6_RECVERR".
steps() {
	sed -nE '/^(recvfrom|sendto|recvmmsg|sendmmsg|openat|open)\(/d
		s/^([gs]etsockopt)\([0-9]+, [A-Z0-9_]+, ([A-Z0-9_]+),.*/\1 \2/p; t
		s/^([a-z0-9_]+)\(.*/\1/p' calls
}

# The steps are those of standard input, and nothing is read of /proc, /sys or /etc but what the loader needs.
expect_steps() {
	steps >had
	cat >wanted
	diff -u wanted had || return 1
	expect_no_match calls 'NETLINK|ERRQUEUE'
	[[ $HANDSET == *asan* ]] || expect_no_match calls '^open(at)?\([^"]*"(/proc|/sys|/etc/(hosts|services|resolv|nsswitch))'
}

@test "a connect and a relay over IPv4" {
	peer server echo
	watched 127.0.0.1 "$port"
	expect_line out hello
	expect_steps <<-'END'
		socket
		connect
		getsockopt SO_ERROR
		getsockname
		shutdown
	END
}

@test "a connect and a relay over IPv6" {
	peer server -6 echo
	watched ::1 "$port"
	expect_line out hello
	expect_steps <<-'END'
		socket
		setsockopt IPV6_RECVERR
		connect
		getsockopt SO_ERROR
		setsockopt IPV6_RECVERR
		getsockname
		shutdown
	END
}

@test "datagrams, and a Unix socket" {
	peer server udp-echo
	watched -u -W 1 127.0.0.1 "$port"
	expect_line out hello
	expect_steps <<-'END'
		socket
		connect
		getsockname
		setsockopt IP_RECVERR
	END
	peer other echo --path socket
	watched -U socket
	expect_line out hello
	expect_steps <<-'END'
		socket
		connect
		getsockname
		shutdown
	END
}

@test "a listener" {
	port=$(refusing_port)
	start server "${watch[@]}" "$HANDSET" -l 127.0.0.1 "$port"
	eventually listens_at "$port"
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server
	expect_line server.out hello
	expect_steps <<-'END'
		socket
		setsockopt SO_REUSEADDR
		bind
		listen
		getsockname
		accept4
	END
}

@test "a listener that forwards" {
	peer target echo
	target=$port
	port=$(refusing_port)
	start server "${watch[@]}" "$HANDSET" -l --to "127.0.0.1:$target" 127.0.0.1 "$port"
	eventually listens_at "$port"
	run_status 0 127.0.0.1 "$port" <<<'hello'
	expect_line out hello
	ends server
	expect_steps <<-'END'
		socket
		setsockopt SO_REUSEADDR
		bind
		listen
		getsockname
		accept4
		socket
		connect
		getsockopt SO_ERROR
		getsockname
		shutdown
		shutdown
	END
}

@test "each client after the first of a listener that keeps open" {
	port=$(refusing_port)
	start server strace -qq -o calls -e 'trace=%network,%desc' "$HANDSET" -l -k -d 127.0.0.1 "$port"
	eventually listens_at "$port"
	for _ in 1 2 3; do
		run_status 0 127.0.0.1 "$port" <<<'hello'
	done
	kill "$(pgrep -P "$(cat server.pid)")"
	ends server 143
	expect_equal 'what was said' "$(cat server.out)" "$(printf 'hello\nhello\nhello')"
	# A client may speak late, and is waited for then.
	awk -F '(' '$1 == "accept4" && ++clients > 2 { exit } clients == 2 && $1 !~ /^(poll|recvfrom)$/ { print $1 }' calls >had
	diff -u - had <<-'END'
		accept4
		write
		close
	END
	# It looks for the next one for a moment, and then sleeps.
	expect_match calls '^poll\(.*, 0\) += 0'
	expect_match calls '^poll\(.*, -1(\) += \? | <unfinished)'
}

listens_at() {
	[ -n "$(ss -Hltn "sport = :$1")" ]
}
