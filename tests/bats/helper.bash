# What the behavior tests share. A suite begins with `load helper`; a test runs in a directory of its own, $DIR, with
# /dev/null as standard input. Every wait has a deadline; children that are still there at the end are killed by pid.
# shellcheck shell=bash disable=SC2034 # variables set here are read by the suites
bats_require_minimum_version 1.5.0

# The binary that is tested: an absolute path.
HANDSET=${HANDSET:-$(realpath "$BATS_TEST_DIRNAME/../../handset")}
PEER=$BATS_TEST_DIRNAME/peer.py
TIME_LIMIT=20
# The system's own python3 first: a shim of pyenv takes 100 ms more to start.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH

setup() {
	helper_setup
}

teardown() {
	helper_teardown
}

# For suites that have a setup and a teardown of their own.
helper_setup() {
	DIR=$BATS_TEST_TMPDIR
	cd "$DIR" || return 1
	mkfifo never
	exec </dev/null
}

# Ends what `start` started, and every program whose environment tells that it is of this test: its parent may have gone.
helper_teardown() {
	local file pid
	for file in "$DIR"/*.pid; do
		[ -f "$file" ] && [ ! -f "${file%.pid}.status" ] && kill -KILL "$(cat "$file")" 2>/dev/null
	done
	while IFS=/ read -r _ _ pid _; do
		kill -KILL "$pid" 2>/dev/null
	done < <(grep -lzxsF "BATS_TEST_TMPDIR=$DIR" /proc/[0-9]*/environ)
	wait
}

# Let a little time pass: nobody ever writes to the pipe.
pause() {
	read -rt 0.02 <>never || :
}

# Wait until COMMAND... succeeds, $TIME_LIMIT seconds at the longest.
eventually() {
	local start=$SECONDS
	until "$@"; do
		if [ $((SECONDS - start)) -ge "$TIME_LIMIT" ]; then
			echo "after $TIME_LIMIT s still not: $*"
			show_files
			return 1
		fi
		pause
	done
}

# What the children have said, for a test that fails.
show_files() {
	local file
	for file in "$DIR"/*.out "$DIR"/*.err "$DIR"/out "$DIR"/err; do
		[ -s "$file" ] && printf -- '--- %s\n%s\n' "${file##*/}" "$(head -c 4000 "$file" | tr -d '\0')"
	done
	return 0
}

# Start COMMAND... in the background with the caller's standard input: `start NAME COMMAND... <FILE`. Its output is in
# $DIR/NAME.out and NAME.err, its pid in NAME.pid. Descriptors 3 (bats) and 7 to 9 (yours, for pipes) are not handed on.
# A name may be given again once its child is ending: its status has to be there first, or it would be taken for the new one's.
start() {
	local name=$1
	shift
	[ ! -f "$DIR/$name.pid" ] || eventually test -f "$DIR/$name.status"
	rm -f "$DIR/$name".{out,err,pid,status}
	(
		local status=0
		"$@" <&0 >"$DIR/$name.out" 2>"$DIR/$name.err" 3>&- 7>&- 8>&- 9>&- &
		echo $! >"$DIR/$name.pid"
		wait $! || status=$?
		echo "$status" >"$DIR/$name.new"
		mv "$DIR/$name.new" "$DIR/$name.status"
	) <&0 >/dev/null 2>&1 3>&- 7>&- 8>&- 9>&- &
	eventually test -s "$DIR/$name.pid"
}

# Start a listener: `listen NAME ARGS...` runs `handset -v -l ARGS...` and sets $port when it listens (to the path, for
# Unix sockets). Ask for port 0.
listen() {
	local name=$1
	shift
	start "$name" "$HANDSET" -v -l "$@" <&0
	eventually listens "$name"
	port=$(sed -nE 's/^(Listening|Bound) on (.* )?//p' "$DIR/$name.err" | head -n 1)
}

# Whether the listener NAME is ready; one that had ended before it was looked at never will be.
listens() {
	local status
	status=$(cat "$DIR/$1.status" 2>/dev/null)
	if grep -qE '^(Listening|Bound) on ' "$DIR/$1.err"; then
		return 0
	fi
	if [ -n "$status" ]; then
		echo "$1 has ended with status $status"
		TIME_LIMIT=0
	fi
	return 1
}

# Start tests/bats/peer.py with ARGS and set $port to what it says first: its port, or its path.
peer() {
	local name=$1
	shift
	start "$name" "$PEER" "$@" <&0
	eventually test -s "$DIR/$name.out"
	port=$(head -n 1 "$DIR/$name.out")
}

# Wait until the child NAME has ended, and expect STATUS of it (default 0).
ends() {
	eventually test -f "$DIR/$1.status"
	expect_equal "exit status of $1" "$(cat "$DIR/$1.status")" "${2:-0}"
}

# Send SIGNAL to the child NAME.
signal() {
	kill -"$2" "$(cat "$DIR/$1.pid")"
}

# Run handset with ARGS and expect STATUS: `run_status STATUS ARGS... <FILE`. What it says is in $DIR/out and $DIR/err.
run_status() {
	local want=$1 status=0
	shift
	timeout -k 1 "$TIME_LIMIT" "$HANDSET" "$@" >"$DIR/out" 2>"$DIR/err" 3>&- || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

# Have the binary where nobody can run it, too: the tree may be in the home of root.
reachable_handset() {
	if [ "$(id -u)" = 0 ] && ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$HANDSET"; then
		chmod a+x "$BATS_RUN_TMPDIR" "$(dirname "$DIR")" "$DIR"
		[ -x "$DIR/handset" ] || cp "$HANDSET" "$DIR/handset"
		HANDSET=$DIR/handset
	fi
}

# The same as a user without any privilege. The binary is copied to where nobody can read it.
run_unprivileged() {
	local want=$1 status=0 drop=()
	shift
	cp "$HANDSET" "$DIR/handset"
	chmod 755 "$DIR" "$DIR/handset"
	[ "$(id -u)" != 0 ] || drop=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
	timeout -k 1 "$TIME_LIMIT" ${drop[@]+"${drop[@]}"} "$DIR/handset" "$@" >"$DIR/out" 2>"$DIR/err" 3>&- || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

# Skip the test unless each PROGRAM is there.
needs() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# Skip the test where no networks and mounts of its own can be made: a container without CAP_SYS_ADMIN and without user
# namespaces, or with those of AppArmor, in which nothing is allowed.
needs_namespaces() {
	local own=(unshare -mn)
	[ "$(id -u)" = 0 ] || own=(unshare -Urmn)
	"${own[@]}" sh -c 'ip link set lo up && mount -t tmpfs none /mnt' 2>/dev/null ||
		skip 'no namespaces can be made here (CAP_SYS_ADMIN or user namespaces)'
}

# Run COMMAND... and set $took_ms to how long it took: `timed run_status 0 ...`.
timed() {
	local start=$EPOCHREALTIME status=0
	"$@" || status=$?
	took_ms=$(((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}) / 1000))
	return "$status"
}

# The last command that was timed took from LEAST to MOST milliseconds. The machine may be busy: be generous with MOST.
expect_took() {
	[ "$took_ms" -ge "$1" ] && [ "$took_ms" -le "$2" ] && return
	printf 'it took %d ms, expected %d to %d\n' "$took_ms" "$1" "$2"
	show_files
	return 1
}

# The child NAME has not ended.
expect_running() {
	[ ! -f "$DIR/$1.status" ] && kill -0 "$(cat "$DIR/$1.pid")" && return
	printf '%s has ended\n' "$1"
	show_files
	return 1
}

# Two files are the same, byte for byte.
expect_same() {
	cmp "$1" "$2" && return
	show_files
	return 1
}

# Expectations: they say what was there instead.
expect_equal() {
	[ "$2" = "$3" ] && return
	printf '%s: it is %q, expected %q\n' "$1" "$2" "$3"
	show_files
	return 1
}

# FILE has this very LINE.
expect_line() {
	grep -qxF -e "$2" "$1" && return
	printf 'no line in %s is: %s\n' "$1" "$2"
	show_files
	return 1
}

# A line of FILE matches the extended REGEX.
expect_match() {
	grep -qE -e "$2" "$1" && return
	printf 'no line in %s matches: %s\n' "$1" "$2"
	show_files
	return 1
}

# No line of FILE matches the extended REGEX.
expect_no_match() {
	grep -qE -e "$2" "$1" || return 0
	printf 'a line in %s matches: %s\n' "$1" "$2"
	show_files
	return 1
}

expect_empty() {
	[ ! -s "$1" ] && return
	printf '%s is not empty\n' "$1"
	show_files
	return 1
}

# A port of 127.0.0.1 that refuses: bound a moment ago, and let go.
refusing_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
