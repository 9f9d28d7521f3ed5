#!/usr/bin/env bats
# -F: the connected socket is passed to the process at the other end of stdout.
# shellcheck disable=SC2154 # helper.bash and servers.bash set port, ssh and sshd
load helper
load servers

# Run handset with ARGS and a Unix socket as stdout, and talk over the socket that it passes.
receive() {
	timeout "$TIME_LIMIT" python3 -IS - "$HANDSET" "$@" <<-'END'
	import fcntl, os, socket, subprocess, sys
	ours, theirs = socket.socketpair()
	handset = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=theirs)
	theirs.close()
	data, fds, _, _ = socket.recv_fds(ours, 100, 2)
	print("status", handset.wait(), "bytes", len(data), "descriptors", len(fds))
	print("after it", ours.recv(100))
	passed = socket.socket(fileno=fds[0])
	print("nonblock" if fcntl.fcntl(fds[0], fcntl.F_GETFL) & os.O_NONBLOCK else "waits")
	passed.setblocking(True)
	passed.sendall(b"question\n")
	passed.shutdown(socket.SHUT_WR)
	print("answer", passed.recv(100))
	END
}

@test "-F passes one byte and the socket, which waits, and exits" {
	peer server late answer
	receive -F 127.0.0.1 "$port" >out
	expect_line out 'status 0 bytes 1 descriptors 1'
	expect_line out "after it b''"
	expect_line out waits
	expect_line out "answer b'answer'"
}

@test "-F passes a Unix socket too" {
	peer server echo --path "$DIR/s"
	receive -F -U "$port" >out
	expect_line out "answer b'question\\n'"
}

@test "-F needs a Unix socket as stdout" {
	peer server hold
	run_status 7 -F 127.0.0.1 "$port"
	expect_line err 'handset: pass the connection to standard output failed: Socket operation on non-socket'
	expect_match err '^  -F needs a Unix socket there'
	# It says so before it connects to anybody.
	run_status 7 -F 127.0.0.1 "$(refusing_port)"
	python3 -IS -c 'import socket, subprocess, sys
a = socket.create_server(("127.0.0.1", 0)); b = socket.create_connection(a.getsockname())
sys.exit(subprocess.run(sys.argv[1:], stdout=b, stderr=subprocess.DEVNULL).returncode)' "$HANDSET" -F 127.0.0.1 "$port" || status=$?
	expect_equal 'status with TCP as stdout' "$status" 7
}

@test "-F tells why it could not connect" {
	refused=$(refusing_port)
	python3 -IS -c 'import socket, subprocess, sys
a, b = socket.socketpair()
sys.exit(subprocess.run(sys.argv[1:], stdout=b).returncode)' "$HANDSET" -F 127.0.0.1 "$refused" 2>err || status=$?
	expect_equal status "$status" 4
	expect_line err "handset: connect to 127.0.0.1 port $refused (tcp) failed: Connection refused"
}

@test "-F and what needs the connection for itself do not go together" {
	for option in -l -z '-c x' '-e x' --why --path '-o x' '--hex-dump x' -C -t '-W 1' '--limit-rate 1k' --stats --send-only --recv-only; do
		# shellcheck disable=SC2086 # words
		run_status 2 -F $option 127.0.0.1 1
	done
}

@test "ssh with ProxyUseFdpass goes over a socket that handset has connected" {
	sshd_start sshd
	head -c 1000000 /dev/urandom >data
	ssh "${ssh[@]}" -o "ProxyCommand=$HANDSET -F %h %p" -o ProxyUseFdpass=yes -p "$port" "$(id -un)"@127.0.0.1 cat <data >copy
	expect_same data copy
}

@test "ssh with ProxyUseFdpass goes through a SOCKS proxy that handset has talked to" {
	sshd_start sshd
	sshd=$port
	microsocks_start socks
	ssh "${ssh[@]}" -o "ProxyCommand=$HANDSET -F -x 127.0.0.1:$port %h %p" -o ProxyUseFdpass=yes -p "$sshd" \
		"$(id -un)"@127.0.0.1 echo told >out
	expect_line out told
}
