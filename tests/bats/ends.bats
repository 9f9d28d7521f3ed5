#!/usr/bin/env bats
# The ends of a relay as other programs mean them (handset(1), END OF INPUT): git and its like close pipes early, proxies and
# servers of jobs take a half-close for a hang-up. Each is tried with the real program; the states are in tests/unit/test_ends.c
# and tests/matrix.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016 # helper.bash sets port; each test is a subshell; inner shells expand what is quoted
load helper
load servers

# ---- git ----

# A repository with something in it, and a daemon on $git that serves it and takes pushes.
git_daemon() {
	needs git
	export GIT_CONFIG_GLOBAL=$DIR/gitconfig GIT_CONFIG_SYSTEM=/dev/null
	printf '[user]\n\tname = x\n\temail = x@example.net\n' >gitconfig
	git init -q repo
	head -c 300000 /dev/urandom >repo/data
	git -C repo add data
	git -C repo commit -q -m data
	git clone -q --bare repo bare.git
	serve daemon git daemon --base-path="$DIR" --export-all --enable=receive-pack --listen=127.0.0.1 --port=PORT "$DIR"
	git=$port
}

# ./proxy runs handset with ARGS, and keeps its status.
proxy_command() {
	printf '#!/bin/sh\n"%s" %s "$@"\nstatus=$?\necho $status >>"%s/statuses"\nexit $status\n' "$HANDSET" "$*" "$DIR" >proxy
	chmod +x proxy
	: >statuses
}

# Clone by ./proxy, COUNT times.
clones() {
	for ((i = 0; i < $1; i++)); do
		rm -rf clone
		timeout 20 git -c core.gitProxy="$DIR/proxy" clone -q git://127.0.0.1:"$git"/bare.git clone
		expect_same repo/data clone/data
	done
	all_well "$1"
}

# COUNT statuses are there, and each is 0.
all_well() {
	expect_equal 'statuses of the proxy command' "$(sort statuses | uniq -c | tr -s ' ')" " $1 0"
}

@test "git pushes through a proxy command, and none that arrived is reported as failed" {
	git_daemon
	proxy_command
	clones 1
	: >statuses
	for i in 1 2 3 4 5 6 7 8 9 10; do
		head -c 150000 /dev/urandom >clone/more
		git -C clone add more
		git -C clone commit -q -m "$i"
		timeout 20 git -C clone -c core.gitProxy="$DIR/proxy" push -q origin "HEAD:refs/heads/b$i"
	done
	all_well 10
	expect_equal 'branches that arrived' "$(git -C bare.git branch | grep -c ' b')" 10
}

@test "git clones and fetches by a proxy command leave no process behind" {
	git_daemon
	proxy_command
	clones 3
	git -C repo commit -q --allow-empty -m more
	git -C repo push -q "$DIR/bare.git" HEAD
	timeout 20 git -C clone -c core.gitProxy="$DIR/proxy" fetch -q
	all_well 4
	expect_equal 'heads' "$(git -C clone rev-parse FETCH_HEAD)" "$(git -C repo rev-parse HEAD)"
}

@test "git clones through a SOCKS proxy, which ends both directions when one ends" {
	needs microsocks
	git_daemon
	microsocks_start socks
	proxy_command -x 127.0.0.1:"$port"
	clones 3
	proxy_command --no-shutdown -x 127.0.0.1:"$port"
	clones 2
	start forward "$HANDSET" -v -lk --to 127.0.0.1:"$git" -x 127.0.0.1:"$port" 127.0.0.1 0
	eventually listens forward
	rm -rf clone
	timeout 20 git clone -q git://127.0.0.1:"$(sed -nE 's/^Listening on .* //p' forward.err)"/bare.git clone
	expect_same repo/data clone/data
}

@test "git clones through an HTTP proxy" {
	needs tinyproxy
	git_daemon
	tinyproxy_start web
	proxy_command --proxy http://127.0.0.1:"$port"
	clones 3
	proxy_command --no-shutdown --proxy http://127.0.0.1:"$port"
	clones 2
}

@test "through a proxy the write side stays open for 2 s, -v tells it, and -N shuts it down at once" {
	needs microsocks
	microsocks_start socks
	socks=$port
	peer server late 'the answer'
	timed run_status 0 -v -x 127.0.0.1:"$socks" 127.0.0.1 "$port" <<<'question'
	expect_match err '^the input has ended: the connection through the proxy is shut down when nothing has moved for 2 s'
	ends server
	expect_took 1950 9000
	peer server sink
	timed run_status 0 -v -N -x 127.0.0.1:"$socks" 127.0.0.1 "$port" <<<'question'
	expect_no_match err 'is shut down when'
	expect_took 0 1900
}

# ---- the reader of stdout ----

@test "rsync from a daemon through a proxy command ends, and the command with it" {
	needs rsync
	mkdir tree
	head -c 700000 /dev/urandom >tree/one
	printf '%s\n' 'use chroot = no' '[tree]' "path = $DIR/tree" >rsyncd.conf
	serve daemon rsync --daemon --no-detach --config="$DIR/rsyncd.conf" --address=127.0.0.1 --port=PORT
	proxy_command --no-shutdown
	for _ in 1 2 3; do
		RSYNC_CONNECT_PROG="$DIR/proxy %H $port" timeout 20 rsync -a rsync://127.0.0.1/tree/ down/
	done
	diff -r tree down
	eventually has_statuses 3
}

has_statuses() {
	[ "$(wc -l <statuses)" = "$1" ]
}

@test "handset | head ends with head, while the peer goes on or is silent" {
	peer server play 'say:one\ntwo\n' 'flood:more\n'
	for args in '' --no-shutdown -d; do
		status=0
		# shellcheck disable=SC2086 # words
		{ timeout 10 "$HANDSET" $args 127.0.0.1 "$port" < <(sleep 15) || echo $? >status; } | head -n 1 >out
		expect_equal out "$(cat out)" one
		expect_equal status "$(cat status)" 141
		peer server play 'say:one\ntwo\n' stop
	done
}

@test "what reads only its pipe leaves nothing behind while the peer is silent" {
	for _ in 1 2 3 4 5 6; do
		peer server silent $'one\n'
		timed timeout 10 bash -c '"$1" 127.0.0.1 "$2" <<<question | head -n 1' - "$HANDSET" "$port" >line
		expect_took 0 3000
		expect_line line one
		signal server KILL
		ends server 137
	done
}

# SIOCOUTQ of a Unix socket counts memory until the peer reads: 768 for 4 bytes.
@test "what was sent over a Unix socket has arrived, though the peer has not read it" {
	start server python3 -IS -c '
import socket
l = socket.socket(socket.AF_UNIX)
l.bind("deaf")
l.listen(9)
kept = []
while True:
    kept.append(l.accept())'
	eventually test -S deaf
	status=0
	timeout 10 "$HANDSET" -U deaf <<<end > >(sleep 0.2) 2>err || status=$?
	expect_equal 'status when the reader has gone' "$status" 0
	expect_empty err
	run_status 0 -w 0.2 -U deaf <<<end
	expect_empty err
	timed run_status 0 --send-only -U deaf <<<end
	expect_took 0 3000
	signal server KILL
	ends server 137
}

@test "--send-only does not mind that nobody reads" {
	peer server sink
	head -c 200000 /dev/zero >zeros
	"$HANDSET" --send-only 127.0.0.1 "$port" <zeros > >(:)
	ends server
	expect_match server.out '^200000 '
}

@test "a listener with -k ends with the reader of its output, between clients too" {
	start pipeline bash -c '{ "$1" -vlk 127.0.0.1 0 2>said <>never; echo $? >status; } | head -n 1' - "$HANDSET"
	eventually grep -q '^Listening' said
	port=$(sed -nE 's/^Listening on .* //p' said)
	run_status 0 -q 0 127.0.0.1 "$port" <<<'first'
	ends pipeline
	expect_line pipeline.out first
	expect_equal status "$(cat status)" 141
}

# ---- HTTP ----

# An HTTP server on $origin: /slow answers after half a second, /big with 50 MB.
origin_start() {
	cat >origin.py <<-'END'
		import http.server, sys, time
		class Handler(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def do_GET(self):
		        time.sleep(.5 if "slow" in self.path else 0)
		        body = b"x" * 50000000 if "big" in self.path else b"the answer\n"
		        self.send_response(200)
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		    def log_message(self, *args): pass
		http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
	END
	serve origin python3 -IS origin.py PORT
	origin=$port
}

# What REQUEST, in printf's notation, with ARGS for handset brings of the server on $port: `bring REQUEST ARGS...`.
bring() {
	local request=$1
	shift
	# shellcheck disable=SC2059 # it is a format
	printf "$request" | timeout -k 1 "$TIME_LIMIT" "$HANDSET" "$@" 127.0.0.1 "$port" >out 2>err
}

# A proxy on $port answers all kinds of requests.
answers() {
	bring 'GET /slow HTTP/1.0\r\n\r\n' -v
	expect_line out 'the answer'
	expect_match err '^the input, an HTTP request, has ended: '
	timed bring 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'
	expect_line out 'the answer'
	# The connection is kept alive: silent for 2 s.
	expect_took 2400 12000
	bring 'GET /big HTTP/1.0\r\n\r\n'
	[ "$(wc -c <out)" -gt 50000000 ]
	# From a file, and as the slow reader takes it.
	printf 'GET /big HTTP/1.0\r\n\r\n' >request
	"$HANDSET" 127.0.0.1 "$port" <request | { read -rn 1 first; sleep 2.5; echo "$first$(wc -c)"; } >count
	[ "$(tr -dc 0-9 <count)" -gt 50000000 ]
}

@test "nginx as a reverse proxy answers a request whose input has ended, and logs no hang-up" {
	needs nginx
	origin_start
	cat >nginx.base <<-END
		daemon off;
		master_process off;
		pid $DIR/nginx.id;
		error_log stderr crit;
		events {}
		http {
			access_log $DIR/access.log;
			client_body_temp_path $DIR/t1;
			proxy_temp_path $DIR/t2;
			fastcgi_temp_path $DIR/t3;
			uwsgi_temp_path $DIR/t4;
			scgi_temp_path $DIR/t5;
			server {
				listen 127.0.0.1:LISTEN;
				location / { proxy_pass http://127.0.0.1:$origin; }
			}
		}
	END
	serve nginx sh -c 'sed "s/LISTEN/$1/" nginx.base >nginx.conf && exec nginx -p "$PWD" -c "$PWD/nginx.conf"' sh PORT
	answers
	bring 'GET /slow\r\n'
	expect_line out 'the answer'
	expect_no_match access.log '" 499 '
	bring 'GET /slow HTTP/1.0\r\n\r\n' -N
	eventually grep -q '" 499 ' access.log
}

@test "haproxy with abortonclose answers, also behind a PROXY header" {
	needs haproxy
	origin_start
	cat >haproxy.base <<-END
		defaults
			mode http
			timeout connect 5s
			timeout client 30s
			timeout server 30s
			option abortonclose
		frontend plain
			bind 127.0.0.1:LISTEN
			default_backend origin
		frontend proxied
			bind unix@$DIR/proxied accept-proxy
			default_backend origin
		backend origin
			server one 127.0.0.1:$origin
	END
	serve haproxy sh -c 'sed "s/LISTEN/$1/" haproxy.base >haproxy.conf && exec haproxy -f haproxy.conf' sh PORT
	answers
	for header in 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n' '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0'; do
		# shellcheck disable=SC2059 # it is a format
		printf "${header}GET /slow HTTP/1.0\r\n\r\n" | timeout -k 1 "$TIME_LIMIT" "$HANDSET" -U proxied >out
		expect_line out 'the answer'
	done
}

@test "Apache as a reverse proxy answers" {
	modules=/usr/lib/apache2/modules
	[ -x /usr/sbin/apache2 ] && [ -f $modules/mod_proxy_http.so ] || skip 'apache2 is not installed'
	origin_start
	cat >apache.base <<-END
		ServerRoot $DIR
		DefaultRuntimeDir $DIR
		ServerName localhost
		PidFile $DIR/apache.id
		ErrorLog $DIR/apache.log
		Listen 127.0.0.1:LISTEN
		LoadModule mpm_event_module $modules/mod_mpm_event.so
		LoadModule authz_core_module $modules/mod_authz_core.so
		LoadModule proxy_module $modules/mod_proxy.so
		LoadModule proxy_http_module $modules/mod_proxy_http.so
		$([ "$(id -u)" != 0 ] || printf 'User nobody\nGroup nogroup\n')
		ProxyPass / http://127.0.0.1:$origin/
	END
	serve apache sh -c 'sed "s/LISTEN/$1/" apache.base >apache.conf && exec /usr/sbin/apache2 -X -f "$PWD/apache.conf"' sh PORT
	answers
}

@test "a plain server is shut down once its answer is silent, and other input at once" {
	origin_start
	answers
	peer server sink
	mkdir tree
	head -c 100000 /dev/urandom >tree/data
	timed bash -c 'tar c tree | "$1" 127.0.0.1 "$2"' - "$HANDSET" "$port"
	expect_took 0 1900
	ends server
	peer server late
	timed run_status 0 -vv 127.0.0.1 "$port" <<<'GETTING nowhere'
	expect_took 900 1990
	expect_match err 'shutdown\('
}

# ---- servers that take a half-close for a hang-up ----

@test "gearmand answers with --no-shutdown, and -v says why an answer is missing" {
	needs gearmand
	serve gearmand gearmand -L 127.0.0.1 -p PORT -l "$DIR/log" -P "$DIR/gearmand.id"
	local missing=0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		run_status 0 --no-shutdown -q 0.3 127.0.0.1 "$port" <<<'version'
		expect_match out '^OK '
		run_status 0 -v 127.0.0.1 "$port" <<<'version'
		[ -s out ] && continue
		missing=$((missing + 1))
		expect_match err '^127\.0\.0\.1 port [0-9]+ \(tcp\) has ended [0-9.]+ ms after our end of input.*see --no-shutdown'
	done
	echo "$missing of 10 answers are missing"
}

@test "redis: BLPOP and MONITOR go on with --no-shutdown, and -v tells of the end otherwise" {
	needs redis-server
	serve redis redis-server --port PORT --bind 127.0.0.1 --save '' --dir "$DIR"
	run_status 0 -v 127.0.0.1 "$port" < <(printf 'BLPOP key 5\r\n')
	expect_match err 'has ended [0-9.]+ ms after our end of input'
	start blpop "$HANDSET" --no-shutdown -q 10 -W 1 127.0.0.1 "$port" < <(printf 'BLPOP key 10\r\n')
	pause
	run_status 0 -q 0.2 127.0.0.1 "$port" < <(printf 'RPUSH key value\r\n')
	ends blpop
	expect_match blpop.out 'value'
	start monitor "$HANDSET" --no-shutdown 127.0.0.1 "$port" < <(printf 'MONITOR\r\n')
	eventually grep -q OK monitor.out
	run_status 0 -q 0.2 127.0.0.1 "$port" < <(printf 'GET key\r\n')
	eventually grep -q '"GET" "key"' monitor.out
	expect_running monitor
	signal monitor TERM
}

@test "a peer that is slow to end, or sends something, is not blamed" {
	peer server late 'the answer'
	run_status 0 -v 127.0.0.1 "$port" <<<'question'
	expect_no_match err 'hang-up'
	peer server late
	run_status 0 -v 127.0.0.1 "$port" <<<'question'
	expect_no_match err 'hang-up'
	peer server sink
	run_status 0 127.0.0.1 "$port" <<<'question'
	expect_empty err
}

@test "a serial console is recorded with /dev/null as input" {
	needs ser2net
	start pty python3 -IS -c '
import os, pty, time, tty
m, t = pty.openpty()
tty.setraw(t)
print(os.ttyname(t), flush=True)
while True:
    os.write(m, b"tick\n")
    time.sleep(.1)'
	eventually test -s pty.out
	cat >ser2net.base <<-END
		connection: &c
		  accepter: tcp,127.0.0.1,LISTEN
		  enable: on
		  connector: serialdev,$(cat pty.out),115200n81,local
	END
	serve ser2net sh -c 'sed "s/LISTEN/$1/" ser2net.base >ser2net.yaml && exec ser2net -n -c ser2net.yaml' sh PORT
	for input in /dev/null closed; do
		if [ $input = closed ]; then
			start record sh -c 'exec "$0" "$@" <&-' "$HANDSET" 127.0.0.1 "$port"
		else
			start record "$HANDSET" 127.0.0.1 "$port" <$input
		fi
		eventually grep -q tick record.out
		expect_running record
		signal record TERM
		eventually test -f record.status
	done
}

@test "-q after the connect, where stdin is /dev/null" {
	peer server silent hello
	timed run_status 0 -q 0.4 127.0.0.1 "$port"
	expect_took 380 4000
	expect_equal stdout "$(cat out)" hello
	listen keeper -q 0.4 127.0.0.1 0
	start client "$HANDSET" 127.0.0.1 "$port" <>never
	ends keeper
	signal client KILL
}

# ---- -w ----

@test "-w 0 sends what stdin has and ends: echo metric | handset -u -w0" {
	start statsd python3 -IS -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.settimeout(10)
print(s.getsockname()[1], flush=True)
for _ in range(30):
    print(s.recv(999), flush=True)'
	eventually test -s statsd.out
	port=$(head -n 1 statsd.out)
	for i in {1..30}; do
		echo "metric:$i|c" | timeout 5 "$HANDSET" -u -w0 127.0.0.1 "$port"
	done
	ends statsd
	expect_equal 'datagrams' "$(grep -c metric statsd.out)" 30
}

@test "-w 0 over TCP waits for the end of the input, and for nothing else" {
	peer server sink
	timed bash -c '{ echo one; sleep 0.5; head -c 100000 /dev/zero; } | "$1" -w 0 127.0.0.1 "$2"' - "$HANDSET" "$port"
	expect_took 480 5000
	ends server
	expect_match server.out '^100004 '
	peer other silent hello
	timed run_status 0 -w 0 127.0.0.1 "$port"
	expect_took 0 3000
	peer third silent
	timed timeout 10 python3 -IS - "$HANDSET" "$port" <<-'END'
		import os, pty, sys
		pid, master = pty.fork()
		if pid == 0:
		    os.execv(sys.argv[1], [sys.argv[1], "-w", "0", "127.0.0.1", sys.argv[2]])
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	expect_took 0 5000
}

@test "an input that -w cuts off is status 5 and told; one that has ended, is not read or is a terminal is not" {
	peer server sink
	timeout 10 bash -c '{ printf half; sleep 3; echo rest; } | { "$1" -w 0.5 127.0.0.1 "$2" 2>err; echo $? >status; }' - "$HANDSET" "$port"
	expect_equal status "$(cat status)" 5
	expect_match err '^  nothing moved for 0\.5 s, and standard input had not ended'
	echo question >file
	for input in /dev/null file; do
		peer "silent${input//\//-}" silent
		run_status 0 -w 0.3 127.0.0.1 "$port" <$input
	done
	peer other silent
	run_status 0 -d -w 0.3 127.0.0.1 "$port" <>never
}

# ---- resets ----

@test "a reset is told at once while stdout is stuck, and what had come is delivered when it is read in time" {
	timeout 20 python3 -IS - "$HANDSET" <<-'END'
		import os, socket, struct, subprocess, sys, time
		listening = socket.create_server(("127.0.0.1", 0))
		said_here, said = os.pipe()
		handset = subprocess.Popen([sys.argv[1], "-v", "127.0.0.1", str(listening.getsockname()[1])],
		                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
		peer = listening.accept()[0]
		peer.setblocking(False)
		last = time.monotonic()
		while time.monotonic() < last + 0.2:
		    try:
		        peer.send(b"x" * 65536)
		        last = time.monotonic()
		    except BlockingIOError:
		        time.sleep(0.01)
		peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		peer.close()
		start, text = time.monotonic(), b""
		while b"reset by peer" not in text:
		    text += os.read(said_here, 65536)
		assert time.monotonic() - start < 0.9, "the message was late"
		assert handset.poll() is None, "it has ended before its reader had a chance"
		got = len(handset.stdout.read())
		assert got > 100000, got
		assert handset.wait(5) == 8, handset.returncode
		os.close(said)
		text += os.read(said_here, 65536)
		assert text.count(b"reset by peer") == 1, text
	END
}

@test "what stdin brings for a peer that has closed is status 8, over a Unix socket too" {
	for path in '' "$DIR/socket"; do
		start server python3 -IS -c '
import socket, sys
l = socket.socket(socket.AF_UNIX) if sys.argv[1] else socket.socket()
l.bind(sys.argv[1] or ("127.0.0.1", 0))
l.listen(1)
print(sys.argv[1] or l.getsockname()[1], flush=True)
l.accept()[0].close()' "$path"
		eventually test -s server.out
		address=(127.0.0.1 "$(cat server.out)")
		[ -z "$path" ] || address=(-U "$path")
		status=0
		timeout 10 "$HANDSET" "${address[@]}" < <(sleep 0.5; echo one; sleep 0.3; echo two; sleep 3) 2>err || status=$?
		expect_equal status "$status" 8
		expect_match err 'failed: Connection reset by peer'
		ends server
	done
}

@test "what the peer had not acknowledged counts no FIN of ours" {
	start server2 python3 -IS -c '
import socket, struct
l = socket.socket()
l.bind(("127.0.0.1", 0))
l.listen(1)
print(l.getsockname()[1], flush=True)
c = l.accept()[0]
c.recv(99)
while c.recv(99):
    pass
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
c.close()'
	eventually test -s server2.out
	run_status 8 --stats 127.0.0.1 "$(cat server2.out)" < <(printf abc)
	expect_no_match err 'never acknowledged'
}
