# What the lints share. A lint prints what it finds and exits 1; 77 means that it could not run, and says why.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

skip() {
	printf '%s\n' "$*"
	exit 77
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# Set $tool to TOOL of VERSION: other versions find other things. Debian names it TOOL-VERSION, too.
pinned() {
	for tool in "$1-$2" "$1"; do
		! "$tool" --version 2>/dev/null | grep -qE "(^|[^0-9.])${2//./\\.}(\.|\$)" || return 0
	done
	need "$1"
	skip "$1 is not version $2, which Debian 12 has"
}

# Every C file and header below the folders FOLDER...
c_files() {
	find "$@" -name '*.[ch]' | sort
}

# Every object of the program; one whose source is gone stays in the build folder and is not meant.
objects() {
	local source
	[ -d build/release/src ] || skip 'nothing is built yet'
	find src -name '*.c' | sort | while read -r source; do
		[ ! -f "build/release/${source%.c}.o" ] || printf '%s\n' "build/release/${source%.c}.o"
	done
}

# Every shell and bats script of the project.
shell_files() {
	find .ci tests -type f ! -name '*.py' -print0 |
		xargs -0 awk 'FNR == 1 && /^#!.*(bash|bats|\/sh)/ { print FILENAME }'
	find tests -name '*.bash'
}

# Fail when standard input has a line; show it under TITLE.
none() {
	local found
	found=$(cat)
	[ -z "$found" ] && return 0
	printf '%s\n' "$1" "$found"
	return 1
}
