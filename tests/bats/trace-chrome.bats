#!/usr/bin/env bats
# --trace chrome: trace events that Perfetto and chrome://tracing open.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# FILE is a whole array of trace events of one process, whose slices nest on each track; print their names.
events() {
	python3 -IS - "$1" <<-'END'
		import json, sys
		first, *events = json.load(open(sys.argv[1]))
		assert first["ph"] == "M" and first["args"]["name"] == "handset" and first["pid"] > 1, first
		tracks = {}
		for event in events:
		    assert event["ph"] in ("X", "i", "M") and event["pid"] == first["pid"], event
		    if event["ph"] == "M":
		        continue
		    assert isinstance(event["ts"], float) and event["ts"] >= 0, event
		    if event["ph"] == "X":
		        assert event["dur"] >= 0, event
		        tracks.setdefault(event["tid"], []).append((event["ts"], -event["dur"], event))
		        if event["cat"] != "note":
		            assert {"args", "ret", "errno"} == set(event["args"]) - {"for"}, event
		    else:
		        assert event["s"] in "tp" and event["args"]["summary"], event
		    print(event["name"])
		for slices in tracks.values():
		    ends = []
		    for start, negative, event in sorted(slices, key=lambda row: row[:2]):
		        while ends and ends[-1] <= start + 0.002:
		            ends.pop()
		        assert not ends or start - negative <= ends[-1] + 0.002, event
		        ends.append(start - negative)
	END
}

@test "--trace chrome has slices and a track for each connection, and both sides share a clock" {
	listen server -k --max-conns 1 --deadline 20 --trace chrome --trace-file server.json 127.0.0.1 0
	run_status 0 -4 --trace chrome --trace-file client.json localhost "${port##* }" <<<x
	run_status 0 127.0.0.1 "${port##* }" <<<y
	signal server TERM
	ends server 143
	events client.json >names
	for slice in name connect transfer; do
		expect_line names $slice
	done
	events server.json >names
	python3 - "$(cat server.pid)" <<'END'
import json, sys
client, server = json.load(open("client.json")), json.load(open("server.json"))
assert server[0]["pid"] == int(sys.argv[1]), server[0]
def slices(events, name):
    return [event for event in events if event["ph"] == "X" and event["name"] == name and event["cat"] == "note"]
transfers = slices(server, "transfer")
assert len({event["tid"] for event in transfers}) == 2, transfers
titles = [event["args"]["name"] for event in server if event["name"] == "thread_name"]
assert sum("connection from 127.0.0.1:" in title for title in titles) == 2, titles
ours, theirs = slices(client, "transfer")[0], transfers[0]
assert ours["ts"] < theirs["ts"] + theirs["dur"] and theirs["ts"] < ours["ts"] + ours["dur"], (ours, theirs)
END
}

@test "--trace chrome is valid JSON with the calls and what they mean" {
	peer server echo
	run_status 0 -vvv --trace chrome --trace-file trace 127.0.0.1 "$port" <<<'hello'
	events trace >names
	expect_line names connect
	expect_line names sendto
	expect_line names connected
	expect_line names closed
}

@test "--trace chrome on stderr is valid JSON too" {
	peer server say hello
	run_status 0 --trace chrome -d 127.0.0.1 "$port"
	events err >names
	expect_line names socket
}

@test "--trace chrome is whole after an error, which it tells" {
	port=$(refusing_port)
	run_status 4 --trace chrome --trace-file trace 127.0.0.1 "$port"
	events trace >names
	expect_equal 'the last event' "$(tail -n 1 names)" error
	expect_match err '^handset: connect to .* failed: Connection refused$'
}

@test "--trace chrome on stderr is ended before the error line" {
	run_status 4 --trace chrome 127.0.0.1 "$(refusing_port)"
	sed '/^]$/q' err >trace
	events trace >names
	expect_line names error
}

@test "--trace chrome is whole after a signal" {
	peer server silent
	start client "$HANDSET" -v --trace chrome --trace-file trace -d 127.0.0.1 "$port"
	eventually grep -q succeeded client.err
	signal client TERM
	ends client 143
	events trace >names
	expect_line names connected
}

@test "--trace chrome makes hostile bytes harmless" {
	peer server echo
	run_status 0 -vvv --trace chrome --trace-file trace 127.0.0.1 "$port" < <(head -c 100000 /dev/urandom)
	events trace >names
}
