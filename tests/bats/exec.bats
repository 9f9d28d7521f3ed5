#!/usr/bin/env bats
# -e and -c: programs on a connection.
# shellcheck disable=SC2154 # helper.bash sets port
# shellcheck disable=SC2016 # the shell of -c expands
load helper

@test "-e runs a program on the connection of a listener" {
	listen server -e /bin/cat 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	expect_line out hello
	ends server 0
}

@test "-e splits its arguments at spaces and finds the program by PATH" {
	listen server -e 'tr a-z  A-Z' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	expect_line out HELLO
	ends server 0
}

@test "-c runs a command of the shell on our own connection" {
	peer server sink
	run_status 0 -c 'echo one; echo two' 127.0.0.1 "$port"
	ends server 0
	expect_match server.out '^8 '
	expect_empty out
}

@test "the end of the client's side reaches the program, and its late answer the client" {
	listen server -c 'cat >got; sleep 0.2; echo late' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'question'
	expect_line out late
	expect_line got question
	ends server 0
}

@test "the same when the data is seen" {
	listen server --idle-timeout 15 -c 'cat >got; sleep 0.2; echo late' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'question'
	expect_line out late
	expect_line got question
	ends server 0
}

@test "the exit status of the program is told, and becomes ours" {
	listen server -c 'exit 42' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port"
	ends server 42
	expect_match server.err '^Program on 127\.0\.0\.1 port [0-9]+ \(tcp\) exited with status 42$'
	peer sink sink
	run_status 3 -c 'exit 3' 127.0.0.1 "$port"
	expect_empty err
}

@test "the signal that ends the program is told, and becomes ours" {
	listen server -c 'kill -TERM $$' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port"
	ends server 143
	expect_match server.err '^Program on .* ended by signal 15 \(Terminated\)$'
}

@test "a program that is not there, or may not be run, is an error before anything is opened" {
	run_status 7 -v -l -k -e /nonexistent 127.0.0.1 0
	expect_equal 'what it says' "$(head -n 2 err)" 'handset: run /nonexistent failed: No such file or directory
  there is no such program, neither at that path nor in PATH'
	# Nobody listens there, and nobody is asked.
	# A folder of PATH that is closed to this user would be the reason (execvp(3)).
	PATH=/usr/bin:/bin run_status 7 -e no-such-program 127.0.0.1 "$(refusing_port)"
	expect_line err 'handset: run no-such-program failed: No such file or directory'
	run_status 7 -l -e "$DIR" 127.0.0.1 0
	expect_line err "handset: run $DIR failed: Permission denied"
	printf '#!/bin/sh\necho it runs\n' >program
	run_status 7 -l -e ./program 127.0.0.1 0
	expect_line err 'handset: run ./program failed: Permission denied'
	run_status 7 -l -e '  ' 127.0.0.1 0
	PATH=$DIR:$PATH run_status 7 -l -e 'program with words' 127.0.0.1 0
	expect_line err 'handset: run program with words failed: Permission denied'
	PATH=:$PATH: run_status 7 -l -e no-such-program 127.0.0.1 0
	mkdir later
	cp program later
	chmod +x later/program
	PATH=$DIR:$DIR/later:$PATH listen server -e 'program with words' 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	expect_line out 'it runs'
	ends server 0
}

@test "a program that goes away, or turns out to be none, ends no listener that keeps open" {
	printf '#!/nonexistent/interpreter\n' >program
	chmod +x program
	listen server -k -e ./program 127.0.0.1 0
	run_status 0 127.0.0.1 "$port"
	eventually grep -q 'run ./program failed: No such file or directory' server.err
	: >program
	run_status 0 127.0.0.1 "$port"
	eventually grep -q 'run ./program failed: Exec format error' server.err
	rm program
	run_status 0 127.0.0.1 "$port"
	expect_running server
	listen once -e /bin/true 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	ends once 0
}

@test "the program knows who is connected to whom" {
	TCPREMOTEHOST=stale LISTEN_FDS=1 listen server -c 'env' 127.0.0.1 0
	run_status 0 -p 0 127.0.0.1 "$port"
	expect_line out PROTO=TCP
	expect_line out TCPREMOTEIP=127.0.0.1
	expect_match out '^TCPREMOTEPORT=[0-9]+$'
	expect_line out TCPLOCALIP=127.0.0.1
	expect_line out "TCPLOCALPORT=$port"
	expect_no_match out 'stale|LISTEN_FDS'
}

@test "the program of a Unix socket knows its path and its peer" {
	listen server -c 'env' -U "$DIR/s"
	run_status 0 -U "$DIR/s"
	expect_line out PROTO=UNIX
	expect_line out "UNIXLOCALPATH=$DIR/s"
	expect_line out "UNIXREMOTEEUID=$(id -u)"
	ends server 0
	[ ! -e "$DIR/s" ]
}

@test "the program of a datagram socket serves its first sender" {
	listen server -u -c 'head -c 4; env' 127.0.0.1 0
	run_status 0 -u -W 2 127.0.0.1 "$port" <<<'abc'
	expect_line out abc
	expect_line out PROTO=UDP
	expect_match out '^UDPREMOTEPORT=[0-9]+$'
	ends server 0
}

@test "with -u and -k one program hears all senders and answers the last" {
	listen server -u -k -e cat 127.0.0.1 0
	run_status 0 -u -W 1 127.0.0.1 "$port" <<<'one'
	expect_line out one
	run_status 0 -u -W 1 127.0.0.1 "$port" <<<'two'
	expect_line out two
}

@test "the program has three descriptors, waits on them, and signals as usual" {
	cat >look <<-'END'
	import fcntl, os, signal
	print(*sorted(int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")))
	print(*("nonblock" if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK else "waits" for fd in (0, 1)))
	status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
	print("blocked", int(status["SigBlk"], 16))
	END
	for seen in '' --stats; do
		# A descriptor too many, as a careless caller leaves it behind.
		listen server $seen -c 'grep -E "^Sig(Blk|Ign)" /proc/self/status; exec python3 -IS look' 127.0.0.1 0 6</dev/null
		run_status 0 127.0.0.1 "$port"
		expect_line out '0 1 2'
		expect_line out 'waits waits'
		expect_line out 'blocked 0'
		# SIGPIPE is signal 13.
		ignored=$(sed -n 's/^SigIgn:\t//p' out)
		expect_equal 'SIGPIPE ignored' $((0x$ignored >> 12 & 1)) 0
		ends server 0
	done
}

@test "the program has three descriptors on kernels without close_range(2), too" {
	command -v strace >/dev/null || skip 'strace is not installed'
	strace -qq -o try -e trace=close_range -e inject=close_range:error=ENOSYS true 2>/dev/null || skip 'strace cannot make calls fail here'
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 start server \
		strace -f -qq -o calls -e trace=close_range -e inject=close_range:error=ENOSYS \
		"$HANDSET" -v -l -c 'echo /proc/self/fd/*' 127.0.0.1 0 6</dev/null
	eventually listens server
	port=$(sed -n 's/^Listening on .* //p' server.err)
	run_status 0 127.0.0.1 "$port"
	expect_match calls 'close_range\(3, .*ENOSYS'
	# The shell has the folder open while it reads it.
	expect_match out '^/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2( /proc/self/fd/3)?$'
	ends server 0
}

@test "stderr of the program is ours" {
	listen server -c 'echo aside >&2' 127.0.0.1 0
	run_status 0 127.0.0.1 "$port"
	ends server 0
	expect_line server.err aside
}

@test "a program that does not read its input loses none of its output" {
	head -c 300000 /dev/urandom >data
	for seen in '' --stats; do
		listen server $seen -c "cat $DIR/data" 127.0.0.1 0
		run_status 0 -d 127.0.0.1 "$port"
		expect_same out data
		ends server 0
	done
	# Nor does input that it leaves behind make a failure of ours.
	listen server --stats -c 'exec <&-; echo hello' 127.0.0.1 0
	run_status 0 --no-shutdown 127.0.0.1 "$port" <data || [ "$(cat out)" = hello ]
	ends server 0
	expect_no_match server.err failed
}

@test "a megabyte goes through a program and back, relayed or not" {
	head -c 1000000 /dev/urandom >data
	for seen in '' --stats -C; do
		listen server $seen -e /bin/cat 127.0.0.1 0
		run_status 0 127.0.0.1 "$port" <data
		[ "$seen" = -C ] || expect_same out data
		ends server 0
	done
}

@test "-C works on what the program writes" {
	listen server -C -c 'echo line' 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	expect_equal 'bytes' "$(od -An -c out | tr -d ' ')" 'line\r\n'
}

@test "clients with -k are served at the same time, and no zombie stays" {
	listen server -k -c 'echo hello; cat' 127.0.0.1 0
	for i in 1 2 3; do
		mkfifo "in$i"
		start "client$i" "$HANDSET" 127.0.0.1 "$port" <>"in$i"
		eventually grep -q hello "client$i.out"
	done
	for i in 1 2 3; do
		signal "client$i" TERM
	done
	eventually test "$(grep -c 'exited with status 0' server.err)" -eq 3 || :
	eventually no_children "$(cat server.pid)"
	expect_running server
}

no_children() {
	[ -z "$(cat "/proc/$1/task/$1/children")" ]
}

@test "200 clients at once with -k -c: all are answered, and no descriptor, process or memory stays" {
	listen server -k -c 'read -r line; echo "<$line>"' 127.0.0.1 0
	pid=$(cat server.pid)
	many_clients
	settled() { no_children "$pid" && [ "$(descriptors)" = "$(cat before)" ]; }
	eventually no_children "$pid"
	descriptors >before
	memory=$(resident)
	for _ in 1 2; do
		many_clients
		eventually settled
	done
	# The sanitizers keep what was freed.
	[ "$(resident)" -lt $((memory + 2000)) ] || nm "$HANDSET" | grep -q __asan_init
	expect_running server
}

descriptors() {
	find "/proc/$pid/fd" -mindepth 1 | wc -l
}

# In kilobytes.
resident() {
	sed -nE 's/^VmRSS:\s+([0-9]+) kB/\1/p' "/proc/$pid/status"
}

# 200 clients of the listener on $port, all of whom are connected before the first one speaks; each gets its answer.
many_clients() {
	answered=$(
		python3 -IS - "$port" <<-'END'
		import socket, sys
		socks = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20) for _ in range(200)]
		# All are connected before the first one speaks.
		for number, sock in enumerate(socks):
		    sock.sendall(b"%d\n" % number)
		good = 0
		for number, sock in enumerate(socks):
		    answer = b""
		    while part := sock.recv(100):
		        answer += part
		    good += answer == b"<%d>\n" % number
		print(good)
		END
	)
	expect_equal 'clients that got their answer' "$answered" 200
}

@test "--max-conns makes a client of -k -c wait for another to end" {
	listen server -k --max-conns 1 -c 'echo hello; cat' 127.0.0.1 0
	mkfifo in
	start first "$HANDSET" 127.0.0.1 "$port" <>in
	eventually grep -q hello first.out
	start second "$HANDSET" 127.0.0.1 "$port" <<<'waits'
	pause
	expect_empty second.out
	signal first TERM
	ends second 0
	expect_line second.out waits
}

@test "-w ends an idle program" {
	listen server -w 2 -c 'cat; exec sleep 100' 127.0.0.1 0
	mkfifo in
	start client "$HANDSET" 127.0.0.1 "$port" <>in
	ends server 0
	expect_match server.err '^idle for 2 s'
	expect_match server.err 'ended by signal 15'
	signal client TERM
}

@test "--deadline ends the run, and the program with it" {
	listen server --deadline 2 -c 'echo $$ >program; exec sleep 100' 127.0.0.1 0
	start client "$HANDSET" -d 127.0.0.1 "$port"
	ends server 5
	expect_match server.err '--deadline of 2 s'
	eventually ended "$(cat program)"
	ends client 0
}

ended() {
	! kill -0 "$1" 2>/dev/null || [ "$(sed -n 's/^State:\t//p' "/proc/$1/status" | cut -c1)" = Z ]
}

@test "a signal to handset ends the program too" {
	listen server -k -c 'echo $$ >program; echo hello; exec sleep 100' 127.0.0.1 0
	start client "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q hello client.out
	signal server TERM
	ends server 143
	eventually ended "$(cat program)"
}

@test "SIGUSR1 tells of the programs" {
	listen server -k -c 'echo hello; exec sleep 100' 127.0.0.1 0
	start client "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q hello client.out
	signal server USR1
	eventually grep -qE '^state: 127.0.0.1 port [0-9]+ \(tcp\): process [0-9]+ runs after' server.err
}

@test "-e and -c go with neither each other nor --to, --broker, -z and -d" {
	run_status 2 -e a -c b 127.0.0.1 1
	for option in '--to a:1' --broker --chat -d; do
		# shellcheck disable=SC2086 # words
		run_status 2 -l -e a $option 0
	done
	run_status 2 -z -e a 127.0.0.1 1
}

@test "a small inetd: rsync's daemon on -l -k -e" {
	command -v rsync >/dev/null || skip 'rsync is not installed'
	mkdir module copy
	head -c 100000 /dev/urandom >module/file
	printf '[m]\npath = %s/module\nuse chroot = no\nlog file = /dev/null\n' "$DIR" >conf
	listen server -k -e "rsync --server --daemon --config=$DIR/conf ." 127.0.0.1 0
	timeout 20 rsync -a "rsync://127.0.0.1:$port/m/" copy
	expect_same module/file copy/file
}
