#!/usr/bin/env bats
# Ends and breaks in every combination: tests/matrix/breaks.py plays them side by side, and counts what is left behind.
load helper

breaks() {
	timeout -k 1 120 "$BATS_TEST_DIRNAME/../matrix/breaks.py" "$HANDSET" "$1" 3>&-
}

@test "between two connections an end is handed on as an end and a break as a break, however full the pipes are" {
	breaks pairs
}

@test "a program whose client breaks off, or that is killed, leaves nothing behind" {
	breaks programs
}

@test "stdin and stdout of every kind end as they should, within a second" {
	breaks stdio
}
