#!/usr/bin/env bats
# --limit-rate: at most so many bytes a second in each direction.  The lower bound of a time is the limit itself; the upper one
# leaves room for a busy machine.
# shellcheck disable=SC2154 # helper.bash sets port and took_ms
load helper

@test "what is sent takes its time, evenly" {
	start server timeout "$TIME_LIMIT" python3 -IS -c '
import socket, time
begin = time.monotonic()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client = listener.accept()[0]
pieces, total = 0, 0
while data := client.recv(65536):
    total += len(data)
    pieces += 1
    assert total <= 100000 * (time.monotonic() - begin) + 5000, total
assert total == 200000, total
assert pieces >= 20, "not smooth"
print("well", flush=True)'
	eventually test -s server.out
	port=$(cat server.out)
	timed run_status 0 --limit-rate 100000 127.0.0.1 "$port" < <(head -c 200000 /dev/zero)
	expect_took 1900 8000
	ends server 0
	expect_line server.out well
}

@test "what is received takes its time, and all of it comes" {
	head -c 150000 /dev/urandom >data
	listen server 127.0.0.1 0 <data
	timed run_status 0 --limit-rate 100k -d 127.0.0.1 "$port"
	expect_took 1400 8000
	expect_same data out
}

@test "five seconds are kept to five percent" {
	peer server sink
	timed run_status 0 --limit-rate 1M 127.0.0.1 "$port" < <(head -c 5242880 /dev/zero)
	expect_took 4750 12000
}

@test "a tiny rate moves a byte at a time" {
	peer server sink
	timed run_status 0 --limit-rate 3 127.0.0.1 "$port" <<<'12345'
	# Six bytes, the first at once.
	expect_took 1600 6000
}

@test "a large rate is no hindrance" {
	peer server sink
	timed run_status 0 --limit-rate 1500M 127.0.0.1 "$port" < <(head -c 100000000 /dev/zero)
	expect_took 0 8000
}

@test "a limited relay sleeps in between" {
	peer server sink
	# shellcheck disable=SC2016 # the inner shell expands it
	bash -c '"$1" --limit-rate 50k 127.0.0.1 "$2"; times' - "$HANDSET" "$port" < <(head -c 100000 /dev/zero) | tail -n 1 >usage
	expect_match usage '^0m0\.[01][0-9]+s 0m0\.[01][0-9]+s$'
}

@test "each client of --to has the rate for itself" {
	peer target echo-many
	listen proxy -k --to 127.0.0.1:"$port" --limit-rate 50k 127.0.0.1 0
	head -c 75000 /dev/urandom >data
	start first "$HANDSET" 127.0.0.1 "$port" <data
	timed run_status 0 127.0.0.1 "$port" <data
	expect_took 1300 8000
	ends first 0
	expect_same data first.out
	expect_same data out
}

@test "datagrams stay whole" {
	came() { [ "$(stat -c %s server.out)" -ge "$1" ]; }
	listen server -u -W 3 127.0.0.1 0
	timed run_status 0 -u -q 0 --limit-rate 1000 127.0.0.1 "$port" < <(
		for number in 1 2 3; do
			printf '%0500d' "$number"
			eventually came $((number * 500))
		done
	)
	ends server 0
	expect_equal 'what came' "$(stat -c %s server.out)" 1500
}
