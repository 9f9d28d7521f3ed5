#!/usr/bin/env bats
# Real programs talk through handset: ssh, scp, sftp, git, rsync, nginx, redis, curl, openssl.
# shellcheck disable=SC2154 # helper.bash and servers.bash set port, ssh and sshd
load helper
load servers

# An sshd on $sshd, which is reached by way of handset.
sshd_through() {
	sshd_start sshd
	sshd=$port
	through_handset ''
}

# Set in $through the options with which ssh goes through handset with ARGS, and make ./ssh-through a command that does.  The
# user's shell runs a ProxyCommand; %h and %p are ssh's own.
through_handset() {
	through=("${ssh[@]}" -o "ProxyCommand=$HANDSET $* %h %p")
	printf '#!/bin/sh\nexec ssh%s "$@"\n' "$(printf " '%s'" "${through[@]}")" >ssh-through
	chmod +x ssh-through
}

user=$(id -un)

# ---- ssh ----

@test "ssh with handset as its ProxyCommand runs commands, and takes their status" {
	sshd_through
	expect_equal answer "$(ssh "${through[@]}" -p "$sshd" "$user"@127.0.0.1 'cat; echo told' <<<'asked')" $'asked\ntold'
	run -7 ssh "${through[@]}" -p "$sshd" "$user"@127.0.0.1 'exit 7'
	head -c 3000000 /dev/urandom >data
	ssh "${through[@]}" -p "$sshd" "$user"@127.0.0.1 cat <data >copy
	expect_same data copy
}

@test "scp and sftp with handset as their ProxyCommand move files both ways" {
	sshd_through
	head -c 2000000 /dev/urandom >data
	scp -q "${through[@]}" -P "$sshd" data "$user"@127.0.0.1:"$DIR/up"
	scp -q "${through[@]}" -P "$sshd" "$user"@127.0.0.1:"$DIR/up" down
	expect_same data down
	sftp -q "${through[@]}" -P "$sshd" -b - "$user"@127.0.0.1 <<-END >/dev/null
		put data $DIR/up2
		get $DIR/up2 down2
	END
	expect_same data down2
}

@test "ssh through handset through SOCKS5 and through CONNECT" {
	sshd_through
	head -c 1000000 /dev/urandom >data
	microsocks_start socks
	through_handset -x 127.0.0.1:"$port"
	ssh "${through[@]}" -p "$sshd" "$user"@localhost cat <data >copy
	expect_same data copy
	tinyproxy_start web 'BasicAuth user secret'
	export HANDSET_PROXY_AUTH=user:secret
	through_handset --proxy http://127.0.0.1:"$port"
	scp -q "${through[@]}" -P "$sshd" data "$user"@localhost:"$DIR/up"
	expect_same data up
}

@test "ssh learns of a ProxyCommand that fails, and the user of the cause" {
	sshd_through
	refused=$(refusing_port)
	run -255 --separate-stderr ssh "${through[@]}" -p "$refused" "$user"@127.0.0.1 true
	expect_match <(printf '%s\n' "$stderr") "^handset: connect to 127.0.0.1 port $refused \(tcp\) failed: Connection refused"
}

# ---- git ----

# A repository with something in it, in $DIR/repo.
repository() {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	git init -q repo
	head -c 500000 /dev/urandom >repo/data
	git -C repo add data
	git -C repo -c user.name=x -c user.email=x@example.net commit -q -m data
}

@test "git clones, fetches and pushes over ssh through handset" {
	needs git
	sshd_through
	repository
	git clone -q --bare repo bare.git
	export GIT_SSH_COMMAND=$DIR/ssh-through
	git clone -q ssh://"$user"@127.0.0.1:"$sshd$DIR"/bare.git clone
	expect_same repo/data clone/data
	git -C clone -c user.name=x -c user.email=x@example.net commit -q --allow-empty -m more
	git -C clone push -q origin HEAD
	expect_equal pushed "$(git -C bare.git rev-parse HEAD)" "$(git -C clone rev-parse HEAD)"
}

@test "git clones by git:// with handset as its core.gitProxy" {
	needs git
	repository
	serve daemon git daemon --base-path="$DIR" --export-all --listen=127.0.0.1 --port=PORT "$DIR"
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$HANDSET" >proxy
	chmod +x proxy
	git -c core.gitProxy="$DIR/proxy" clone -q git://127.0.0.1:"$port"/repo clone
	expect_same repo/data clone/data
}

@test "git clones from git daemon as -l -k -e runs it, four at once" {
	needs git
	repository
	listen daemon -k -e "git daemon --inetd --base-path=$DIR --export-all $DIR" 127.0.0.1 0
	seq 4 | timeout 60 xargs -P 4 -I N git clone -q git://127.0.0.1:"$port"/repo clone.N
	for clone in clone.*; do
		expect_same repo/data "$clone/data"
	done
}

# ---- rsync ----

@test "rsync over ssh through handset" {
	needs rsync
	sshd_through
	mkdir tree
	head -c 700000 /dev/urandom >tree/one
	echo two >tree/two
	rsync -a -e "$DIR/ssh-through -p $sshd" tree/ "$user"@127.0.0.1:"$DIR/up/"
	diff -r tree up
}

@test "rsync from a daemon with handset as its RSYNC_CONNECT_PROG" {
	needs rsync
	mkdir tree
	head -c 700000 /dev/urandom >tree/one
	printf '%s\n' 'use chroot = no' '[tree]' "path = $DIR/tree" >rsyncd.conf
	serve daemon rsync --daemon --no-detach --config="$DIR/rsyncd.conf" --address=127.0.0.1 --port=PORT
	RSYNC_CONNECT_PROG="$HANDSET %H $port" rsync -a rsync://127.0.0.1/tree/ down/
	diff -r tree down
}

# ---- nginx ----

# nginx with the files of $DIR/www, on $port.
nginx_start() {
	needs nginx
	mkdir -p www
	cat >"$DIR/nginx.base" <<-END
		daemon off;
		master_process off;
		pid $DIR/nginx.id;
		error_log stderr warn;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path $DIR/t1; proxy_temp_path $DIR/t2; fastcgi_temp_path $DIR/t3;
			uwsgi_temp_path $DIR/t4; scgi_temp_path $DIR/t5;
			server { listen 127.0.0.1:HERE; root $DIR/www; }
		}
	END
	# shellcheck disable=SC2016 # the inner shell expands it
	serve nginx sh -c 'sed "s/HERE/$1/" "$2.base" >"$2.conf" && exec nginx -p "${2%/*}" -c "$2.conf"' sh PORT "$DIR/nginx"
}

@test "HTTP by hand from nginx: a request with -C, and the whole of a large answer" {
	nginx_start
	head -c 2000000 /dev/urandom >www/data
	printf 'GET /data HTTP/1.0\n\n' | "$HANDSET" -C 127.0.0.1 "$port" >answer
	expect_match <(head -n 1 answer | tr -d '\r') '^HTTP/1.1 200 OK$'
	expect_same www/data <(tail -c 2000000 answer)
}

@test "two requests on one connection to nginx get two answers" {
	nginx_start
	echo one >www/one
	echo two >www/two
	printf 'GET /one HTTP/1.1\nHost: x\n\nGET /two HTTP/1.1\nHost: x\nConnection: close\n\n' >requests
	run_status 0 -C 127.0.0.1 "$port" <requests
	expect_line out one
	expect_line out two
}

@test "nginx is not taken for a proxy" {
	nginx_start
	run_status 9 -X connect -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err 'failed: the proxy says: (400 Bad Request|405 Not Allowed)$'
	run_status 9 -X 5 -x 127.0.0.1:"$port" 127.0.0.1 80
	expect_match err '(so begins HTTP|the proxy closed the connection)'
}

# ---- redis ----

@test "redis answers over TCP and over its Unix socket, pipelined commands in order" {
	needs redis-server
	serve redis redis-server --bind 127.0.0.1 --port PORT --unixsocket "$DIR/redis.sock" --save '' --dir "$DIR"
	printf 'PING\nSET key value\nGET key\nINCR n\nINCR n\nQUIT\n' >commands
	run_status 0 -C 127.0.0.1 "$port" <commands
	expect_equal answers "$(tr -d '\r' <out)" $'+PONG\n+OK\n$5\nvalue\n:1\n:2\n+OK'
	printf 'GET key\nQUIT\n' >commands
	run_status 0 -C -U "$DIR/redis.sock" <commands
	expect_equal answers "$(tr -d '\r' <out)" $'$5\nvalue\n+OK'
}

@test "redis behind its Unix socket is there on a TCP port, for many clients at once" {
	needs redis-server redis-benchmark
	serve redis redis-server --bind 127.0.0.1 --port PORT --unixsocket "$DIR/redis.sock" --save '' --dir "$DIR"
	listen bridge -k --to "$DIR/redis.sock" 127.0.0.1 0
	timeout 60 redis-benchmark -q -h 127.0.0.1 -p "$port" -c 40 -n 2000 -t incr >bench
	expect_equal 'the count' "$(printf 'GET counter:__rand_int__\nQUIT\n' | "$HANDSET" -C -U "$DIR/redis.sock" | sed -n 2p | tr -d '\r')" 2000
}

# ---- curl against a listener ----

@test "curl gets the answer that a listener's stdin has, and its request is on stdout" {
	needs curl
	printf 'HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n' >answer
	listen server 127.0.0.1 0 <answer
	expect_equal body "$(curl -sS --max-time 10 -A tests http://127.0.0.1:"$port"/path)" hello
	ends server 0
	expect_line <(tr -d '\r' <server.out) 'GET /path HTTP/1.1'
	expect_line <(tr -d '\r' <server.out) 'User-Agent: tests'
}

@test "curl uploads a megabyte to a listener, whole" {
	needs curl
	head -c 1000000 /dev/urandom >data
	mkfifo answer
	exec 7<>answer
	listen server --exit-on-eof 127.0.0.1 0 <answer
	start curl curl -sS --max-time 20 -H Expect: --data-binary @data http://127.0.0.1:"$port"/up
	arrived() { [ "$(stat -c %s server.out)" -gt 1000000 ]; }
	eventually arrived
	printf 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n' >&7
	ends curl 0
	ends server 0
	expect_same data <(tail -c 1000000 server.out)
}

@test "curl by way of -l -k --to: many downloads from nginx at once, each whole" {
	needs curl
	nginx_start
	head -c 300000 /dev/urandom >www/data
	listen forward -k --to 127.0.0.1:"$port" 127.0.0.1 0
	seq 20 | timeout 60 xargs -P 10 -I N curl -sS --max-time 30 -o copy.N http://127.0.0.1:"$port"/data
	for copy in copy.*; do
		cmp www/data "$copy"
	done
}

@test "curl gets from a server that is a line of shell, forty times at once" {
	needs curl
	cat >answer <<-'END'
		while IFS= read -r line && [ "$line" != "$(printf '\r')" ]; do
			case $line in "GET "*) path=${line#GET } ;; esac
		done
		body="you asked for ${path%% *}"
		printf 'HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body"
	END
	listen server -k -e "/bin/sh $DIR/answer" 127.0.0.1 0
	seq 40 | timeout 60 xargs -P 40 -I N curl -sS --max-time 30 -o got.N http://127.0.0.1:"$port"/page/N
	for number in {1..40}; do
		expect_equal "page $number" "$(cat "got.$number")" "you asked for /page/$number"
	done
}

# ---- TLS passes through ----

@test "a TLS session passes through -l -k --to, certificate checked and data unchanged" {
	needs curl openssl
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 1 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	head -c 500000 /dev/urandom >data
	serve tls openssl s_server -accept 127.0.0.1:PORT -cert cert.pem -key key.pem -WWW -quiet
	listen forward -k --to 127.0.0.1:"$port" 127.0.0.1 0
	for try in 1 2; do
		printf 'GET /data HTTP/1.0\r\n\r\n' | timeout 20 openssl s_client -quiet -verify_return_error -CAfile cert.pem \
			-verify_hostname localhost -connect 127.0.0.1:"$port" >"answer$try" 2>tls.log ||
			{ cat tls.log; false; }
		expect_same data <(tail -c 500000 "answer$try")
	done
	curl -sS --max-time 20 --cacert cert.pem --resolve localhost:"$port":127.0.0.1 -o curled https://localhost:"$port"/data
	expect_same data curled
}
