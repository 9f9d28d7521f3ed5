# Completion of handset for bash; it works without bash-completion, too. tests/lint/documents compares it with the program.
# shellcheck shell=bash

# The options that take a value, a line each, and those that take none.
_handset_valued=(
	--allow
	--allowfile
	--backlog
	-c
	--color
	--congestion
	--connect-timeout
	--deadline
	--delay
	--deny
	--denyfile
	-e
	--exec
	--hex-dump
	-I
	-i
	--idle-timeout
	--interface
	--interval
	--limit-rate
	-M
	-m
	--mark
	--max-conns
	-O
	-o
	--output
	-P
	-p
	--proxy
	--proxy-auth
	--proxy-dns
	--proxy-type
	-q
	--recv-limit
	-s
	--sh-exec
	--source
	--source-port
	-T
	--to
	--trace
	--trace-file
	--user-timeout
	-W
	-w
	--wait
	-X
	-x
)
_handset_flags=(
	-4
	-6
	--append-output
	-b
	--broadcast
	--broker
	-C
	--chat
	--crlf
	-D
	-d
	--exit-on-eof
	--explain
	-F
	--fastopen
	-h
	--help
	-k
	--keep-open
	--keepalive
	-l
	--listen
	--mptcp
	-N
	-n
	--no-shutdown
	--no-stdin
	--nodelay
	--nodns
	--path
	--ping
	--progress
	--quiet
	-r
	--recv-only
	--reuse-port
	-S
	--scan
	--send-only
	--sctp
	--seqpacket
	--stats
	-t
	--telnet
	-U
	-u
	--udp
	--unixsock
	--until-open
	-V
	-v
	--verbose
	--version
	--vsock
	--why
	-z
)

_handset_takes_value() {
	local option
	for option in "${_handset_valued[@]}"; do
		[ "$option" != "$1" ] || return 0
	done
	return 1
}

_handset_services() {
	awk '/^[^#]/ { print $1 }' /etc/services 2>/dev/null
}

# Without patterns, hashed names, and addresses with colons, at which readline splits words.
_handset_hosts() {
	awk '{ sub(/#.*/, ""); for (i = 2; i <= NF; i++) print $i }' /etc/hosts 2>/dev/null
	cat ~/.ssh/known_hosts /etc/ssh/ssh_known_hosts 2>/dev/null | awk '
		$1 ~ /^@/ { $1 = ""; $0 = $0 }
		$1 !~ /^[|#]/ { count = split($1, names, ","); for (i = 1; i <= count; i++) print names[i] }' |
		sed -e 's/^\[\(.*\)\]:[0-9]*$/\1/' -e '/[*?!]/d'
}

# The values that OPTION is known to take.
_handset_values() {
	case $1 in
	--help) printf '%s\n' mode address proxy stream time socket trace general all ;;
	--trace) printf '%s\n' text json strace chrome ;;
	--color) printf '%s\n' auto always never ;;
	-T) printf '%s\n' lowdelay throughput reliability lowcost critical inetcontrol netcontrol default cs{0..7} \
		af{1..4}{1..3} ef va le ;;
	--congestion) tr ' ' '\n' </proc/sys/net/ipv4/tcp_available_congestion_control ;;
	--interface) (cd /sys/class/net && printf '%s\n' *) ;;
	-X | --proxy-type) printf '%s\n' 4 4a 5 connect ;;
	--proxy) printf '%s\n' socks5:// socks5h:// socks4:// socks4a:// http:// ;;
	--proxy-dns) printf '%s\n' local remote ;;
	-x) _handset_hosts ;;
	-P) whoami ;;
	-p | --source-port) _handset_services ;;
	-e | --exec | -c | --sh-exec) compgen -c ;;
	--allow | --deny) _handset_hosts ;;
	esac 2>/dev/null
}

# The option in WORD, a long one or a cluster of letters, whose value is or may be the next word.
_handset_expects() {
	local word=$1 i
	case $word in
	--help | -h) printf '%s\n' --help ;;
	--*) _handset_takes_value "$word" && printf '%s\n' "$word" ;;
	-?*)
		for ((i = 1; i < ${#word}; i++)); do
			_handset_takes_value "-${word:i:1}" || continue
			[ $((i + 1)) -ne ${#word} ] || printf '%s\n' "-${word:i:1}"
			return
		done
		;;
	esac
}

# Set $operands, $listen and $unix from the words before the current one; the caller's variables.
_handset_scan() {
	local i word skip=
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		= | :) skip=1 ;;
		*)
			if [ -n "$skip" ]; then
				skip=
				continue
			fi
			case $word in
			--listen) listen=1 ;;
			--unixsock) unix=1 ;;
			--*) ;;
			-?*)
				[[ $word != *l* ]] || listen=1
				[[ $word != *U* ]] || unix=1
				;;
			*) operands=$((operands + 1)) ;;
			esac
			[ -z "$(_handset_expects "$word")" ] || skip=1
			;;
		esac
	done
}

# Offer those lines of standard input that begin with $1. They are not expanded, as `compgen -W` would do it.
_handset_offer() {
	local line
	while read -r line; do
		[[ -z $line || $line != "$1"* ]] || COMPREPLY+=("$line")
	done < <(sort -u)
}

_handset_files() {
	local line
	compopt -o filenames 2>/dev/null
	while read -r line; do
		COMPREPLY+=("$line")
	done < <(compgen -f -- "$1")
}

_handset() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} option operands=0 listen='' unix=''
	COMPREPLY=()

	# Readline splits --trace=json and host:port.
	if [ "$previous" = = ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	elif [ "$current" = = ]; then
		current=
	elif [ "$current" = : ] || [ "$previous" = : ]; then
		_handset_offer "${current#:}" < <(_handset_services)
		return
	fi

	option=$(_handset_expects "$previous")
	_handset_scan
	if [[ $option =~ ^(-o|--output|--hex-dump|--trace-file|--allowfile|--denyfile)$ ]]; then
		_handset_files "$current"
	elif [ -n "$option" ]; then
		_handset_offer "$current" < <(_handset_values "$option")
	elif [[ $current == -* ]]; then
		_handset_offer "$current" < <(printf '%s\n' "${_handset_valued[@]}" "${_handset_flags[@]}")
	elif [ -n "$unix" ]; then
		_handset_files "$current"
	elif [ "$operands" -eq 0 ]; then
		_handset_offer "$current" < <(
			_handset_hosts
			[ -z "$listen" ] || _handset_services
		)
	elif [ "$operands" -eq 1 ]; then
		_handset_offer "$current" < <(_handset_services)
	fi
}

complete -F _handset handset
