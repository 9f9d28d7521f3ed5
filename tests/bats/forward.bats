#!/usr/bin/env bats
# --to: each client is relayed to a target of its own connection.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

@test "a client of --to gets the answer of the target, half-close in both directions" {
	peer target late 'the late answer'
	listen proxy --to 127.0.0.1:"$port" 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'question'
	expect_equal stdout "$(cat out)" 'the late answer'
	ends proxy 0
}

@test "a megabyte goes through --to and back unchanged" {
	head -c 1000000 /dev/urandom >data
	peer target echo-many
	listen proxy --to 127.0.0.1:"$port" 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <data
	cmp out data
}

@test "clients of --to with -k are served at the same time" {
	peer target echo-many
	listen proxy -k --to localhost:"$port" 127.0.0.1 0
	start first "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q 'Connection received' proxy.err
	run_status 0 127.0.0.1 "$port" <<<'second'
	expect_line out second
}

@test "--max-conns 1 serves the second client after the first" {
	peer target echo-many
	listen proxy -k --max-conns 1 --to 127.0.0.1:"$port" 127.0.0.1 0
	start first "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q 'Connection received' proxy.err
	start second "$HANDSET" 127.0.0.1 "$port" <<<'waits'
	pause
	[ ! -f second.status ]
	signal first TERM
	ends second 0
	expect_line second.out waits
}

@test "--to a Unix socket, from a Unix socket" {
	peer target echo --path "$DIR/t"
	listen proxy --to "$DIR/t" -U "$DIR/l"
	run_status 0 -U "$DIR/l" <<<'hello'
	expect_line out hello
	ends proxy 0
}

# A relay with -k to a target that echoes, and the Python program on standard input, which knows its `pid` and has bulk(): a client for
# which much has been relayed.
with_bulk_clients() {
	local bulk='import re, fcntl, os, socket, sys, time
pid, port = sys.argv[1], int(sys.argv[2])
def bulk():
    client = socket.create_connection(("127.0.0.1", port), 20)
    for _ in range(8):
        client.sendall(bytes(100000))
        got = 0
        while got < 100000:
            got += len(client.recv(100000)) or sys.exit("the end")
    return client'
	peer target echo-many
	listen proxy -k --to "127.0.0.1:$port" 127.0.0.1 0
	python3 -c "$bulk"$'\n'"$(cat)" "$(cat proxy.pid)" "$port"
}

@test "relays that were bulk and are idle keep no buffer" {
	with_bulk_clients <<'END'
def resident():
    return int(re.search(r"RssAnon:\s+(\d+) kB", open(f"/proc/{pid}/status").read())[1])
clients = [bulk()]
before = resident()
clients += [bulk() for _ in range(20)]
grown = resident() - before
assert grown < 1000, f"{grown} KiB more"
END
}

# A user whose pipes hold 64 MiB gets tiny ones from then on (pipe(7)).
@test "few relays at a time have a large pipe" {
	with_bulk_clients <<'END'
def pipes():
    folder = f"/proc/{pid}/fd"
    names = [name for name in os.listdir(folder) if os.readlink(f"{folder}/{name}").startswith("pipe:")]
    sizes = {}
    for name in names:
        end = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NONBLOCK)
        sizes[os.fstat(end).st_ino] = fcntl.fcntl(end, fcntl.F_GETPIPE_SZ)
        os.close(end)
    return sorted(size for size in sizes.values() if size > 65536)
def expect(*wanted):
    limit = time.monotonic() + 20
    while True:
        try:
            got = pipes()
        except FileNotFoundError:
            got = "one that was closed meanwhile"
        if got == sorted(wanted):
            return
        assert time.monotonic() < limit, got
        time.sleep(0.02)
small, large = 1 << 18, 1 << 20
clients = [bulk() for _ in range(10)]
expect(*[small] * 4, *[large] * 16)
for client in clients[:4]:
    client.close()
expect(*[small] * 4, *[large] * 8)
clients.append(bulk())
expect(*[small] * 4, *[large] * 10)
END
}

@test "a client that closes a Unix socket while the target is dialed is let go, unless it has sent something" {
	timeout "$TIME_LIMIT" python3 -IS - "$HANDSET" <<-'END'
		import os, socket, subprocess, sys, time
		target = socket.socket()
		target.bind(("127.0.0.1", 0))
		target.listen(0)
		full = [socket.socket() for _ in range(4)]
		for sock in full:
		    sock.setblocking(False)
		    sock.connect_ex(target.getsockname())
		handset = subprocess.Popen([sys.argv[1], "-vlk", "--to", "127.0.0.1:%d" % target.getsockname()[1], "-U", "path"],
		                           stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
		def held():
		    return len(os.listdir("/proc/%d/fd" % handset.pid))
		def until(condition):
		    end = time.monotonic() + 5
		    while not condition():
		        assert time.monotonic() < end, held()
		        time.sleep(0.01)
		def join(said):
		    sock = socket.socket(socket.AF_UNIX)
		    sock.connect("path")
		    sock.send(said)
		    return sock
		assert b"Listening" in handset.stderr.readline()
		before = held()
		clients = [join(b"") for _ in range(5)] + [join(b"said")]
		until(lambda: held() == before + 12)
		for sock in clients:
		    sock.close()
		until(lambda: held() <= before + 2)
		time.sleep(0.2)
		assert held() == before + 2, held()
		handset.terminate()
		handset.wait(5)
	END
}

@test "a target that refuses is told as such and ends the client" {
	refused=$(refusing_port)
	listen proxy --to 127.0.0.1:"$refused" 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	ends proxy 4
	expect_line proxy.err "handset: connect to 127.0.0.1 port $refused (tcp) failed: Connection refused"
}

@test "a target that refuses does not end a listener with -k" {
	refused=$(refusing_port)
	listen proxy -k --to 127.0.0.1:"$refused" 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	run_status 0 -d 127.0.0.1 "$port"
	[ ! -f proxy.status ]
	expect_equal 'errors told' "$(grep -c 'failed: Connection refused' proxy.err)" 2
}

@test "a target that is the listener itself ends it, instead of client after client without end" {
	listen proxy -k --trace json --trace-file trace --to "$DIR/l" -U "$DIR/l"
	run_status 0 -d -U "$DIR/l"
	expect_empty out
	ends proxy 7
	expect_line proxy.err "handset: relay to $DIR/l (unix) failed: it is this listener itself"
	expect_match proxy.err 'next: give --to the address of the service'
	expect_match trace '"forward-loop"'
}

@test "a name that leads back to a listener of every address is found out after one round" {
	refused=$(refusing_port)
	listen proxy -k --to localhost:"$refused" "$refused"
	run_status 0 -d 127.0.0.2 "$port"
	ends proxy 7
	expect_line proxy.err "handset: relay to localhost port $refused (tcp) failed: it is this listener itself"
	[ "$(grep -c '^Connection received' proxy.err)" -le 3 ]
}

@test "a reset by the target is a reset for the client" {
	peer target rst data
	listen proxy --to 127.0.0.1:"$port" 127.0.0.1 0
	run_status 8 -d 127.0.0.1 "$port"
	expect_line out data
	ends proxy 8
}

@test "datagrams go through --to" {
	peer target udp-echo --count 1
	listen proxy -u -w 1 --to 127.0.0.1:"$port" 127.0.0.1 0
	run_status 0 -u -W 1 127.0.0.1 "$port" <<<'datagram'
	expect_line out datagram
	ends proxy 0
}

@test "--to wants a host and a port, or a path" {
	run_status 2 -l --to nonsense 127.0.0.1 0
	run_status 2 -l --to :80 127.0.0.1 0
	run_status 2 --to 127.0.0.1:80 127.0.0.1 80
}

@test "a target that cannot even be looked up ends its client, and no listener" {
	listen proxy -n -k --to localhost:80 127.0.0.1 0
	run_status 0 -d 127.0.0.1 "$port"
	run_status 0 -d 127.0.0.1 "$port"
	expect_running proxy
	expect_equal 'errors told' "$(grep -c '^handset: look-up of localhost failed: not a numeric address (-n)' proxy.err)" 2
}
