#!/usr/bin/env bats
# --output and --hex-dump: what is dumped is what was moved, in order.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

setup() {
	helper_setup
	cat >undump.py <<-'END'
		"""undump.py DUMP DIRECTION [TAG]: check every line of a hex dump, and write the bytes of one stream to stdout."""
		import re, sys
		line_form = re.compile(r"([<>]) (?:(\S+) )?\s*(\d+\.\d{6}) ([0-9a-f]{8,})  (.{49})  ?\|(.*)\|")
		offsets, times, streams = {}, {}, {}
		for line in open(sys.argv[1]):
		    match = line_form.fullmatch(line.rstrip("\n"))
		    assert match, line
		    direction, tag, time, offset, hexed, text = match.groups()
		    data = bytes.fromhex(hexed)
		    key = direction, tag or ""
		    assert int(offset, 16) == offsets.get(key, 0), line
		    assert float(time) >= times.get(key, 0), line
		    assert text == "".join(chr(c) if 32 <= c < 127 else "." for c in data), line
		    offsets[key] = offsets.get(key, 0) + len(data)
		    times[key] = float(time)
		    streams.setdefault(key, []).append(data)
		wanted = [b"".join(data) for key, data in streams.items()
		          if key[0] == sys.argv[2] and (len(sys.argv) < 4 or re.fullmatch(sys.argv[3], key[1]))]
		sys.stdout.buffer.write(b"".join(sorted(wanted)))
	END
}

undump() {
	python3 -IS undump.py "$@"
}

@test "--output has both directions, in order" {
	peer server late 'the answer'
	run_status 0 -o copy 127.0.0.1 "$port" <<<'the question'
	expect_equal copy "$(cat copy)" $'the question\nthe answer'
	expect_equal stdout "$(cat out)" 'the answer'
}

@test "--hex-dump has direction, time, offset, hex and ASCII" {
	peer server late $'twenty bytes, exactly'
	run_status 0 --hex-dump dump 127.0.0.1 "$port" <<<'hi'
	expect_match dump '^>     0\.[0-9]{6} 00000000  68 69 0a {41} \|hi\.\|$'
	expect_match dump '^<     1\.[0-9]{6} 00000000  74 77 65 6e 74 79 20 62  79 74 65 73 2c 20 65 78  \|twenty bytes, ex\|$'
	expect_match dump '^<     1\.[0-9]{6} 00000010  61 63 74 6c 79 {35} \|actly\|$'
}

@test "--hex-dump - is stderr" {
	peer server say hello
	run_status 0 --hex-dump - -d 127.0.0.1 "$port"
	expect_match err '\|hello\|$'
	expect_equal stdout "$(cat out)" hello
}

@test "megabytes in both directions are dumped exactly" {
	head -c 3000000 /dev/urandom >data
	peer server echo-many
	run_status 0 -o copy --hex-dump dump 127.0.0.1 "$port" <data
	expect_same data out
	undump dump '>' >sent
	undump dump '<' >received
	expect_same sent data
	expect_same received data
	expect_equal 'size of copy' "$(stat -c %s copy)" 6000000
}

@test "short writes to a slow peer lose nothing and double nothing in a dump" {
	head -c 600000 /dev/urandom >data
	peer server slow
	run_status 0 -O 4k -o copy --hex-dump dump 127.0.0.1 "$port" <data
	undump dump '>' >sent
	expect_same sent data
	expect_same copy data
}

@test "a dump has what -C made of it" {
	peer server sink
	run_status 0 -C -o copy --hex-dump dump 127.0.0.1 "$port" <<<$'one\ntwo'
	printf 'one\r\ntwo\r\n' >want
	expect_same copy want
	undump dump '>' >sent
	expect_same sent want
}

@test "a dump has what was received, when stdout takes none of it" {
	peer server say hello
	local status=0
	"$HANDSET" -o copy -d 127.0.0.1 "$port" >/dev/full 2>err || status=$?
	expect_equal status "$status" 7
	expect_equal copy "$(cat copy)" hello
}

@test "datagrams are dumped, a line at least for each" {
	listen server -u -k -W 3 --hex-dump dump 127.0.0.1 0
	"$PEER" udp-send "$port" one '' three
	ends server 0
	expect_equal 'lines' "$(grep -cE '^< 127\.0\.0\.1:[0-9]+ ' dump)" 3
	expect_match dump ' 00000003 {52}\|\|$'
	undump dump '<' >received
	expect_equal received "$(cat received)" onethree
}

@test "several clients of --to are told apart in a dump, both directions of each" {
	peer target echo-many
	listen proxy -k --to 127.0.0.1:"$port" -o copy --hex-dump dump 127.0.0.1 0
	for client in 1 2 3 4; do
		head -c 200000 /dev/urandom >data$client
		start client$client "$HANDSET" 127.0.0.1 "$port" <data$client
	done
	for client in 1 2 3 4; do
		ends client$client 0
		cat data$client >>all
	done
	signal proxy TERM
	ends proxy 143
	python3 -IS - <<-'END' >all
		import sys
		sys.stdout.buffer.write(b"".join(sorted(open("data%d" % n, "rb").read() for n in (1, 2, 3, 4))))
	END
	undump dump '<' '127\.0\.0\.1:[0-9]+' >received
	undump dump '>' '127\.0\.0\.1:[0-9]+' >sent
	expect_same received all
	expect_same sent all
	expect_equal 'size of copy' "$(stat -c %s copy)" 1600000
}

@test "clients of --broker are dumped once, as they speak" {
	listen server --broker --hex-dump dump 127.0.0.1 0
	start listener "$HANDSET" -d 127.0.0.1 "$port"
	eventually grep -q '^Connection received' server.err
	run_status 0 -q 0 127.0.0.1 "$port" <<<'hello'
	eventually grep -qx hello listener.out
	signal server TERM
	ends server 143
	undump dump '<' client2 >received
	expect_equal received "$(cat received)" hello
	expect_equal lines "$(wc -l <dump)" 1
}

@test "a dump is seen while the conversation goes on" {
	peer server silent hello
	start client "$HANDSET" --hex-dump dump -o copy -d 127.0.0.1 "$port"
	eventually grep -q '|hello|' dump
	expect_equal copy "$(cat copy)" hello
}

@test "--append-output keeps what is there, without it a file is emptied" {
	peer server echo-many
	echo before >copy
	cp copy dump
	run_status 0 -o copy --hex-dump dump --append-output 127.0.0.1 "$port" <<<'x'
	expect_equal copy "$(cat copy)" $'before\nx\nx'
	expect_equal 'first line' "$(head -n 1 dump)" before
	run_status 0 -o copy 127.0.0.1 "$port" <<<'y'
	expect_equal copy "$(cat copy)" $'y\ny'
}

@test "a full disk is an error, status 7, for each kind of dump and each way to run" {
	peer target echo-many
	target=$port
	run_status 7 -o /dev/full 127.0.0.1 "$target" <<<'x'
	expect_line err 'handset: write dump /dev/full failed: No space left on device'
	run_status 7 --hex-dump /dev/full 127.0.0.1 "$target" <<<'x'
	expect_equal 'errors told' "$(grep -c failed err)" 1
	listen proxy -k --to 127.0.0.1:"$target" -o /dev/full 127.0.0.1 0
	start first "$HANDSET" 127.0.0.1 "$port" <<<'x'
	ends proxy 7
	listen broker --broker -o /dev/full 127.0.0.1 0
	start client "$HANDSET" 127.0.0.1 "$port" <<<'x'
	ends broker 7
	expect_equal 'errors told' "$(grep -c '^handset: .* failed' broker.err)" 1
}

@test "a standard error that is closed or full is no place for a dump: status 7" {
	peer target echo-many
	local status
	for redirection in '2>&-' '2>/dev/full'; do
		status=0
		timeout "$TIME_LIMIT" sh -c "exec \"\$@\" $redirection" - "$HANDSET" --hex-dump - 127.0.0.1 "$port" <<<'x' >out || status=$?
		expect_equal "status with $redirection" "$status" 7
	done
	timeout "$TIME_LIMIT" sh -c 'exec "$@" 2>&-' - "$HANDSET" -v 127.0.0.1 "$port" <<<'x' >out
	expect_equal stdout "$(cat out)" x
}

# A tmpfs of 64 KB in a namespace of the test: what fits is there and right, and what does not is told, whoever is served how.
@test "a disk that fills up in the middle is an error, and the dump right as far as it goes" {
	unshare -Urm mount -t tmpfs none "$DIR" 2>/dev/null || skip 'no mounts in a user namespace here'
	head -c 300000 /dev/urandom >data
	mkdir small
	peer target echo-many
	target=$port
	cat >fill <<-'END'
		set -eu
		mount -t tmpfs -o size=64k none small
		"$@" <"${input:-/dev/null}" >out 2>err || echo $? >status.full
		cp small/copy kept
	END
	input=data unshare -Urm timeout "$TIME_LIMIT" sh fill "$HANDSET" -o small/copy 127.0.0.1 "$port"
	expect_equal status "$(cat status.full)" 7
	peer sink sink
	input=data unshare -Urm timeout "$TIME_LIMIT" sh fill "$HANDSET" -o small/copy 127.0.0.1 "$port"
	expect_equal 'bytes kept' "$(stat -c %s kept)" 65536
	head -c 65536 data >want
	expect_same kept want
	cmp -n 65536 kept data || grep -q 'write dump small/copy' err
	expect_line err 'handset: write dump small/copy failed: No space left on device'
	input=data unshare -Urm timeout "$TIME_LIMIT" sh fill "$HANDSET" --hex-dump small/copy 127.0.0.1 "$target"
	expect_equal status "$(cat status.full)" 7
	sed '$d' kept >whole.lines
	undump whole.lines '>' >sent
	head -c "$(stat -c %s sent)" data >want
	expect_same sent want
	local serve
	for serve in '-k' '-k -c cat' "-k --to 127.0.0.1:$target" '-k -u' '--chat'; do
		rm -f status.full
		# shellcheck disable=SC2086 # words
		start server unshare -Urm timeout "$TIME_LIMIT" sh fill "$HANDSET" -v -l $serve -o small/copy 127.0.0.1 0
		eventually grep -qE '^(Listening|Bound) on ' err
		fill_up "$serve" "$(sed -nE 's/^(Listening|Bound) on .* //p' err | head -n 1)"
		ends server 0
		expect_equal "status of $serve" "$(cat status.full)" 7
		expect_match err '^handset: write dump small/copy failed: No space left on device$'
		rm err
	done
}

# Send more than the small disk takes to PORT, in datagrams if SERVE says so.
fill_up() {
	if [ "$1" = '-k -u' ]; then
		timeout "$TIME_LIMIT" "$HANDSET" -u -q 0 -s 127.0.0.1 127.0.0.1 "$2" < <(head -c 130000 data) >/dev/null 2>&1 || :
	else
		timeout "$TIME_LIMIT" "$HANDSET" -q 0 127.0.0.1 "$2" <data >/dev/null 2>&1 || :
	fi
}

@test "a dump of datagrams of a program, and of a program on a stream, has both directions" {
	listen server -u -k -c 'head -c 3' -o copy 127.0.0.1 0
	run_status 0 -u -W 1 127.0.0.1 "$port" <<<'abcdef'
	expect_equal out "$(cat out)" abc
	eventually grep -qx abcdef copy
	listen program -k -c 'tr a-z A-Z' -o both --hex-dump dump 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	eventually grep -qx HELLO both
	undump dump '<' '127\.0\.0\.1:[0-9]+' >received
	undump dump '>' '127\.0\.0\.1:[0-9]+' >sent
	expect_equal received "$(cat received)" hello
	expect_equal sent "$(cat sent)" HELLO
}

@test "a dump file that cannot be opened is status 7 at once" {
	peer server hold
	run_status 7 -v --hex-dump none/dump 127.0.0.1 "$port"
	expect_line err 'handset: open dump file none/dump failed: No such file or directory'
	expect_no_match err succeeded
	run_status 2 --append-output 127.0.0.1 "$port"
}

@test "a dump to a pipe goes at the speed of its reader, and ends with it" {
	head -c 1000000 /dev/urandom >data
	peer server sink
	run_status 0 -o >(cat >copied; : >copied.whole) 127.0.0.1 "$port" <data
	eventually test -e copied.whole
	expect_same copied data
	peer gone sink
	run_status 7 -o >(head -c 10 >/dev/null) 127.0.0.1 "$port" <data
	expect_match err '^handset: write dump /dev/fd/[0-9]+ failed: Broken pipe$'
}
