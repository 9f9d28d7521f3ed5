#!/usr/bin/env bats
# --trace chrome: trace events that Perfetto and chrome://tracing open.
# shellcheck disable=SC2154 # helper.bash sets port
load helper

# FILE is a whole array of trace events, calls and instants, in the order of their time; print their names.
events() {
	python3 -IS - "$1" <<-'END'
		import json, sys
		first, *events = json.load(open(sys.argv[1]))
		assert first["ph"] == "M" and first["args"]["name"] == "handset", first
		end = 0
		for event in events:
		    assert event["ph"] in ("X", "i") and event["pid"] == 1 and event["tid"] == 1, event
		    assert isinstance(event["ts"], float) and event["ts"] >= 0, event
		    if event["ph"] == "X":
		        assert event["dur"] >= 0 and event["ts"] >= end - 0.002, event
		        assert {"args", "ret", "errno"} == set(event["args"]) - {"for"}, event
		        end = event["ts"] + event["dur"]
		    else:
		        assert event["s"] == "p" and event["args"]["summary"], event
		    print(event["name"])
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
