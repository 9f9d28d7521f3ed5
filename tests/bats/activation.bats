#!/usr/bin/env bats
# Socket activation: sockets that systemd, or who else does as sd_listen_fds(3) says, hands over to `handset -l`.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Write $DIR/launch, which hands sockets over: `launch "KIND..." NAMES COMMAND...`.
launcher() {
	cat >launch <<-'END'
	import fcntl, os, socket, sys
	kinds, names, command = sys.argv[1], sys.argv[2], sys.argv[3:]
	def make(kind):
	    if kind == "tcp":
	        return socket.create_server(("127.0.0.1", 0))
	    if kind == "tcp6":
	        return socket.create_server(("::1", 0), family=socket.AF_INET6)
	    if kind in ("bound", "udp"):
	        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
	        sock.bind(("127.0.0.1", 0))
	        return sock
	    if kind == "unix":
	        sock = socket.socket(socket.AF_UNIX)
	        sock.bind("socket")
	        sock.listen()
	        return sock
	    if kind == "accepted":
	        server = socket.create_server(("127.0.0.1", 0))
	        print(server.getsockname()[1], file=open("port.new", "w"))
	        os.rename("port.new", "port")
	        return server.accept()[0]
	    return open("/dev/null")
	socks = [make(kind) for kind in kinds.split()]
	high = [fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD, 50) for sock in socks]
	for number, fd in enumerate(high):
	    os.dup2(fd, 3 + number)
	os.closerange(3 + len(high), 256)
	os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)))
	if names:
	    os.environ["LISTEN_FDNAMES"] = names
	os.execv(command[0], command)
	END
}

# Start a listener to which sockets are handed over, and set $port: `activate NAME "KIND..." ARGS...`.
activate() {
	launcher
	start "$1" python3 -IS launch "$2" "$names" "$HANDSET" -v -l "${@:3}" <&0
	eventually listens "$1"
	port=$(sed -nE 's/^Listening on (.* )?//p' "$1.err" | head -n 1)
}
names=''

# Hand sockets over and expect STATUS of it: `activated STATUS "KIND..." ARGS...`.
activated() {
	local status=0
	launcher
	timeout "$TIME_LIMIT" python3 -IS launch "$2" '' "$HANDSET" -l "${@:3}" >out 2>err 3>&- || status=$?
	expect_equal "exit status of handset -l ${*:3}" "$status" "$1"
}

@test "a socket that is handed over is listened on, without operands, and its name is told" {
	names=web.socket activate server tcp
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server 0
	expect_line server.out hello
	expect_line server.err 'Descriptor 3 was handed over: web.socket'
	expect_match server.err '^Connection received on 127\.0\.0\.1 [0-9]+$'
}

@test "clients of several sockets are served, and their programs know nothing of it" {
	names=a:b activate server 'tcp tcp6' -k -c 'env; ls /proc/self/fd'
	expect_line server.err 'Descriptor 4 was handed over: b'
	sed -nE 's/^Listening on //p' server.err >places
	expect_equal sockets "$(wc -l <places)" 2
	while read -r host port; do
		run_status 0 -d "$host" "$port"
		expect_line out PROTO=TCP
		expect_line out "TCPLOCALPORT=$port"
		expect_no_match out '^LISTEN_|^4$'
	done <places
}

@test "the trace shows what was handed over, and the call that makes it not wait" {
	launcher
	start server python3 -IS launch tcp web "$HANDSET" -l -v --trace json -vvv --trace-file trace
	eventually grep -q '^Listening' server.err
	port=$(sed -nE 's/^Listening on .* //p' server.err)
	run_status 0 127.0.0.1 "$port" < <(:)
	ends server 0
	python3 -IS - <<-'END'
	import json
	events = [json.loads(line) for line in open("trace")]
	given = [event for event in events if event["event"] == "handover"]
	assert [(event["fd"], event["name"], event["listens"]) for event in given] == [(3, "web", True)], given
	calls = [event for event in events if event["event"] == "syscall"]
	assert any(call["name"] == "ioctl" and call["args"]["request"] == "FIONBIO" for call in calls)
	assert not any(call["name"] in ("socket", "bind", "listen") for call in calls)
	END
}

@test "variables that are meant for another process are not looked at" {
	LISTEN_PID=1 LISTEN_FDS=1 run_status 2 -l
	expect_line err 'handset: no port: expected -l [HOST] PORT (try handset --help)'
	LISTEN_PID=1 LISTEN_FDS=1 listen server 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server 0
	expect_no_match server.err 'handed over'
}

@test "an operand may stand there too, when it is the socket's own port" {
	activate server tcp 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server 0
	activated 7 tcp 127.0.0.1 1
	expect_match err '^handset: take over 127\.0\.0\.1:[0-9]+ as port 1 failed: it has another port$'
}

@test "a Unix socket keeps its path, which is its owner's" {
	activate server unix -U
	expect_equal path "$port" socket
	run_status 0 -U socket <<<'hello'
	ends server 0
	expect_line server.out hello
	[ -S socket ]
}

@test "datagrams of a socket that is handed over" {
	activate server udp -u -k -e cat
	for text in one two; do
		run_status 0 -u -W 1 127.0.0.1 "$port" <<<"$text"
		expect_line out "$text"
	done
	signal server TERM
	activated 2 udp -u
	expect_match err 'a socket of datagrams that is handed over needs -k'
}

@test "a connection that is handed over is served, as with Accept=yes" {
	launcher
	start server python3 -IS launch accepted '' "$HANDSET" -v -l -e /bin/cat
	eventually test -f port
	run_status 0 127.0.0.1 "$(cat port)" <<<'hello'
	ends server 0
	expect_line out hello
	expect_match server.err '^Connection received on 127\.0\.0\.1 [0-9]+$'
	rm port
	start server python3 -IS launch accepted '' "$HANDSET" -v -l --deny 127.0.0.0/8
	eventually test -f port
	run_status 8 127.0.0.1 "$(cat port)"
	ends server 0
	rm port
	start server python3 -IS launch accepted '' "$HANDSET" -l -k
	eventually test -f port
	run_status 0 -d 127.0.0.1 "$(cat port)"
	ends server 2
	expect_match server.err '^handset: -k needs a socket that listens, and descriptor 3 is a connection'
}

@test "a socket that is not what the options ask for" {
	activated 7 tcp -U
	expect_line err 'handset: take over descriptor 3 failed: it is a socket of another kind (IPv4 tcp)'
	expect_match err '^  the options ask for unix: '
	activated 7 tcp -u -k
	activated 7 tcp -6
	activated 7 unix
	expect_match err 'another kind \(unix\)$'
	activated 7 'tcp null'
	expect_line err 'handset: take over descriptor 4 failed: Socket operation on non-socket'
	activated 7 bound
	expect_line err '  it neither listens nor is connected'
	activated 2 'udp udp' -u -k
	expect_match err '^handset: 2 sockets are handed over: '
	activated 2 'tcp tcp tcp tcp tcp tcp tcp tcp tcp'
	expect_line err 'handset: 9 sockets are handed over, 8 are the most'
}

@test "descriptors that are promised and not there" {
	# shellcheck disable=SC2016 # sh expands it
	run -2 sh -c 'exec 3>&-; LISTEN_PID=$$ LISTEN_FDS=1 exec "$1" -l 2>err' sh "$HANDSET"
	expect_line err 'handset: LISTEN_FDS says that descriptor 3 is handed over, but it is not open'
	# shellcheck disable=SC2016 # sh expands it
	run -2 sh -c 'LISTEN_PID=$$ LISTEN_FDS=many exec "$1" -l 2>err' sh "$HANDSET"
	expect_line err 'handset: LISTEN_FDS is "many": expected how many descriptors are handed over'
}

@test "systemd-socket-activate hands over a listener, and with -a a connection" {
	activator=(systemd-socket-activate)
	if ! "${activator[0]}" --help 2>/dev/null | grep -q -- --accept; then
		# What it does, on a system without it.
		launcher
		activator=(python3 -IS launch)
	fi
	for mode in '' -a; do
		rm -f socket
		if [ "${activator[0]}" != python3 ]; then
			# shellcheck disable=SC2086 # words
			start server "${activator[@]}" $mode -l "$DIR/socket" "$HANDSET" -v -l -U -e /bin/cat
		else
			[ -z "$mode" ] || break
			start server "${activator[@]}" unix '' "$HANDSET" -v -l -U -e /bin/cat
		fi
		eventually test -S socket
		run_status 0 -U socket <<<"hello $mode"
		expect_line out "hello $mode"
		eventually grep -q 'exited with status 0' server.err
		[ "$mode" = -a ] || ends server 0
		[ -z "$mode" ] || signal server TERM
	done
}
