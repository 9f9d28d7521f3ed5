# Real servers on loopback for the suites that need one: each on a free port, without root, and with files in $DIR alone.
# shellcheck shell=bash disable=SC2034,SC2154 # helper.bash sets DIR; suites read what is set here

# Whether something accepts on PORT of 127.0.0.1.
accepts() {
	(: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Whether the server NAME is there, on $port: it accepts, or has ended.
served() {
	accepts "$port" || [ -f "$DIR/$1.status" ]
}

# Start a server: `serve NAME COMMAND...`, where PORT in an argument is a free port, which is set as $port. Who is
# faster to take it wins, so a server that ends at once is tried again with another.
serve() {
	local name=$1 try
	shift
	for try in 1 2 3 4; do
		port=$(refusing_port)
		start "$name" "${@//PORT/$port}"
		eventually served "$name"
		[ -f "$DIR/$name.status" ] || return 0
		echo "$name has ended in try $try"
	done
	show_files
	return 1
}

# A SOCKS5 proxy: `microsocks_start NAME ARGS...`.
microsocks_start() {
	needs microsocks
	serve "$1" microsocks -i 127.0.0.1 -p PORT "${@:2}"
}

# An HTTP proxy: `tinyproxy_start NAME LINES...` with more lines for its configuration.
tinyproxy_start() {
	local name=$1
	shift
	needs tinyproxy
	printf '%s\n' 'Listen 127.0.0.1' 'MaxClients 20' 'LogLevel Warning' "$@" >"$DIR/$name.base"
	# The port is a line of the file, which sh writes when it is known.
	# shellcheck disable=SC2016 # the inner shell expands it
	serve "$name" sh -c '{ echo "Port $1"; cat "$2"; } >"$2.conf" && exec tinyproxy -d -c "$2.conf"' sh PORT "$DIR/$name.base"
}

# A private sshd for this user, and in $ssh the options with which ssh, scp and sftp get in. Its port is $port.
sshd_start() {
	needs ssh /usr/sbin/sshd
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/hostkey"
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/key"
	cp "$DIR/key.pub" "$DIR/authorized"
	printf '%s\n' "HostKey $DIR/hostkey" "AuthorizedKeysFile $DIR/authorized" 'StrictModes no' 'UsePAM no' 'PidFile none' \
		'PermitRootLogin prohibit-password' 'ListenAddress 127.0.0.1' 'ListenAddress ::1' 'Subsystem sftp internal-sftp' >"$DIR/sshd.conf"
	serve "$1" /usr/sbin/sshd -D -e -f "$DIR/sshd.conf" -p PORT
	ssh=(-F none -i "$DIR/key" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile="$DIR/known" -o LogLevel=ERROR)
}
