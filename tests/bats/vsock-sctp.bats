#!/usr/bin/env bats
# --vsock and --sctp, on kernels that have them and on those that have not.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# What this kernel has of them: `sctp`, `vsock`, and `loopback` where a vsock connection to this machine itself works.
kernel_has() {
	python3 -IS - "$1" <<-'END'
	import socket, sys
	def sctp():
	    socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
	def vsock():
	    return socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
	def loopback():
	    server, client = vsock(), vsock()
	    server.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY))
	    server.listen()
	    client.settimeout(1)
	    client.connect((1, server.getsockname()[1]))
	try:
	    {"sctp": sctp, "vsock": vsock, "loopback": loopback}[sys.argv[1]]()
	except OSError:
	    sys.exit(1)
	END
}

# ---- vsock ----

@test "a kernel without vsock is an error that names the module" {
	if kernel_has vsock; then
		listen server --vsock 0
		expect_match server.err '^Listening on any [0-9]+$'
		signal server TERM
		return
	fi
	run_status 7 --vsock local 1
	expect_line err 'handset: open a socket (vsock) failed: Address family not supported by protocol'
	expect_line err '  this kernel has no vsock, or its module is not loaded (as root: modprobe vsock)'
	run_status 7 -l --vsock 0
	expect_match err 'modprobe vsock'
}

@test "a vsock port on which nobody listens" {
	if kernel_has loopback; then
		run_status 4 --vsock local 1
		expect_line err 'handset: connect to local (1) port 1 (vsock) failed: Connection reset by peer'
		expect_line err '  that machine answered: nothing listens on that port'
	elif kernel_has vsock; then
		# Without the module what is for CID 1 goes to the host, or nowhere.
		run_any '5 7' -w 1 --vsock local:1
		expect_match err '^handset: connect to local \(1\) port 1 \(vsock\) failed: '
		expect_match err '^  .*vsock_loopback'
	else
		run_status 7 --vsock local 1
	fi
}

@test "a vsock stream goes both ways, with half-close, and -v says between whom" {
	if ! kernel_has loopback; then
		run_any '5 7' -w 0.3 -l --vsock 0
		return
	fi
	listen server --vsock 0 <<<'answer'
	run_status 0 -v --vsock local "$port" <<<'question'
	ends server 0
	expect_line out answer
	expect_line server.out question
	expect_match server.err '^Connection received on [0-9]+ [0-9]+$'
	expect_line err "Connection to local (1) $port port [vsock/*] succeeded!"
	head -c 3000000 /dev/urandom >data
	listen server --vsock any:0
	run_status 0 --vsock 1:"$port" <data
	ends server 0
	expect_same data server.out
}

@test "-k, -c and --to with vsock" {
	if ! kernel_has loopback; then
		run_status 2 -l --to vsock:1 0
		return
	fi
	# shellcheck disable=SC2016 # the shell of -c expands it
	listen program -k --vsock -c 'cat; echo "$PROTO $VSOCKREMOTECID $VSOCKLOCALPORT"' 0
	vsock=$port
	for text in one two; do
		run_status 0 --vsock local "$vsock" <<<"$text"
		expect_line out "$text"
		expect_match out "^VSOCK [0-9]+ $vsock\$"
	done
	listen bridge -k --to vsock:local:"$vsock" 127.0.0.1 0
	tcp=$port
	run_status 0 127.0.0.1 "$tcp" <<<'over TCP'
	expect_line out 'over TCP'
	listen back -k --vsock --to 127.0.0.1:"$tcp" 0
	run_status 0 --vsock local "$port" <<<'there and back'
	expect_line out 'there and back'
}

@test "operands of vsock" {
	run_status 2 --vsock
	expect_line err 'handset: no CID: expected --vsock CID PORT'
	run_status 2 --vsock 3
	expect_line err 'handset: CID 3 has no port: expected CID PORT or CID:PORT'
	run_status 2 --vsock any 80
	expect_line err 'handset: "any" is no CID: expected a number, host, local or hypervisor'
	run_status 2 --vsock example.net 80
	expect_line err 'handset: "example.net" is no CID: expected a number, host, local or hypervisor'
	run_status 2 --vsock 1:4294967295
	expect_line err 'handset: "4294967295" is no port of vsock: expected a number from 1 to 4294967294'
	run_status 2 --vsock 1:0
	run_status 2 --vsock $'1\033[31m' 5
	expect_line err 'handset: "1\x1b[31m" is no CID: expected a number, host, local or hypervisor'
	run_status 2 -l --vsock
	expect_line err 'handset: no port: expected --vsock -l [CID] PORT'
	run_status 2 -l --vsock 3 4 5
	run_status 2 -l --vsock http
	expect_line err 'handset: "http" is no port of vsock: expected a number from 0 to 4294967294'
	run_status 2 -p x --vsock 1 5
	run_status 2 -l --to vsock:5 0
	expect_line err 'handset: bad TARGET "vsock:5" for --to: expected vsock:CID:PORT'
	run_status 2 -l --to vsock:any:5 0
	run_status 2 -l -u --to vsock:1:5 0
	run_status 2 -l -x p --to vsock:1:5 0
}

@test "what does not go together with --vsock and --sctp" {
	for option in -4 -6 -u -U --sctp --mptcp --why --path '-x p' '-s a' -r --nodelay '--interface lo'; do
		# shellcheck disable=SC2086 # words
		run_status 2 --vsock $option 1 5
		expect_match err 'do not go together'
	done
	run_status 2 -l --vsock --allow 127.0.0.1 0
	for option in -u -U --mptcp --why --path '-x p' --fastopen '--congestion reno'; do
		# shellcheck disable=SC2086 # words
		run_status 2 --sctp $option 127.0.0.1 5
		expect_match err 'do not go together'
	done
}

# As run_status, with one of several that it may be: `run_any '5 7' ARGS...`.
run_any() {
	local status=0
	timeout -k 1 "$TIME_LIMIT" "$HANDSET" "${@:2}" >out 2>err 3>&- || status=$?
	[[ " $1 " == *" $status "* ]] || expect_equal "exit status of handset ${*:2}" "$status" "$1"
}

# ---- SCTP ----

@test "a kernel without SCTP is an error that names the module" {
	if kernel_has sctp; then
		run_status 4 --sctp 127.0.0.1 "$(refusing_port)"
		expect_match err '^handset: connect to 127.0.0.1 port [0-9]+ \(sctp\) failed: Connection refused$'
		return
	fi
	run_status 7 --sctp 127.0.0.1 80
	expect_line err 'handset: open a socket (sctp) failed: Protocol not supported'
	expect_line err '  this kernel has no SCTP, or its module is not loaded (as root: modprobe sctp)'
	run_status 7 -l --sctp ::1 0
	expect_line err 'handset: open a socket (sctp, IPv6) failed: Protocol not supported'
}

@test "an SCTP association carries data both ways, with options of SCTP" {
	if ! kernel_has sctp; then
		run_status 7 --sctp --nodelay -l 127.0.0.1 0
		return
	fi
	head -c 500000 /dev/urandom >data
	for address in 127.0.0.1 ::1; do
		listen server --sctp --nodelay "$address" 0
		run_status 0 -v --sctp --nodelay -I 256k "$address" "$port" <data
		ends server 0
		expect_same data server.out
		expect_match err '\[sctp/\*\] succeeded!$'
	done
	# A message has to fit the send buffer.
	head -c 30000 data >part
	listen server --sctp 127.0.0.1 0
	run_status 0 --sctp -O 4k 127.0.0.1 "$port" <part
	ends server 0
	expect_same part server.out
	listen server -k --sctp -e /bin/cat 127.0.0.1 0
	run_status 0 --sctp --no-shutdown -W 1 127.0.0.1 "$port" <<<'hello'
	expect_line out hello
}
