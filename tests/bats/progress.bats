#!/usr/bin/env bats
# --progress: how much has been moved, on a terminal and elsewhere.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# Run handset with ARGS on a terminal of COLUMNS for stderr alone; what it drew is in $DIR/drawn: `drawn COLUMNS ARGS... <FILE`.
drawn() {
	python3 - "$HANDSET" "$@" 3<&0 >drawn.status <<'END'
import fcntl, os, struct, subprocess, sys, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[2]), 0, 0))
child = subprocess.Popen([sys.argv[1]] + sys.argv[3:], stdin=3, stdout=subprocess.DEVNULL, stderr=slave,
                         env=dict(os.environ, TERM="xterm"))
os.close(slave)
said = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    said += piece
open("drawn", "wb").write(said)
print(child.wait())
END
}

@test "at the end a line tells of the whole" {
	listen server 127.0.0.1 0
	head -c 3145728 /dev/zero >file
	run_status 0 --progress 127.0.0.1 "$port" <file
	ends server 0
	expect_match err '^sent 3 MiB of 3 MiB \(100%\), received 0 bytes, [0-9.]+ [KMG]iB/s, 0:0[0-9]$'
	expect_equal 'lines' "$(wc -l <err)" 1
	expect_same server.out file
}

@test "what comes through a pipe has no end that is known; both directions are counted" {
	peer server echo
	run_status 0 --progress 127.0.0.1 "$port" < <(head -c 5120 /dev/zero)
	expect_match err '^sent 5 KiB, received 5 KiB, [0-9.]+ (bytes|[KM]iB)/s, 0:0[0-9]$'
	expect_equal 'bytes of output' "$(stat -c %s out)" 5120
}

@test "the rest of a file that has been read in part" {
	listen server 127.0.0.1 0
	head -c 2048 /dev/zero >file
	{
		head -c 1024 >/dev/null
		run_status 0 --progress 127.0.0.1 "$port"
	} <file
	expect_match err '^sent 1 KiB of 1 KiB \(100%\), '
}

@test "while data moves there is a line every five seconds" {
	listen server 127.0.0.1 0
	head -c 61440 /dev/zero >file
	run_status 0 --progress --limit-rate 10k 127.0.0.1 "$port" <file
	expect_match err '^sent 5[0-9](\.[0-9])? KiB of 60 KiB \(8[0-9]%\), received 0 bytes, (9|1[0-9])(\.[0-9]+)? KiB/s, 0:05, 0:0[01] left$'
	expect_equal 'lines' "$(wc -l <err)" 2
}

@test "on a terminal it is one line, drawn anew and cut to its width, and wiped by messages" {
	peer server late
	head -c 9216 /dev/zero >file
	drawn 40 -v --progress --limit-rate 10k 127.0.0.1 "$port" <file
	expect_equal 'status' "$(cat drawn.status)" 0
	python3 - <<'END'
drawn = open("drawn", "rb").read().decode()
frames = [frame for frame in drawn.split("\r") if "\033[K" in frame and frame != "\033[K"]
lines = [frame.split("\033[K")[0] for frame in frames if frame.split("\033[K")[0]]
assert len(lines) >= 2, drawn
assert all(len(line) <= 39 and line.startswith("sent ") for line in lines), lines
rest = drawn.split("\n")
assert any(line.rstrip("\r").endswith("succeeded!") for line in rest), drawn
assert "\r\033[Ksent 9 KiB of 9 KiB (100%)" in drawn, drawn
END
}

@test "with --to all clients are counted together" {
	peer target echo-many
	target=$port
	start server "$HANDSET" -v --progress -l -k --deadline 3 --to "127.0.0.1:$target" 127.0.0.1 0
	eventually grep -q '^Listening' server.err
	port=$(sed -n 's/^Listening on .* //p' server.err)
	for number in 1 2 3; do
		run_status 0 127.0.0.1 "$port" < <(printf 'number %d\n' "$number")
		expect_line out "number $number"
	done
	ends server 5
	expect_match server.err '^sent 27 bytes, received 27 bytes, '
}

@test "when there was no connection nothing is told; --quiet says nothing" {
	run_status 4 --progress 127.0.0.1 "$(refusing_port)"
	expect_no_match err '^sent'
	listen server 127.0.0.1 0
	run_status 0 --quiet --progress 127.0.0.1 "$port" < <(echo x)
	expect_empty err
}

@test "a signal ends it, with the line" {
	listen server 127.0.0.1 0
	start client "$HANDSET" --progress 127.0.0.1 "$port" <>never
	eventually grep -q 'Connection received' server.err
	signal client TERM
	ends client 143
	expect_match client.err '^sent 0 bytes, received 0 bytes, '
}

@test "JSON has an event" {
	listen server 127.0.0.1 0
	printf '%01000d' 1 >file
	run_status 0 --progress --trace json 127.0.0.1 "$port" <file
	python3 - <<'END'
import json
events = [event for event in map(json.loads, open("err")) if event["event"] == "progress"]
assert len(events) == 1 and events[0]["sent"] == 1000 and events[0]["total"] == 1000, events
END
}
