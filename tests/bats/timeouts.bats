#!/usr/bin/env bats
# Time limits: each ends what it is for, says which phase ran out, and lets the others be.
# shellcheck disable=SC2154 # helper.bash sets port and took_ms
load helper

@test "-w gives up a connect that nobody answers, and names it" {
	peer server full
	timed run_status 5 -w 0.4 127.0.0.1 "$port"
	expect_took 400 5000
	expect_line err "handset: connect to 127.0.0.1 port $port (tcp) failed: Connection timed out"
	expect_match err '^  no answer to [0-9]+ SYNs? in [3-9][0-9][0-9] ms'
}

@test "a limit that is too short for an answer tells no cause" {
	peer server full
	run_status 5 -w 0.02 127.0.0.1 "$port"
	expect_match err '^  no answer to the SYN in [0-9.]+ ms, which is too short to tell why$'
	run_status 5 --deadline 0 127.0.0.1 "$port"
	expect_no_match err 'queue|firewall'
}

@test "--deadline 0 is over at once and blames nobody, whatever it is for" {
	local mode
	for mode in 'localhost 80' '-z localhost 80' '-z localhost 1-3' '-zu localhost 53' '--why localhost 80' \
		'--path localhost 80' '--ping localhost 80' '--until-open localhost 80' '-l 0' '-l --broker 0' \
		'-l --allow localhost 0' '-x localhost:1 localhost 80' '-U none' '-u localhost 9' '--vsock local 1' \
		'-o dump localhost 80'; do
		# shellcheck disable=SC2086 # words
		timed run_status 5 -v --deadline 0 $mode
		expect_took 0 1000
		expect_equal "what $mode says" "$(cat err out)" 'handset: the run failed: the deadline passed
  --deadline of 0 s
  next: try it with a longer --deadline, and --stats'
	done
}

@test "a limit that is too short to wait for anybody blames nobody" {
	local limit mode status
	for limit in '-w 0.0001' '--deadline 0.0001'; do
		for mode in 'nosuch.invalid 80' '-z nosuch.invalid 1-3' '--why nosuch.invalid 80' '--path nosuch.invalid 80' \
			'-x nosuch.invalid:1 localhost 80' '--vsock local 1'; do
			status=0
			# shellcheck disable=SC2086 # words
			"$HANDSET" -v $limit $mode >out 2>&1 3>&- || status=$?
			expect_no_match out ' -[0-9]|does not answer|no answer in 0 |[0-9]{9}|vsock_loopback'
			[ "$limit" != '--deadline 0.0001' ] || [ "$status" = 7 ] ||
				expect_equal "exit status of $limit $mode" "$status" 5
		done
	done
}

@test "--connect-timeout gives up a connect, and leaves an idle relay alone" {
	peer server full
	timed run_status 5 --connect-timeout 300ms 127.0.0.1 "$port"
	expect_took 300 5000
	peer quiet late answer
	run_status 0 --connect-timeout 300ms 127.0.0.1 "$port" <<<'question'
	expect_equal stdout "$(cat out)" answer
}

@test "-w ends an idle relay with status 0 when all was delivered and the input had ended" {
	peer server silent hello
	timed run_status 0 -v -w 0.5 127.0.0.1 "$port" <<<question
	expect_took 500 6000
	expect_equal stdout "$(cat out)" hello
	expect_match err '^idle for 0\.5 s: closing the connection with 127\.0\.0\.1 port'
}

@test "-w ends an idle relay with status 5 when the peer did not take everything" {
	peer server silent
	head -c 20000000 /dev/zero >data
	run_status 5 -w 0.5 127.0.0.1 "$port" <data
	expect_match err "^handset: relay with 127\.0\.0\.1 port $port \(tcp\) failed: Connection timed out"
	expect_match err '^  nothing moved for 0\.5 s'
}

@test "an idle timeout counts from the last byte, not from the start" {
	listen server 127.0.0.1 0 < <(eventually grep -q '^Connection received' server.err
		for _ in 1 2 3 4 5 6; do
			read -rt 0.4 <>never || :
			echo tick
		done)
	timed run_status 0 --idle-timeout 2 127.0.0.1 "$port" </dev/null
	expect_took 2300 15000
	expect_equal 'lines received' "$(wc -l <out)" 6
}

@test "--idle-timeout does not bound a connect" {
	listen server 127.0.0.1 0 </dev/null
	run_status 0 --idle-timeout 5 127.0.0.1 "$port" <<<x
	ends server
}

@test "--deadline ends a connect, a relay and a listener, each with status 5" {
	peer server full
	timed run_status 5 --deadline 0.4 127.0.0.1 "$port"
	expect_took 400 5000
	peer chatty echo
	mkfifo in
	exec 7<>in
	timed run_status 5 --deadline 0.4 127.0.0.1 "$port" <in
	expect_took 400 5000
	expect_match err '^  --deadline of 0\.4 s'
	timed run_status 5 --deadline 0.4 -l 127.0.0.1 0
	expect_took 400 5000
	exec 7>&-
}

@test "--deadline ends a relay that is busy all the time" {
	listen server -k 127.0.0.1 0 >/dev/null
	timed run_status 5 --deadline 0.5 127.0.0.1 "$port" </dev/zero
	expect_took 500 6000
}

@test "--deadline holds when the reader of stdout does not read" {
	head -c 8000000 /dev/zero >data
	listen server 127.0.0.1 0 <data
	mkfifo stuck
	exec 7<>stuck
	timed timeout 15 "$HANDSET" --deadline 0.5 127.0.0.1 "$port" >stuck 2>err </dev/null || status=$?
	expect_equal status "$status" 5
	expect_took 500 6000
	exec 7>&-
}

@test "--deadline holds when the reader of the trace does not read" {
	peer server silent
	mkfifo stuck
	exec 7<>stuck
	dd if=/dev/zero of=stuck bs=4096 count=15 2>/dev/null
	timed timeout 15 "$HANDSET" -vvv --deadline 0.5 127.0.0.1 "$port" 2>stuck </dev/zero >/dev/null || status=$?
	expect_equal status "$status" 5
	expect_took 500 8000
	exec 7>&-
}

@test "-w bounds the wait for a client, and names it" {
	timed run_status 5 -w 0.3 -l 127.0.0.1 0
	expect_took 300 5000
	expect_match err '^handset: accept on 127\.0\.0\.1 port [0-9]+ \(tcp\) failed: Connection timed out'
	expect_match err '^  no client came within 0\.3 s'
}

@test "times may be fractions and have units" {
	timed run_status 5 -w 250ms -l 127.0.0.1 0
	expect_took 250 5000
	timed run_status 5 -w .25 -l 127.0.0.1 0
	expect_took 250 5000
	timed run_status 5 -w 0.005m -l 127.0.0.1 0
	expect_took 300 5000
}

@test "a step that takes long is told while it is pending, with -vv" {
	peer server full
	run_status 5 -vv -w 1.3 127.0.0.1 "$port"
	expect_match err '-- connect: no answer yet, 1 s'
	run_status 5 -v -w 1.3 127.0.0.1 "$port"
	expect_no_match err 'no answer yet'
}

@test "a FIFO that an option names is waited for, but not beyond --deadline" {
	local option
	mkfifo fifo
	peer server hold
	for option in '-o fifo' '--hex-dump fifo' '-vv --trace-file fifo'; do
		# shellcheck disable=SC2086 # words
		timed run_status 5 --deadline 0.3 $option 127.0.0.1 "$port"
		expect_took 300 2000
		expect_match err '^handset: open (dump|trace) file fifo failed: the deadline passed$'
		expect_match err '^  --deadline of 0.3 s: it is a FIFO that nobody reads$'
	done
	for option in --allowfile --denyfile; do
		timed run_status 5 --deadline 0.3 -l $option fifo 127.0.0.1 0
		expect_took 300 2000
		expect_match err '^handset: read the rules of fifo failed: the deadline passed$'
	done
}

@test "a signal ends the wait for a FIFO" {
	local option
	mkfifo fifo
	for option in '-o fifo' '--hex-dump fifo' '-vv --trace-file fifo' '--allowfile fifo'; do
		# shellcheck disable=SC2086 # words
		start server "$HANDSET" -l $option 127.0.0.1 0
		eventually waits server
		signal server TERM
		ends server 143
	done
}

# Whether the child NAME waits for something.
waits() {
	grep -q '^State:.S' "/proc/$(cat "$1.pid")/status"
}

@test "a FIFO that an option names is used when its other end comes" {
	mkfifo copy dump trace rules
	peer server echo
	start run "$HANDSET" -o copy --hex-dump dump --trace-file trace -vv 127.0.0.1 "$port" <<<'hello'
	start reader cat trace
	start reader2 cat copy
	start reader3 cat dump
	ends run 0
	ends reader2
	ends reader3
	ends reader
	expect_equal 'what was copied' "$(sort -u reader2.out)" hello
	expect_match reader3.out 'hello'
	expect_match reader.out 'connect\('
	start listener "$HANDSET" -v -l --denyfile rules 127.0.0.1 0
	{ echo 127.0.0.1; pause; echo 127.0.0.2; } >rules
	eventually listens listener
	port=$(sed -nE 's/^Listening on .* //p' listener.err)
	run_status 8 -d 127.0.0.1 "$port"
	eventually grep -q 'refused: denied' listener.err
	run_status 8 -d -s 127.0.0.2 127.0.0.1 "$port"
	eventually grep -q '127.0.0.2 .*refused: denied' listener.err
}

@test "process substitutions and descriptors are files for the options that name them" {
	peer server echo
	run_status 0 -o >(cat >copied; : >copied.whole) -vv --trace-file >(cat >traced; : >traced.whole) 127.0.0.1 "$port" <<<'hello'
	eventually test -e copied.whole
	eventually test -e traced.whole
	expect_equal 'what was copied' "$(sort -u copied)" hello
	expect_match traced 'connect\('
	peer again echo
	run_status 0 -vv --trace-file /dev/stderr 127.0.0.1 "$port" <<<'hello'
	expect_match err 'connect\('
	peer third echo
	run_status 0 -vv --trace-file /proc/self/fd/4 127.0.0.1 "$port" 4>traced.again <<<'hello'
	expect_match traced.again 'connect\('
	run_status 5 -l -w 0.2 --allowfile <(echo 127.0.0.1) --denyfile <(:) 127.0.0.1 0
	run_status 5 -l -w 0.2 --allowfile /dev/stdin 127.0.0.1 0 < <(echo 127.0.0.1)
}
