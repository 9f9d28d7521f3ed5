#!/usr/bin/env bats
# Standard input, output and error as they may be handed over: closed, non-blocking, full, without a reader, a terminal.
# shellcheck disable=SC2154,SC2016 # helper.bash sets port; inner shells expand what stands in single quotes
load helper

# Descriptors that are closed at the start.

@test "without descriptor 0 there is no input: what the peer says is received, and nothing is shut down" {
	peer server say 'what it says'
	run_status 0 -vv 127.0.0.1 "$port" <&-
	expect_equal stdout "$(cat out)" 'what it says'
	ends server 0
	expect_match server.out '^0 '
	expect_no_match err 'shutdown\('
}

@test "without descriptor 1 what is received cannot be written: status 7, and the socket is not taken for stdout" {
	peer server say hello
	status=0
	timeout "$TIME_LIMIT" "$HANDSET" -d 127.0.0.1 "$port" 2>err >&- || status=$?
	expect_equal status "$status" 7
	expect_match err '^handset: write standard output failed: '
	expect_match err '^  .*closed'
	ends server 0
	expect_match server.out '^0 '
}

@test "a stdout that is open for reading only is told, not taken for the network's fault" {
	peer server say hello
	status=0
	timeout "$TIME_LIMIT" "$HANDSET" -d 127.0.0.1 "$port" 2>err 1</etc/passwd || status=$?
	expect_equal status "$status" 7
	expect_line err 'handset: write standard output failed: Bad file descriptor'
}

@test "without descriptor 1 a run that receives nothing succeeds" {
	peer server sink
	"$HANDSET" -w 5 127.0.0.1 "$port" 2>err >&- <<<'hello'
	ends server 0
	expect_match server.out '^6 '
	expect_empty err
}

@test "without descriptor 2 messages go nowhere, and not to the peer" {
	peer server echo
	"$HANDSET" -vvv 127.0.0.1 "$port" >out 2>&- <<<'hello'
	expect_equal stdout "$(cat out)" hello
	status=0
	"$HANDSET" 127.0.0.1 "$(refusing_port)" 2>&- || status=$?
	expect_equal status "$status" 4
}

@test "without any of them the connection works all the same, and gets none of what it brings" {
	peer server rst 'some data'
	status=0
	timeout "$TIME_LIMIT" "$HANDSET" -vvv 127.0.0.1 "$port" <&- >&- 2>&- || status=$?
	# 7: there is no stdout; 8: the reset was first
	[ "$status" = 7 ] || [ "$status" = 8 ] || expect_equal status "$status" '7 or 8'
	peer server2 say ''
	timeout "$TIME_LIMIT" "$HANDSET" -vvv 127.0.0.1 "$port" <&- >&- 2>&-
	ends server2 0
	expect_match server2.out '^0 '
}

# A listener without input, as from cron or systemd.

@test "a listener on /dev/null, or without stdin, does not shut down before its client ends" {
	listen server -vv 127.0.0.1 0
	start client "$PEER" half-close "$port" 'from cron'
	ends server 0
	ends client 0
	expect_equal 'what was received' "$(cat server.out)" 'from cron'
	expect_no_match server.err 'shutdown\('
	start server2 bash -c 'exec "$0" -vv -l 127.0.0.1 0 <&-' "$HANDSET"
	eventually listens server2
	port=$(sed -n 's/^Listening on .* //p' server2.err)
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server2 0
	expect_no_match server2.err 'shutdown\('
}

# Errors.

@test "a full disk is status 7 and told, in both roles" {
	peer server say hello
	status=0
	timeout "$TIME_LIMIT" "$HANDSET" -d 127.0.0.1 "$port" >/dev/full 2>err || status=$?
	expect_equal status "$status" 7
	expect_line err 'handset: write standard output failed: No space left on device'
	expect_match err '^  the file system is full'
	start server2 bash -c 'exec "$0" -v -l 127.0.0.1 0 >/dev/full' "$HANDSET"
	eventually listens server2
	port=$(sed -n 's/^Listening on .* //p' server2.err)
	timeout "$TIME_LIMIT" "$HANDSET" 127.0.0.1 "$port" <<<'hello' || :
	ends server2 7
	expect_line server2.err 'handset: write standard output failed: No space left on device'
}

@test "what cannot be read is status 7: a directory as stdin" {
	peer server sink
	run_status 7 127.0.0.1 "$port" <.
	expect_line err 'handset: read standard input failed: Is a directory'
}

@test "when the reader of stdout leaves, the run dies of SIGPIPE, with nothing said without -v" {
	mkfifo pipe
	listen server 127.0.0.1 0 < <(yes)
	start client bash -c '"$1" -d 127.0.0.1 "$2" | head -c 10 >/dev/null; exit "${PIPESTATUS[0]}"' bash "$HANDSET" "$port"
	ends client 141
	expect_empty client.err
	listen server2 127.0.0.1 0 < <(yes)
	start client2 bash -c '"$1" -v -d 127.0.0.1 "$2" | head -c 10 >/dev/null; exit "${PIPESTATUS[0]}"' bash "$HANDSET" "$port"
	ends client2 141
	expect_match client2.err '^handset: write standard output failed: Broken pipe$'
}

# O_NONBLOCK belongs to the open file description, and that to the shell as well.

@test "stdin and stdout may be non-blocking, and blocking ones stay so" {
	head -c 3000000 /dev/urandom >input
	for mode in nonblocking blocking; do
		peer echo echo
		python3 -IS - "$mode" "$HANDSET" 127.0.0.1 "$port" <<-'END'
			import fcntl, os, subprocess, sys, threading
			mode, command = sys.argv[1], sys.argv[2:]
			def pipe():
			    fds = os.pipe()
			    for fd in fds:
			        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
			        fcntl.fcntl(fd, fcntl.F_SETFL, flags | (os.O_NONBLOCK if mode == "nonblocking" else 0))
			    return fds
			(in_read, in_write), (out_read, out_write) = pipe(), pipe()
			before = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (in_read, out_write)]
			child = subprocess.Popen(command, stdin=in_read, stdout=out_write)
			# A child's view of its own stdin would not do: these are the same open file descriptions.
			os.set_blocking(in_write, True) if mode == "blocking" else None
			def feed():
			    data = open("input", "rb").read()
			    while data:
			        try:
			            data = data[os.write(in_write, data[:50000]):]
			        except BlockingIOError:
			            pass
			    os.close(in_write)
			threading.Thread(target=feed, daemon=True).start()
			got = bytearray()
			want = os.path.getsize("input")
			while len(got) < want:
			    try:
			        got += os.read(out_read, 70000)
			    except BlockingIOError:
			        pass
			assert child.wait(10) == 0, child.returncode
			assert got == open("input", "rb").read(), "the data differ"
			after = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (in_read, out_write)]
			assert before == after, (before, after)
		END
	done
}

# A terminal, which script(1) makes.

# Run handset with ARGS on a terminal, into the file `typescript`; its standard input is what is typed.
on_terminal() {
	local status=0
	timeout "$TIME_LIMIT" script -qefc "TERM=xterm $HANDSET $*" typescript >/dev/null 3>&- || status=$?
	tr -d '\r' <typescript >screen
	return "$status"
}

@test "on a terminal the peer's end of file ends the run at once" {
	peer server say 'good bye'
	on_terminal 127.0.0.1 "$port" <>never
	expect_match screen 'good bye'
	ends server 0
}

@test "what is typed on a terminal is sent by lines, and ^D is the end of input" {
	peer server late 'the answer'
	mkfifo typed
	exec 8<>typed
	on_terminal 127.0.0.1 "$port" <typed &
	printf 'one line\n' >&8
	eventually grep -q 'one line' typescript
	printf '\004' >&8
	ends server 0
	expect_line server.out "b'one line\\n'"
	eventually grep -q 'the answer' typescript
	exec 8>&-
	wait
}

@test "color is for terminals only, unless --color or NO_COLOR say otherwise" {
	local escape=$'\033\\['
	on_terminal -vv 127.0.0.1 "$(refusing_port)" <>never || :
	expect_match screen "$escape"
	NO_COLOR=1 on_terminal -vv 127.0.0.1 "$(refusing_port)" <>never || :
	expect_no_match screen "$escape"
	on_terminal -vv --color never 127.0.0.1 "$(refusing_port)" <>never || :
	expect_no_match screen "$escape"
	run_status 4 -vv 127.0.0.1 "$(refusing_port)"
	expect_no_match err "$escape"
	run_status 4 -vv --color always 127.0.0.1 "$(refusing_port)"
	expect_match err "$escape"
}
