# Networks of a suite's own: namespaces in a row, joined by veth pairs, with routes, firewalls and name servers, in which
# handset runs as nobody without capabilities. A suite begins with `load helper` and `load netns`; a topology is one line:
#
#	network client router server        # or: network client r1 r2 server; or: network client
#	firewall server input 'tcp dport 9000 drop'
#	run_at client 5 -w 1 "${ip[server]}" 9000
#
# Root makes them with unshare -n, others with unshare -Urn. What was made is ended by helper_teardown: the namespaces go
# with the last process in them. Nothing in them leads outside.
# shellcheck shell=bash disable=SC2034 # variables set here are read by the suites

# Join the nodes NAME... in a row. On link N (from 1), which joins nodes N and N + 1, the left node has 10.77.N.1 and
# fd77:N::1, the right one 10.77.N.2 and fd77:N::2; the interface to a neighbor is called `to-NEIGHBOR`. The first and the
# last node have a default route, the others forward and know all links. ${ip[NAME]} and ${ip6[NAME]} are the addresses of a
# node on the link to its left, of the first one on the link to its right.
network() {
	local -a nodes=("$@")
	local i last=$(($# - 1))
	declare -gA ip=() ip6=()
	for ((i = 0; i <= last; i++)); do
		node "${nodes[i]}"
	done
	for ((i = 1; i <= last; i++)); do
		link "${nodes[i - 1]}" "${nodes[i]}" "$i"
		ip[${nodes[i]}]=10.77.$i.2 ip6[${nodes[i]}]=fd77:$i::2
	done
	[ "$last" -gt 0 ] || return 0
	ip[${nodes[0]}]=10.77.1.1 ip6[${nodes[0]}]=fd77:1::1
	for ((i = 0; i <= last; i++)); do
		network_routes "${nodes[i]}" "$i" "$last" | at "${nodes[i]}" ip -batch -
	done
}

# The routes of node NAME, the Ith of LAST + 1, from 0.
network_routes() {
	local name=$1 i=$2 last=$3 n
	case $i in
	0) printf 'route add default via %s\n' 10.77.1.2 fd77:1::2 ;;
	"$last") printf 'route add default via %s\n' "10.77.$i.1" "fd77:$i::1" ;;
	*)
		for ((n = 1; n < i; n++)); do
			printf 'route add 10.77.%d.0/24 via 10.77.%d.1\nroute add fd77:%d::/64 via fd77:%d::1\n' $n "$i" $n "$i"
		done
		for ((n = i + 2; n <= last; n++)); do
			printf 'route add 10.77.%d.0/24 via 10.77.%d.2\nroute add fd77:%d::/64 via fd77:%d::2\n' $n $((i + 1)) $n $((i + 1))
		done
		;;
	esac
}

# One node NAME, alone: a network and a mount namespace with lo up. It forwards, and it limits no ICMP.
node() {
	local -a maker=(unshare)
	[ -f "$DIR/first-node" ] || needs_namespaces
	if [ "$(id -u)" != 0 ]; then
		maker=(unshare -Ur)
		[ ! -f "$DIR/first-node" ] || maker=(nsenter -t "$(cat "$DIR/first-node")" -U --preserve-credentials unshare)
	fi
	# Names of files: nobody must reach the programs and sockets in $DIR.
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$DIR" "$(dirname "$DIR")" 2>/dev/null || :
	start "node-$1" "${maker[@]}" -nm sh -c 'echo ready; exec tail -f /dev/null'
	eventually test -s "$DIR/node-$1.out"
	[ -f "$DIR/first-node" ] || cp "$DIR/node-$1.pid" "$DIR/first-node"
	# shellcheck disable=SC2016 # the inner shell expands it
	at "$1" sh -c '
		ip link set lo up
		for setting in ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv4/icmp_ratelimit=0 ipv6/icmp/ratelimit=0 \
			ipv4/conf/all/send_redirects=0 ipv4/conf/default/send_redirects=0 ipv4/conf/default/rp_filter=0 \
			ipv6/conf/default/accept_dad=0 ipv6/conf/default/router_solicitations=0; do
			echo "${setting#*=}" >"/proc/sys/net/${setting%=*}"
		done'
}

# Join the nodes LEFT and RIGHT as link NUMBER, with addresses and without routes.
link() {
	local left=$1 right=$2 n=$3
	at "$left" ip link add "to-$right" type veth peer name "to-$left" netns "$(cat "$DIR/node-$right.pid")"
	printf 'link set to-%s up\naddr add 10.77.%d.1/24 dev to-%s\naddr add fd77:%d::1/64 dev to-%s nodad\n' \
		"$right" "$n" "$right" "$n" "$right" | at "$left" ip -batch -
	printf 'link set to-%s up\naddr add 10.77.%d.2/24 dev to-%s\naddr add fd77:%d::2/64 dev to-%s nodad\n' \
		"$left" "$n" "$left" "$n" "$left" | at "$right" ip -batch -
}

# Set $enter to the command that enters NODE, in the current directory.
entering() {
	enter=(nsenter -t "$(cat "$DIR/node-$1.pid")" -n -m)
	[ "$(id -u)" = 0 ] || enter+=(-U --preserve-credentials)
	enter+=(env -C "$PWD")
}

# The same as nobody (where there is a choice of users) and without capabilities.
entering_as_nobody() {
	entering "$1"
	enter+=(setpriv --inh-caps=-all --bounding-set=-all)
	[ "$(id -u)" != 0 ] || enter+=(--reuid=65534 --regid=65534 --clear-groups)
}

# Run COMMAND... in NODE as its root: `at NODE COMMAND...`.
at() {
	local -a enter
	entering "$1"
	"${enter[@]}" "${@:2}" 3>&-
}

# Run COMMAND... in NODE as nobody.
nobody_at() {
	local -a enter
	entering_as_nobody "$1"
	"${enter[@]}" "${@:2}" 3>&-
}

# As `start` in NODE: `start_at NODE NAME COMMAND...` as its root, start_nobody_at as nobody.
start_at() {
	local -a enter
	entering "$1"
	start "$2" "${enter[@]}" "${@:3}" <&0
}

start_nobody_at() {
	local -a enter
	entering_as_nobody "$1"
	start "$2" "${enter[@]}" "${@:3}" <&0
}

# As run_status, in NODE as nobody: `run_at NODE STATUS ARGS...`. What it says is in $DIR/out and $DIR/err.
run_at() {
	local node=$1 want=$2 status=0
	local -a enter
	shift 2
	reachable_handset
	entering_as_nobody "$node"
	"${enter[@]}" timeout -k 1 "$TIME_LIMIT" "$HANDSET" "$@" >"$DIR/out" 2>"$DIR/err" 3>&- || status=$?
	expect_equal "exit status of handset $*" "$status" "$want"
}

# As `listen`, in NODE as nobody: `listen_at NODE NAME ARGS...`; sets $port.
listen_at() {
	reachable_handset
	start_nobody_at "$1" "$2" "$HANDSET" -v -l "${@:3}" <&0
	eventually listens "$2"
	port=$(sed -nE 's/^(Listening|Bound) on (.* )?//p' "$DIR/$2.err" | head -n 1)
}

# As `peer`, in NODE as its root: `peer_at NODE NAME --address "${ip[NODE]}" ARGS...`; sets $port.
peer_at() {
	start_at "$1" "$2" "$PEER" "${@:3}" <&0
	eventually test -s "$DIR/$2.out"
	port=$(head -n 1 "$DIR/$2.out")
}

# Put RULE at HOOK (input, output, forward) of NODE's firewall: `firewall server input 'tcp dport 9000 drop'`.
firewall() {
	printf 'table inet t {\n chain %s { type filter hook %s priority 0; policy accept; }\n}\nadd rule inet t %s %s\n' \
		"$2" "$2" "$2" "$3" | at "$1" nft -f -
}

# Give FILE (/etc/resolv.conf, /etc/hosts, /etc/nsswitch.conf) another text in NODE: `etc_file client /etc/hosts '...'`.
etc_file() {
	local copy
	copy=$DIR/etc-$1-$(basename "$2")
	printf '%s\n' "$3" >"$copy"
	chmod a+r "$copy"
	at "$1" mount --bind "$copy" "$2"
}

# Write VALUE to a sysctl of NODE: `sysctl_at client net.ipv4.ip_local_port_range '50000 50002'`.
sysctl_at() {
	# shellcheck disable=SC2016 # the inner shell expands it
	at "$1" sh -c 'echo "$2" >"/proc/sys/$(echo "$1" | tr . /)"' sh "$2" "$3"
}

# Wait until a socket of NODE listens on, or is bound to, PORT: `served_at server 9000`.
served_at() {
	eventually is_served "$@"
}

is_served() {
	at "$1" ss -Hlntu | grep -qE "[:.]$2 "
}
