#!/usr/bin/env bash
# The main job, shown: a listener and a client on loopback move a tar stream of this source tree, both with the trace on, and
# what arrived is compared with what was sent. Everything is bounded by a deadline.
set -euo pipefail
cd "$(dirname "$0")/.."
# HANDSET is another binary, and EMULATOR the words that run it.
# shellcheck disable=SC2206 # words
handset=(${EMULATOR:-} "$PWD/${HANDSET:-handset}")
work=$(mktemp -d)
listener=

finish() {
	[ -z "$listener" ] || kill "$listener" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT

tar cf "$work/sent.tar" src tests Makefile

printf '\n$ handset -vv -l 127.0.0.1 0 >received.tar\n'
printf '$ tar c src tests Makefile | handset -vv 127.0.0.1 PORT\n\n'
: >"$work/listener.err"
"${handset[@]}" -vv --deadline 30s -l 127.0.0.1 0 </dev/null >"$work/received.tar" 2>"$work/listener.err" &
listener=$!
for _ in {1..500}; do
	port=$(sed -n 's/^Listening on [^ ]* \([0-9]*\)$/\1/p' "$work/listener.err")
	[ -z "$port" ] || break
	read -rt 0.01 <> <(:) || :
done

client_status=0 listener_status=0
# shellcheck disable=SC2002 # a pipe, as from tar
cat "$work/sent.tar" | "${handset[@]}" -vv --deadline 30s 127.0.0.1 "$port" 2>"$work/client.err" || client_status=$?
wait "$listener" || listener_status=$?
listener=

printf -- '--- the client\n%s\n' "$(cat "$work/client.err")"
printf -- '--- the listener\n%s\n\n' "$(cat "$work/listener.err")"
sent=$(sha256sum <"$work/sent.tar") received=$(sha256sum <"$work/received.tar")
printf 'sent      %s bytes, sha256 %s\n' "$(stat -c %s "$work/sent.tar")" "${sent%% *}"
printf 'received  %s bytes, sha256 %s\n' "$(stat -c %s "$work/received.tar")" "${received%% *}"
printf 'exit status: client %s, listener %s\n' "$client_status" "$listener_status"
if [ "$sent" = "$received" ] && [ "$client_status$listener_status" = 00 ]; then
	echo 'the stream arrived byte for byte'
else
	echo 'the stream did NOT arrive whole'
	exit 1
fi
