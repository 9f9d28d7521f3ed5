# Completion of handset for fish. tests/lint/documents compares it with the program.

function __handset_tos
    printf '%s\n' lowdelay throughput reliability lowcost critical inetcontrol netcontrol default cs(seq 0 7) \
        af{1,2,3,4}{1,2,3} ef va le
end

function __handset_congestion
    string split ' ' </proc/sys/net/ipv4/tcp_available_congestion_control
end

function __handset_services
    string replace -rf '^([^#\s]+)\s.*' '$1' </etc/services | sort -u
end

# How many operands stand before the cursor: words that are neither options nor their values.
function __handset_operands
    # A line each, sorted: the long options that take a value.
    set -l long \
        allow \
        allowfile \
        backlog \
        color \
        congestion \
        connect-timeout \
        deadline \
        delay \
        deny \
        denyfile \
        exec \
        hex-dump \
        idle-timeout \
        interface \
        interval \
        limit-rate \
        mark \
        max-conns \
        output \
        proxy \
        proxy-auth \
        proxy-dns \
        proxy-type \
        recv-limit \
        sh-exec \
        source \
        source-port \
        to \
        trace \
        trace-file \
        user-timeout \
        wait
    set -l takes '^(-[^-]*[ceIiMmOoPpqsTWwXx]|--('(string join '|' $long)'))$'
    set -l count 0
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
        else if string match -qr $takes -- $word
            set value yes
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    echo $count
end

# HOST PORT; with -l a PORT can stand alone, with -U there is a PATH.
complete -c handset -f
complete -c handset -n '__fish_contains_opt -s U unixsock' -F
complete -c handset -n 'not __fish_contains_opt -s U unixsock; and test (__handset_operands) = 0' -a '(__fish_print_hostnames)'
complete -c handset -n 'not __fish_contains_opt -s U unixsock; and test (__handset_operands) = 1' -a '(__handset_services)'
complete -c handset -n '__fish_contains_opt -s l listen; and not __fish_contains_opt -s U unixsock; and test (__handset_operands) = 0' -a '(__handset_services)'

complete -c handset -s l -l listen -d 'listen for a client instead of connecting'
complete -c handset -l to -r -d 'with -l: relay each client to HOST:PORT or a socket path'
complete -c handset -s e -l exec -r -a '(__fish_complete_command)' -d 'run PROG, with its arguments, on the connection'
complete -c handset -s c -l sh-exec -r -a '(__fish_complete_command)' -d 'run /bin/sh -c CMD on the connection'
complete -c handset -s F -d 'pass the connected socket to stdout, and exit'
complete -c handset -l broker -d 'with -l: what a client sends goes to all others'
complete -c handset -l chat -d 'the same in lines, each with its speaker\'s name'
complete -c handset -l max-conns -x -d 'with -l: at most N clients at once'
complete -c handset -s k -l keep-open -d 'with -l: after a client ends, accept the next'
complete -c handset -l allow -x -a '(__fish_print_hostnames)' -d 'with -l: let these in: addresses, blocks, names'
complete -c handset -l deny -x -a '(__fish_print_hostnames)' -d 'with -l: refuse these, but for those of --allow'
complete -c handset -l allowfile -r -F -d 'the same as --allow, from FILE'
complete -c handset -l denyfile -r -F -d 'the same as --deny, from FILE'
complete -c handset -s z -l scan -d 'only try to connect, send nothing'
complete -c handset -l until-open -d 'try again each -i until the connection succeeds'
complete -c handset -l ping -d 'connect N times, each -i; a line each and a summary'
complete -c handset -l why -d 'diagnose the way to HOST PORT layer by layer'
complete -c handset -l path -d 'show the routers on the way to HOST PORT'
complete -c handset -s u -l udp -d 'datagrams: UDP, or with -U Unix datagrams'
complete -c handset -s U -l unixsock -d 'Unix sockets: the operand is a path, or @NAME'
complete -c handset -l seqpacket -d 'with -U: packets'
complete -c handset -l mptcp -d 'Multipath TCP'
complete -c handset -l sctp -d 'SCTP'
complete -c handset -l vsock -d 'vsock: the operands are CID PORT, or CID:PORT'
complete -c handset -s 4 -d 'IPv4 only'
complete -c handset -s 6 -d 'IPv6 only'
complete -c handset -s n -l nodns -d 'numeric hosts and ports only'
complete -c handset -s s -l source -x -d 'source address (with -l: the address)'
complete -c handset -s p -l source-port -x -a '(__handset_services)' -d 'source port (with -l: the port)'
complete -c handset -s r -d 'random source port, unless -p names one'
complete -c handset -s x -x -a '(__fish_print_hostnames)' -d 'through the proxy at ADDR[:PORT], SOCKS5 unless -X'
complete -c handset -s X -l proxy-type -x -a '4 4a 5 connect' -d 'its protocol: 4, 4a, 5 or connect (HTTP)'
complete -c handset -l proxy -x -a 'socks5:// socks5h:// socks4:// socks4a:// http://' -d 'both in a word: socks5://USER:PASS@HOST:PORT'
complete -c handset -s P -x -d 'user name for the proxy'
complete -c handset -l proxy-auth -x -d 'USER:PASS; better in HANDSET_PROXY_AUTH'
complete -c handset -l proxy-dns -x -a 'local remote' -d 'who looks the target up: local or remote (default)'
complete -c handset -s d -l no-stdin -d 'do not read stdin'
complete -c handset -l send-only -d 'only send: what is received is thrown away'
complete -c handset -l recv-only -d 'only receive'
complete -c handset -s N -d 'shut down the write side at end of input at once'
complete -c handset -l no-shutdown -d 'keep the write side open at end of input'
complete -c handset -l exit-on-eof -d 'end as soon as the peer has sent its end of file'
complete -c handset -s C -l crlf -d 'send CRLF where the input has LF'
complete -c handset -s t -l telnet -d 'take telnet commands out and refuse what they ask'
complete -c handset -l limit-rate -x -d 'at most SIZE bytes a second in each direction'
complete -c handset -s W -l recv-limit -x -d 'exit after N packets were received'
complete -c handset -s w -l wait -x -d 'give up a connect, an idle relay or waiting for a client'
complete -c handset -l connect-timeout -x -d 'give up a connect, the name look-up included'
complete -c handset -l idle-timeout -x -d 'give up an idle relay'
complete -c handset -l deadline -x -d 'end the whole run, whatever it is doing'
complete -c handset -s q -x -d 'quit that long after end of input; negative: never'
complete -c handset -s i -l interval -x -d 'pause between lines sent'
complete -c handset -l delay -x -d 'the same as --interval'
complete -c handset -s I -x -d 'receive buffer of the socket'
complete -c handset -s O -x -d 'send buffer of the socket'
complete -c handset -s M -x -d 'outgoing TTL or hop limit, 1 to 255'
complete -c handset -s m -x -d 'smallest TTL accepted, 0 to 255'
complete -c handset -s T -x -a '(__handset_tos)' -d 'type of service: lowdelay, cs1, af11, ef or 0 to 255'
complete -c handset -s b -l broadcast -d 'allow sending to broadcast addresses'
complete -c handset -s D -d 'set SO_DEBUG'
complete -c handset -s S -d 'TCP MD5 signatures, the key in HANDSET_MD5_KEY'
complete -c handset -l interface -x -a '(__fish_print_interfaces)' -d 'use this interface only'
complete -c handset -l mark -x -d 'firewall mark of the packets'
complete -c handset -l nodelay -d 'send small pieces at once (TCP_NODELAY)'
complete -c handset -l keepalive -d 'probe a silent peer (SO_KEEPALIVE)'
complete -c handset -l user-timeout -x -d 'give up data unacknowledged for so long'
complete -c handset -l fastopen -d 'TCP Fast Open'
complete -c handset -l congestion -x -a '(__handset_congestion)' -d 'congestion control'
complete -c handset -l reuse-port -d 'share the port with other sockets (SO_REUSEPORT)'
complete -c handset -l backlog -x -d 'with -l: how many clients may wait'
complete -c handset -s v -l verbose -d 'once: status; twice: every step; three times: data too'
complete -c handset -l trace -x -a 'text json strace chrome' -d 'its form: text, json, strace or chrome; sets -vv'
complete -c handset -l trace-file -r -F -d 'the trace goes to FILE instead of stderr'
complete -c handset -l explain -d 'with the trace: what each step means; sets -vv'
complete -c handset -l color -x -a 'auto always never' -d 'color on stderr: auto, always or never'
complete -c handset -l stats -d 'at the end: bytes, times and what TCP knows'
complete -c handset -l progress -d 'bytes, rate and time while data moves'
complete -c handset -s o -l output -r -F -d 'copy all data of both directions to FILE'
complete -c handset -l append-output -d 'what is in the files of dumps already stays'
complete -c handset -l hex-dump -r -F -d 'hex dump of both directions; - is stderr'
complete -c handset -l quiet -d 'no messages at all'
complete -c handset -s h -l help -a 'mode address proxy stream time socket trace general all' -d 'what one needs first; of a topic; of all'
complete -c handset -s V -l version -d 'the version'
