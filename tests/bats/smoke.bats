#!/usr/bin/env bats
# The first things that must work; also an example of how to write a suite.
load helper

@test "--version says the name and a number on stdout" {
	run_status 0 --version
	expect_match out '^handset [0-9]+\.[0-9]+\.[0-9]+'
	expect_empty err
}

@test "--help names every part of the contract on stdout" {
	run_status 0 --help
	expect_match out '^  handset HOST PORT '
	expect_match out '--help=all'
	expect_empty err
}

@test "a refused connect is status 4, with one error line and a cause" {
	port=$(refusing_port)
	run_status 4 127.0.0.1 "$port"
	expect_line err "handset: connect to 127.0.0.1 port $port (tcp) failed: Connection refused"
	expect_match err '^  [^ ]'
	expect_empty out
}

@test "--quiet silences the error, not the status" {
	run_status 4 --quiet 127.0.0.1 "$(refusing_port)"
	expect_empty err
}

@test "what a client sends comes out of the listener, and both end by themselves" {
	listen server 127.0.0.1 0
	run_status 0 127.0.0.1 "$port" <<<'hello'
	ends server 0
	expect_line server.out hello
	expect_match server.err '^Connection received on 127\.0\.0\.1 [0-9]+$'
	expect_empty err
}

@test "the answer of a listener reaches the client" {
	listen server 127.0.0.1 0 <<<'welcome'
	run_status 0 127.0.0.1 "$port"
	expect_line out welcome
	ends server 0
}

@test "a client says with -v that it is connected, in netcat's words" {
	peer server sink
	run_status 0 -v 127.0.0.1 "$port" <<<'hello'
	expect_match err "^Connection to 127\.0\.0\.1 $port port \[tcp/.*\] succeeded!\$"
	ends server 0
	expect_equal 'what the server got' "$(sed -n '2s/ .*//p' server.out)" 6
}

@test "an answer that comes a second after the end of input is not lost" {
	peer server late 'the late answer'
	run_status 0 127.0.0.1 "$port" <<<'question'
	expect_equal stdout "$(cat out)" 'the late answer'
	ends server 0
}

@test "a reset in mid-stream is status 8, never success" {
	peer server rst 'some data'
	run_status 8 -d 127.0.0.1 "$port"
	expect_match err 'Connection reset by peer'
	ends server 0
}
