#!/usr/bin/env bash
# A listener and a client move a tar stream over loopback, with the trace on at both ends; nobody ends them by hand.
set -u
cd "$(dirname "$0")/.." || exit 1
handset=${HANDSET:-$PWD/handset}
dir=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT

say() {
	printf '\n== %s\n' "$*"
}

# What the two said, but for the middle of a long trace.
show() {
	awk -v name="$1" '{ line[NR] = $0 } END {
		for (i = 1; i <= NR; i++)
			if (NR <= 40 || i <= 20 || i > NR - 20) print name ": " line[i]
			else if (i == 21) print name ": ... (" NR - 40 " lines)"
	}' "$2"
}

# The port that the listener says it has; it must say so within ten seconds.
port_of_listener() {
	local end=$((SECONDS + 10))
	until sed -nE 's/^Listening on 127\.0\.0\.1 ([0-9]+)$/\1/p' "$dir/server" | grep .; do
		if [ "$SECONDS" -ge "$end" ] || ! kill -0 "$server" 2>/dev/null; then
			return 1
		fi
		read -rt 0.05 <>"$dir/never" || :
	done
}

mkfifo "$dir/never"
tar cf "$dir/sent.tar" Makefile src tests

say 'handset -vv --deadline 30s -l 127.0.0.1 0 > received.tar'
"$handset" -vv --deadline 30s -l 127.0.0.1 0 </dev/null >"$dir/received.tar" 2>"$dir/server" &
server=$!
if ! port=$(port_of_listener); then
	show listener "$dir/server"
	echo 'the listener did not say that it listens'
	exit 1
fi

say "handset -vv --deadline 30s 127.0.0.1 $port < sent.tar"
"$handset" -vv --deadline 30s 127.0.0.1 "$port" <"$dir/sent.tar" 2>"$dir/client"
client_status=$?
wait "$server"
server_status=$?
server=

say 'what they say (-vv: every syscall step)'
show listener "$dir/server"
show client "$dir/client"

say 'verdict'
sent=$(sha256sum <"$dir/sent.tar")
received=$(sha256sum <"$dir/received.tar")
printf 'listener: exit status %d; client: exit status %d\n' "$server_status" "$client_status"
printf 'sent     %s  %d bytes\nreceived %s  %d bytes\n' "${sent%% *}" "$(stat -c %s "$dir/sent.tar")" \
	"${received%% *}" "$(stat -c %s "$dir/received.tar")"
if [ "$server_status" = 0 ] && [ "$client_status" = 0 ] && [ "$sent" = "$received" ]; then
	echo 'demo: well: the same bytes arrived, and both ended by themselves'
else
	echo 'demo: FAILED'
	exit 1
fi
