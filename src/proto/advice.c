/* A row a cause: what it means for who wants to connect, and the next thing that an engineer would
 * do, and on which machine. */
#include "proto/advice.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *cause;
	const char *verdict;
	const char *advice;
} rows[] = {
	{"proxy-refused",
	 "the proxy's host is up, but nothing listens on the proxy's port; the target was not "
	 "tried",
	 "look whether the proxy runs, and on which port"},
	{"proxy-timeout", "the proxy does not answer; the target was not tried",
	 "see with --path, without the proxy, how far packets to the proxy's port come"},
	{"proxy-unreachable", "there is no way to the proxy; the target was not tried",
	 "diagnose the way to the proxy's own address and port with --why"},
	{"proxy-name", "the proxy's name comes to nothing; the target was not tried",
	 "check how the proxy is named"},
	{"refused",
	 "the way is good and the host is up, but nothing listens on that port, unless a firewall "
	 "refuses in its name",
	 "look on that host whether the service runs, and on which address and port it listens (ss "
	 "-lntup)"},
	{"refused-though-served",
	 "this host refuses it although somebody listens there: a rule of its firewall, it seems, "
	 "or the service has "
	 "started just now",
	 "try it again, then look at the firewall of this host (as root: nft list ruleset)"},
	{"self-connect", "nothing listens on that port", "start the service there"},
	{"forward-loop", NULL, "give --to the address of the service, or listen on another port"},
	{"no-answer",
	 "what is sent vanishes without a word, which is how a firewall that drops looks, or a "
	 "host that is down",
	 "see with --path how far packets come, and look at the firewalls from there on"},
	{"service-silent", NULL,
	 "see whether that service answers such a datagram at all, or hangs; then look at the "
	 "firewall of this host (as root: nft list "
	 "ruleset)"},
	{"next-hop-silent",
	 "nothing leaves this host, because the next hop does not answer on the link",
	 "check that the host or gateway is up, and the address, netmask, VLAN and cable"},
	{"host-unreachable", "the way ends at the last link: nobody answers there for that address",
	 "check that the host is up and has that address"},
	{"network-unreachable", "there is no route to that network",
	 "add a route to that network, or use an address of a family that has one (ip route)"},
	{"router-no-route", "the packets come as far as a router that does not know the way on",
	 "have a route to that network added on the router that says so"},
	{"route-missing", "this host has no route to that address, so nothing was sent",
	 "add a route to that network or a default route (ip route)"},
	{"route-blackhole", "a route of this host throws such packets away, so nothing was sent",
	 "remove that route of this host if it is not meant to be (ip route)"},
	{"route-prohibit", "a route of this host forbids it, so nothing was sent",
	 "remove that route of this host if it is not meant to be (ip route, ip rule)"},
	{"route-unreachable", "a route of this host says unreachable, so nothing was sent",
	 "remove that route of this host if it is not meant to be (ip route, ip rule)"},
	{"protocol-unreachable", NULL, "use a protocol that the host speaks"},
	{"firewall-rejects", "a firewall rejects it; the service was not asked",
	 "have that firewall allow this source, address and port"},
	{"local-firewall", "the firewall of this host stops it",
	 "allow it in the firewall of this host (as root: nft list ruleset)"},
	{"prohibited", "a firewall rejects it; the service was not asked",
	 "have that firewall allow this source, address and port"},
	{"ttl-exceeded", "the packets use up their TTL on the way",
	 "use a larger TTL (-M), or look for a routing loop with --path"},
	{"routing-loop", NULL, "compare the routes of the routers in the loop"},
	{"accept-queue-full", "the service is there and does not accept: its queue is full",
	 "find out why that process does not accept: it hangs, or is too slow for its backlog"},
	{"address-unusable", NULL, "check the address, and the routes of this host (ip route get)"},
	{"broadcast-target", NULL, "use the address of a host, or for datagrams -b"},
	{"multicast-target", NULL, "use the address of a host, or datagrams (-u)"},
	{"no-source-port", "this host has no source port left for that destination",
	 "wait for connections in TIME_WAIT to end, or widen net.ipv4.ip_local_port_range"},
	{"address-not-ours", "the source address is not one of this host, so nothing was sent",
	 "use an address of this host (ip address)"},
	{"loopback-source", "the source address is one of loopback, so nothing was sent",
	 "use an address of the interface that leads there (ip route get), or leave -s out"},
	{"source-family", NULL, "use a source address of the target's family"},
	{"interface-down", "nothing leaves this host, because its interface is down",
	 "bring the interface up (ip link set up)"},
	{"no-carrier", "nothing leaves this host, because its interface has no carrier",
	 "check the cable, or what stands at its other end"},
	{"name-unknown", "the name does not exist, so there is nothing to connect to",
	 "check the spelling, the search domains, and whether the record exists"},
	{"name-no-address", "the name exists and has no address",
	 "have an address record added to the name"},
	{"name-alias",
	 "the name is an alias of one that comes to nothing, so there is nothing to connect to",
	 "have the alias, or what it stands for, put right in the DNS"},
	{"name-family", "the name has no address of the family that was asked for",
	 "leave -4 or -6 out, or have a record of that family added"},
	{"name-server-failed", "it comes to nothing at the name server",
	 "look at that name server, or use another one (/etc/resolv.conf)"},
	{"name-server-refused", "the name server refuses to answer this host",
	 "ask a name server that answers this host (/etc/resolv.conf)"},
	{"name-server-garbled",
	 "what the name server answers cannot be used, so the target was not even tried",
	 "ask another name server (/etc/resolv.conf), and look for what answers in its name on the "
	 "way"},
	{"name-server-tcp",
	 "the name server's answer does not come through, so the target was not even tried",
	 "have port 53 opened for TCP too, there and in the firewalls on the way"},
	{"name-server-silent", "the name server does not answer, so the target was not even tried",
	 "check the way to that name server, and whether it runs"},
	{"name-server-unreachable",
	 "the name server cannot be reached, so the target was not even tried",
	 "check the way to that name server, and whether it runs"},
	{"name-server-missing", "this host has no name server",
	 "name a name server in /etc/resolv.conf"},
	{"name-timeout", NULL, "look at the name servers of /etc/resolv.conf"},
	{"service-unknown", NULL, "give the number of the port"},
	{"path-missing", "there is nothing at that path",
	 "check the path, and whether the service has started"},
	{"no-socket", NULL, "check the path"},
	{"socket-unused", "the socket is there, but nobody has it open any more",
	 "start the service; a socket file that is left over is made anew by it"},
	{"socket-permission", "this user may not connect to that socket",
	 "run as a user or in a group that may write to that socket"},
	{"socket-type", NULL, "use -u or --seqpacket, or leave them out"},
	{"permission", NULL,
	 "look at the routes (ip route, ip rule) and the firewall of this host"},
	{"privilege", NULL, "run it with that privilege, or without the option"},
	{"descriptors", NULL, "raise the limit (ulimit -n)"},
	{"reset", NULL,
	 "look in the log of the service, and of what stands before it, for why it broke off"},
	{"reset-at-once", NULL,
	 "look at the log of the service: it accepts and breaks off at once"},
	{"peer-silent", NULL,
	 "look at that program: it hangs, or waits for more (a line's end, the end of input); or "
	 "its answer is lost on the way here"},
	{"peer-not-reading", NULL,
	 "look at that program: it hangs, or is busy with something else than to read"},
	{"mtu-black-hole", NULL,
	 "let ICMP \"fragmentation needed\" (IPv6: \"packet too big\") pass the firewalls on the "
	 "way, or lower the MTU of the route "
	 "(ip route) until it works"},
	{"unacknowledged", NULL,
	 "look on that host at the service's accept queue (ss -lnt), then at the firewalls on the "
	 "way, which may let only SYNs pass"},
	{"path-unreachable", NULL,
	 "see with --path who says so: a router without a way on, or a firewall that rejects what "
	 "was allowed before"},
	{"reset-after-silence", NULL,
	 "let it be heard from time to time (--keepalive, or a message), or look at the time after "
	 "which a NAT or firewall forgets"},
	{"path-lost", NULL,
	 "see with --path how far packets to that port come now, and whether the host is up"},
	{"idle-undelivered", NULL, "try it with a longer -w, and --stats"},
	{"deadline", NULL, "try it with a longer --deadline, and --stats"},
	{"no-answer-yet", NULL, "give it more time (-w)"},
	{"no-client-path", NULL, "check that clients use that path, and may write to it"},
	{"no-client", NULL,
	 "check from a client, with --why, how far it comes, and the address, the port and the "
	 "firewall of this host"},
	{"accept-queue-overflow", NULL,
	 "serve clients at the same time (-e, -c, --to, --broker), or let more of them wait "
	 "(--backlog, net.core.somaxconn)"},
	{"clients-dropped", NULL, "look at this host's counters (nstat -az 'TcpExt*')"},
	{"receive-buffer-full", NULL,
	 "make the buffer larger (-I, net.core.rmem_max), or read faster what stdout gives"},
	{"datagrams-dropped", NULL, "look at this host's counters (nstat -az 'Udp*')"},
	{"stdout-blocked", NULL, "look at what reads standard output: it hangs, or is too slow"},
	{"program-not-reading", NULL,
	 "look at that program: it hangs, or is busy with something else than to read"},
	{"program-missing", NULL, "check its name and PATH"},
	{"program-permission", NULL,
	 "make it executable (chmod +x), and open the folders before it"},
	{"program-format", NULL, "give it a #! line, or run it with -c"},
	{"processes", NULL, "end some, or raise the limit (ulimit -u)"},
	{"stdout-closed", NULL, "give it a standard output (>/dev/null)"},
	{"option-value", NULL,
	 "look up what there is (sysctl net.ipv4.tcp_available_congestion_control)"},
	{"proxy-closed", NULL, "look at the log of the proxy"},
	{"too-large", NULL, "send smaller datagrams"},
	{"disk-full", NULL, "make room, and receive it again"},
	{"scope-missing", NULL, "write the interface behind the address"},
	{"address-in-use", NULL, "end what has it, or take another port"},
	{"path-in-use", NULL, "end what has it, or take another path"},
	{"path-taken", NULL, "take another path, or remove the file if it is not needed"},
	{"privileged-port", NULL,
	 "take a port from 1024 on, or have net.ipv4.ip_unprivileged_port_start lowered"},
	{"interface-missing", NULL, "look up its name (ip link)"},
};

static size_t find(const char *cause)
{
	size_t i = 0;
	while (i < sizeof(rows) / sizeof(rows[0]) && (!cause || strcmp(rows[i].cause, cause) != 0))
		i++;
	return i;
}

const char *advice_for(const char *cause)
{
	size_t i = find(cause);
	return i < sizeof(rows) / sizeof(rows[0]) ? rows[i].advice : NULL;
}

const char *verdict_for(const char *cause)
{
	size_t i = find(cause);
	return i < sizeof(rows) / sizeof(rows[0]) ? rows[i].verdict : NULL;
}
