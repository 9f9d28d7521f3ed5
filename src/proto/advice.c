/* Advice: a row a cause.  It names the next thing that an engineer would do, and on which machine. */
#include "proto/advice.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *cause;
	const char *advice;
} rows[] = {
	{"refused", "look on that host whether the service runs, and on which address and port it listens (ss -ltnp)"},
	{"self-connect", "start the service there"},
	{"no-answer", "see with --path how far packets come, and look at the firewalls from there on"},
	{"next-hop-silent", "check that the host or gateway is up, and the address, netmask, VLAN and cable"},
	{"host-unreachable", "check that the host is up and has that address"},
	{"network-unreachable", "add a route to that network, or use an address of a family that has one (ip route)"},
	{"router-no-route", "have a route to that network added on the router that says so"},
	{"route-missing", "add a route to that network or a default route (ip route)"},
	{"route-blackhole", "remove that route of this host if it is not meant to be (ip route)"},
	{"route-prohibit", "remove that route of this host if it is not meant to be (ip route, ip rule)"},
	{"route-unreachable", "remove that route of this host if it is not meant to be (ip route, ip rule)"},
	{"protocol-unreachable", "use a protocol that the host speaks"},
	{"firewall-rejects", "have that firewall allow this source, address and port"},
	{"local-firewall", "allow it in the firewall of this host (as root: nft list ruleset)"},
	{"prohibited", "have that firewall allow this source, address and port"},
	{"ttl-exceeded", "use a larger TTL (-M), or look for a routing loop with --path"},
	{"routing-loop", "compare the routes of the routers in the loop"},
	{"accept-queue-full", "find out why that process does not accept: it hangs, or is too slow for its backlog"},
	{"broadcast-target", "use the address of a host"},
	{"no-source-port", "wait for connections in TIME_WAIT to end, or widen net.ipv4.ip_local_port_range"},
	{"address-not-ours", "use an address of this host (ip address)"},
	{"source-family", "use a source address of the target's family"},
	{"interface-down", "bring the interface up (ip link set up)"},
	{"no-carrier", "check the cable, or what stands at its other end"},
	{"name-unknown", "check the spelling, the search domains, and whether the record exists"},
	{"name-no-address", "have an address record added to the name"},
	{"name-family", "leave -4 or -6 out, or have a record of that family added"},
	{"name-server-failed", "look at that name server, or use another one (/etc/resolv.conf)"},
	{"name-server-refused", "ask a name server that answers this host (/etc/resolv.conf)"},
	{"name-server-silent", "check the way to that name server, and whether it runs"},
	{"name-server-unreachable", "check the way to that name server, and whether it runs"},
	{"name-server-missing", "name a name server in /etc/resolv.conf"},
	{"name-timeout", "look at the name servers of /etc/resolv.conf"},
	{"service-unknown", "give the number of the port"},
	{"path-missing", "check the path, and whether the service has started"},
	{"no-socket", "check the path"},
	{"socket-unused", "start the service; a socket file that is left over is made anew by it"},
	{"socket-permission", "run as a user or in a group that may write to that socket"},
	{"socket-type", "use -u or --seqpacket, or leave them out"},
	{"permission", "look at the routes (ip route, ip rule) and the firewall of this host"},
	{"privilege", "run it with that privilege, or without the option"},
	{"descriptors", "raise the limit (ulimit -n)"},
	{"reset", "look at the log of the service: it accepts and breaks off at once"},
};

const char *advice_for(const char *cause)
{
	for (size_t i = 0; cause && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].cause, cause) == 0)
			return rows[i].advice;
	return NULL;
}
