#!/usr/bin/env bats
# Lines on a terminal: they fit its width.
load helper

# Run handset with ARGS on a terminal of COLUMNS; what it says there is in $DIR/screen, without colors, its status in $DIR/screen.status:
# `on_terminal COLUMNS ARGS...`.
on_terminal() {
	timeout -k 1 "$TIME_LIMIT" python3 - "$HANDSET" "$@" 3>&- <<'END'
import fcntl, os, re, struct, subprocess, sys, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[2]), 0, 0))
child = subprocess.Popen([sys.argv[1]] + sys.argv[3:], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
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
open("colored", "wb").write(said)
screen = re.sub(rb"\x1b\[[0-9;]*[mK]|\r", b"", said).decode()
open("screen", "w", encoding="utf-8").write(screen)
open("wide", "w", encoding="utf-8").write("".join(line + "\n" for line in screen.split("\n") if len(line) > int(sys.argv[2])))
open("screen.status", "w").write("%d\n" % child.wait())
END
}

# No line of the screen was wider than it.
expect_fit() {
	expect_equal 'lines that are too wide' "$(cat wide)" ''
}

# The words of FILE, its times and ports left out: a word a line.
words_of() {
	tr -s '[:space:]' '[\n*]' <"$1" | sed -E 's/[0-9.]+/0/g'
}

@test "an error and its cause wrap at the width of the terminal, and nowhere else" {
	refused=$(refusing_port)
	run_status 4 -v 127.0.0.1 "$refused"
	expect_match err '.{80}'
	words_of err >want
	for columns in 60 100; do
		on_terminal "$columns" -v 127.0.0.1 "$refused"
		expect_equal status "$(cat screen.status)" 4
		expect_fit
		words_of screen >got
		expect_same got want
	done
	on_terminal 60 -v 127.0.0.1 "$refused"
	expect_match screen '^handset: connect to 127\.0\.0\.1 port [0-9]+ \(tcp\) failed:$|^handset: .* failed: Connection'
	expect_match screen '^    (Connection )?refused$'
	expect_match screen '^  the host answered with RST after'
	expect_match screen '^      [a-z]'
	expect_match colored $'^\033\\[1;31mhandset: '
}

@test "the answer of --why wraps, and the fact stays in its column" {
	refused=$(refusing_port)
	for columns in 60 100; do
		on_terminal "$columns" --why -n 127.0.0.1 "$refused"
		expect_equal status "$(cat screen.status)" 4
		expect_fit
		expect_match screen '^. +route      127\.0\.0\.1: this host'
		expect_match screen '^                 the host answered with RST after'
		expect_match screen '^  [a-z(]'
	done
	on_terminal 60 --why -n 127.0.0.1 "$refused"
	expect_match screen '^                   [a-z]'
}

@test "the verdict of --path wraps" {
	on_terminal 60 --path -n 127.0.0.1 "$(refusing_port)"
	expect_fit
}

@test "a terminal that does not tell its width gets whole lines" {
	refused=$(refusing_port)
	on_terminal 0 -v --color never 127.0.0.1 "$refused"
	expect_match screen "^handset: connect to 127\.0\.0\.1 port $refused \(tcp\) failed: Connection refused$"
	expect_match screen '.{80}'
}

@test "what --explain says fits" {
	refused=$(refusing_port)
	for columns in 15 40 60 80; do
		on_terminal "$columns" --explain -n 127.0.0.1 "$refused"
		grep '^ *# ' screen >said
		tr -s ' #\n' ' ' <said >words
		expect_match words 'install the telephone\. The number is its descriptor: to Linux a socket is a file'
		[ "$columns" = 15 ] || expect_no_match said ".{$((columns + 1))}"
	done
}

@test "the table of a scan fits" {
	on_terminal 60 -z -v -n 127.0.0.1 "$(refusing_port),$(refusing_port)"
	expect_fit
	expect_match screen '^PORT        SERVICE          STATE       ANSWERED BY$'
	expect_match screen '^[0-9]+/tcp   -                refused     127\.0\.0\.1$'
	expect_match screen '^  2 refused, in '
}
