#!/usr/bin/env bats
# What a peer, a proxy, a client, a path or a program calls itself is shown, and never steers the terminal.
# shellcheck disable=SC2154,SC2030,SC2031 # helper.bash sets port; each test is a subshell of its own
load helper

# A title, a color by C1, a bell, and text turned around; "OWNED" tells that it is shown at all.
EVIL=$'\033]0;OWNED\007\302\23331m\342\200\256'
EVIL_STEP='\x1b]0;OWNED\x07\xc2\x9b31m\xe2\x80\xae'

# Run COMMAND... with a terminal as stdout and stderr; what reaches it is in $DIR/screen, its status in $DIR/screen.status.
on_terminal() {
	timeout "$TIME_LIMIT" python3 -IS - "$@" 3>&- <<-'PYTHON'
		import os, pty, sys
		pid, master = pty.fork()
		if pid == 0:
		    empty, end = os.pipe()
		    os.close(end)
		    os.dup2(empty, 0)
		    os.environ["TERM"] = "xterm"
		    os.execvp(sys.argv[1], sys.argv[1:])
		said = b""
		while True:
		    try:
		        piece = os.read(master, 65536)
		    except OSError:
		        break
		    if not piece:
		        break
		    said += piece
		    open("screen.part", "wb").write(said)
		    os.replace("screen.part", "screen")
		open("screen.status", "w").write("%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	PYTHON
}

# Nothing on the screen but text, our own colors and the line that is drawn anew; and WORD is there.
expect_harmless() {
	python3 -IS - "$1" <<-'PYTHON' || { cat -v screen; return 1; }
		import re, sys
		screen = open("screen", "rb").read().decode("utf-8", "surrogateescape")
		assert sys.argv[1] in screen, "what was sent is not shown"
		rest = re.sub(r"\x1b\[[0-9;]*[mK]", "", screen)
		bad = [hex(ord(c)) for c in rest if (c < " " and c not in "\r\n") or 0x7f <= ord(c) < 0xa0 or
		       0x202a <= ord(c) <= 0x202e or 0xdc80 <= ord(c) <= 0xdcff]
		assert not bad, bad
	PYTHON
}

@test "the banner of --why" {
	peer server play "say:SSH-2.0-$EVIL_STEP\r\n" read:1
	on_terminal "$HANDSET" -vv --why 127.0.0.1 "$port"
	expect_harmless OWNED
}

@test "the data in a trace and in a hex dump, with all that -vvv shows" {
	peer server play "say:$EVIL_STEP\r\n" stop
	on_terminal sh -c '"$@" >/dev/null' - "$HANDSET" -vvv --explain --hex-dump - 127.0.0.1 "$port"
	expect_harmless OWNED
	for form in json strace chrome; do
		peer server play "say:$EVIL_STEP\r\n" stop
		on_terminal sh -c '"$@" >/dev/null' - "$HANDSET" -vvv --trace "$form" 127.0.0.1 "$port"
		expect_harmless OWNED
	done
}

@test "what proxies say" {
	peer proxy play 'until:\r\n\r\n' "say:HTTP/1.1 403 $EVIL_STEP\r\nProxy-Status: $EVIL_STEP\r\n\r\n$EVIL_STEP"
	on_terminal "$HANDSET" -vv --proxy "http://127.0.0.1:$port" name.invalid 80
	expect_harmless OWNED
	expect_equal status "$(cat screen.status)" 9
	peer proxy play 'until:\r\n\r\n' "say:$EVIL_STEP\r\n\r\n"
	on_terminal "$HANDSET" -vv --proxy "http://127.0.0.1:$port" name.invalid 80
	expect_harmless handset
	peer proxy play read:3 'say:\x05\x00' read:19 "say:\x05\x00\x00\x03\x12$EVIL_STEP\x00\x50" stop
	on_terminal sh -c '"$@" >/dev/null' - "$HANDSET" -vvv -x "127.0.0.1:$port" name.invalid 80
	expect_harmless OWNED
}

@test "a name or a port that is given" {
	local program=("$HANDSET" -vv)
	on_terminal "${program[@]}" "$EVIL" 80
	expect_harmless OWNED
	on_terminal "${program[@]}" 127.0.0.1 "$EVIL"
	expect_harmless OWNED
	on_terminal "${program[@]}" --"$EVIL" 127.0.0.1 80
	expect_harmless OWNED
	on_terminal "${program[@]}" -l -o "$DIR/no/$EVIL" 127.0.0.1 0
	expect_harmless OWNED
	on_terminal "${program[@]}" -l --allowfile "$DIR/$EVIL" 127.0.0.1 0
	expect_harmless OWNED
}

@test "the path of a Unix socket: missing, taken, that of a client" {
	on_terminal "$HANDSET" -vv -U "$DIR/$EVIL"
	expect_harmless OWNED
	on_terminal "$HANDSET" --why -U "$DIR/$EVIL"
	expect_harmless OWNED
	cd "$DIR"
	start taken "$HANDSET" -k -l -U "$EVIL" <>never
	eventually test -S "$EVIL"
	on_terminal "$HANDSET" -vv -l -U "$EVIL"
	expect_harmless OWNED
	on_terminal "$HANDSET" -vv --stats -q 0 -U "$EVIL"
	expect_harmless OWNED
	start shown on_terminal "$HANDSET" -vvv --stats -l -u -U socket -W 1
	eventually test -S socket
	python3 -IS -c 'import socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(sys.argv[1])
sock.sendto(b"x", "socket")' "c$EVIL"
	ends shown
	expect_harmless OWNED
}

@test "the name of the program that has a port" {
	cp "$(command -v sleep)" "$DIR/own$EVIL"
	python3 -IS -c 'import socket, os, sys
sock = socket.create_server(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
os.set_inheritable(sock.fileno(), True)
os.execv(sys.argv[1], ["OWNED" + sys.argv[2], "20"])' "$DIR/own$EVIL" "$EVIL" >owned.port 3>&- &
	eventually test -s owned.port
	port=$(cat owned.port)
	on_terminal "$HANDSET" -vv -l 127.0.0.1 "$port"
	expect_harmless own
	on_terminal "$HANDSET" --why 127.0.0.1 "$port"
	expect_harmless own
}

@test "a program that is run, and how it ends" {
	peer server hold
	on_terminal "$HANDSET" -vv -e "$DIR/$EVIL" 127.0.0.1 "$port"
	expect_harmless OWNED
	on_terminal "$HANDSET" -vv -c "exit 3 # $EVIL" 127.0.0.1 "$port"
	expect_harmless status
}

@test "the client of a broker, and what is missed" {
	start shown on_terminal "$HANDSET" -vvv --chat -l 127.0.0.1 0 --deadline 2
	eventually grep -qs 'Listening on' screen
	port=$(sed -nE 's/.*Listening on .* ([0-9]+).*/\1/p' screen | head -n 1)
	run_status 0 -q 0 127.0.0.1 "$port" <<<"$EVIL"
	ends shown
	expect_harmless OWNED
}
