#!/usr/bin/env bats
# -t: what a telnet server asks for is refused, and its commands are taken out of the output.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

setup() {
	helper_setup
	cat >server.py <<-'END'
		"""One client of a telnet server: `asks` and `flood` are what it does, see below."""
		import re, socket, sys, time
		IAC, DONT, DO, WONT, WILL = (bytes([n]) for n in (255, 254, 253, 252, 251))
		listener = socket.create_server(("127.0.0.1", 0))
		if sys.argv[1] == "flood":
		    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		print(listener.getsockname()[1], flush=True)
		client = listener.accept()[0]
		client.settimeout(15)

		def read(count):
		    data = client.recv(count, socket.MSG_WAITALL)
		    assert len(data) == count, data
		    return data

		if sys.argv[1] == "asks":
		    client.sendall(b"a" + IAC + DO + b"\x01b" + IAC + WILL + b"\x03" + IAC + b"\xfa\x18\x01\xff\xf0c")
		    assert read(6) == IAC + WONT + b"\x01" + IAC + DONT + b"\x03"
		    for byte in IAC + DO + b"\x2a" + IAC + IAC + IAC + WONT + b"\x01d":
		        client.sendall(bytes([byte]))
		        time.sleep(0.01)
		    assert read(3) == IAC + WONT + b"\x2a"
		else:
		    # It asks 200,000 times and reads nothing before: all replies come, in order, and all data between them.
		    asked = b"".join(IAC + DO + bytes([n % 251]) + b"x" for n in range(200000))
		    received = b""
		    client.setblocking(False)
		    sent = stuck = 0
		    while sent < len(asked):
		        try:
		            sent += client.send(asked[sent:])
		            stuck = 0
		        except BlockingIOError:
		            stuck += 1
		            time.sleep(0.001)
		            if stuck > 20:
		                try:
		                    received += client.recv(1000)
		                except BlockingIOError:
		                    pass
		    client.shutdown(socket.SHUT_WR)
		    client.settimeout(15)
		    while data := client.recv(65536):
		        received += data
		    replies = re.findall(rb"\xff\xfc(.)", received, re.S)
		    assert replies == [bytes([n % 251]) for n in range(200000)], len(replies)
		    data = re.sub(rb"\xff\xfc.", b"", received, flags=re.S)
		    sys.stderr.buffer.write(data)
		print("well", flush=True)
		client.close()
	END
}

telnet_server() {
	start server timeout "$TIME_LIMIT" python3 -IS server.py "$1"
	eventually test -s server.out
	port=$(cat server.out)
}

@test "DO is answered with WONT, WILL with DONT, and the output has the data alone" {
	telnet_server asks
	run_status 0 -t --exit-on-eof 127.0.0.1 "$port" 0<>never
	ends server 0
	expect_line server.out well
	printf 'abc\xffd' >want
	expect_same out want
}

@test "it is answered without standard input, too" {
	telnet_server asks
	run_status 0 -t -d 127.0.0.1 "$port"
	ends server 0
	expect_line server.out well
}

@test "a listener refuses as well" {
	listen server -t 127.0.0.1 0
	printf '\xff\xfd\x01hello\xff\xff' | run_status 0 127.0.0.1 "$port"
	ends server 0
	printf 'hello\xff' >want
	expect_same server.out want
}

@test "replies are not lost, and go between the data of standard input, when writes are short" {
	seq 200000 >data
	telnet_server flood
	run_status 0 -t --no-shutdown -O 4k 127.0.0.1 "$port" <data
	ends server 0
	expect_line server.out well
	expect_same server.err data
	expect_equal 'bytes of output' "$(stat -c %s out)" 200000
}

@test "replies are in a dump of what was sent, and commands in what was received" {
	telnet_server asks
	run_status 0 -t --hex-dump dump -d 127.0.0.1 "$port"
	expect_match dump '^> .* 00000000  ff fc 01 ff fe 03 '
	expect_match dump '^< .* 00000000  61 ff fd 01 62 ff fb 03  ff fa 18 01 ff ff f0 63 |^< .* 00000000  61 ff fd 01 62 ff fb 03  ff fa 18 01 ff f0 63 '
}

@test "-t wants a stream of which it is an end" {
	run_status 2 -t -u 127.0.0.1 23
	run_status 2 -t --recv-only 127.0.0.1 23
	run_status 2 -l -t --to 127.0.0.1:23 127.0.0.1 0
}
