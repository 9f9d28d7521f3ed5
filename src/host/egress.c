/* What of this host stands in the way of a connection. */
#include "host/egress.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "host/netlink.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* A connection, and what rtnetlink says of its way. */
struct egress {
	struct netlink netlink;
	struct route_query query;
	struct route route;
	struct link link;
};

static void put_addr(struct text *out, const struct addr *addr)
{
	addr_format_host(out, addr);
}

bool egress_flow(struct route_query *query, struct trace *trace, int fd, const struct addr *to)
{
	socklen_t len = sizeof(query->mark);
	*query = (struct route_query){.protocol = IPPROTO_TCP, .uid = geteuid()};
	if (to)
		query->to = *to;
	if (sys_getsockname(trace, fd, &query->from) != 0 ||
	    (!to && sys_getpeername(trace, fd, &query->to) != 0))
		return false;
	query->from = addr_unmapped(&query->from);
	query->to = addr_unmapped(&query->to);
	if (sys_getsockopt(trace, fd, SOL_SOCKET, SO_MARK, &query->mark, &len) != 0)
		query->mark = 0;
	len = sizeof(query->ifindex);
	if (sys_getsockopt(trace, fd, SOL_SOCKET, SO_BINDTOIFINDEX, &query->ifindex, &len) != 0)
		query->ifindex = 0;
	if (query->ifindex == 0)
		query->ifindex = addr_scope(&query->to);
	return true;
}

/* Append which entry of the tables, or which rule, says no to QUERY ("prohibit route 10.0.0.0/8 in
 * this host's routing table").  Returns the cause, or CAUSE_NONE, and appends
 * nothing, when none does;
 * *DECIDER is what decides. */
static enum cause put_decider(struct text *out, struct netlink *netlink,
			      const struct route_query *query, enum fib_decider *decider)
{
	static const struct {
		int type, action; /* of a route; of a rule */
		const char *word;
		enum cause cause;
	} rows[] = {
		{RTN_BLACKHOLE, FR_ACT_BLACKHOLE, "blackhole", CAUSE_ROUTE_BLACKHOLE},
		{RTN_UNREACHABLE, FR_ACT_UNREACHABLE, "unreachable", CAUSE_ROUTE_UNREACHABLE},
		{RTN_PROHIBIT, FR_ACT_PROHIBIT, "prohibit", CAUSE_ROUTE_PROHIBIT},
	};
	struct route route;
	struct route_rule rule;
	*decider = netlink_decider(netlink, query, &route, &rule);
	for (size_t i = 0; *decider != FIB_NOTHING && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (*decider == FIB_RULE && rule.action == rows[i].action) {
			text_printf(out, "a rule of this host (%s, priority %u: ip rule)",
				    rows[i].word, rule.priority);
			return rows[i].cause;
		}
		if (*decider == FIB_ROUTE && route.type == rows[i].type) {
			bool all = route.to.ss.ss_family == AF_UNSPEC;
			text_printf(out, "%s route %s", rows[i].word, all ? "default" : "");
			if (!all)
				put_addr(out, &route.to);
			text_printf(out, "/%d in this host's routing table", route.prefix_len);
			return rows[i].cause;
		}
	}
	return CAUSE_NONE;
}

/* Whether the source address of QUERY is one of this host. */
static bool has_source(struct netlink *netlink, const struct route_query *query)
{
	struct route route;
	struct route_query back = {.to = query->from, .ifindex = query->ifindex};
	if (netlink_is_own(netlink, &query->from, NULL))
		return true;
	/* Addresses that nobody has configured may be ours too (127.0.0.9, local routes): the
	 * routes know. */
	int err = netlink_route(netlink, &back, &route);
	return err < 0 || (err == 0 && route.type == RTN_LOCAL);
}

/* Interfaces of a family, loopback left out. */
struct interfaces {
	struct netlink *netlink;
	int up;
	struct link down; /* one that is down, `name` empty: none */
	struct addr addr; /* an address that it has */
};

static bool take_address(const struct own_address *own, void *context)
{
	struct interfaces *interfaces = context;
	struct link link;
	if (!netlink_link(interfaces->netlink, own->ifindex, &link) || link.loopback)
		return true;
	if (link.up) {
		interfaces->up++;
	} else {
		interfaces->down = link;
		interfaces->addr = own->addr;
	}
	return true;
}

/* There is no route because the interface is down that would lead there. */
static enum cause put_interfaces_down(struct text *out, struct netlink *netlink, int family)
{
	/* A dump is read to its end before the next question is asked. */
	struct netlink other;
	struct interfaces interfaces = {.netlink = &other};
	if (netlink_open(&other, netlink->trace, NETLINK_ROUTE) != 0)
		return CAUSE_NONE;
	netlink_addresses(netlink, family, take_address, &interfaces);
	netlink_close(&other);
	if (interfaces.down.name[0] == '\0')
		return CAUSE_NONE;
	text_printf(out, "; the interface %s, which has ", interfaces.down.name);
	put_addr(out, &interfaces.addr);
	text_str(out, ", is down");
	return interfaces.up == 0 ? CAUSE_INTERFACE_DOWN : CAUSE_NONE;
}

/* What is wrong with the source address that was asked for. */
static enum cause put_bad_source(struct text *out, struct netlink *netlink,
				 const struct route_query *query)
{
	bool foreign = !has_source(netlink, query);
	if (!foreign && !(addr_is_loopback(&query->from) && !addr_is_loopback(&query->to)))
		return CAUSE_NONE;
	text_str(out, "the source address ");
	put_addr(out, &query->from);
	text_str(out, foreign ? " is none of this host"
			      : " is a loopback address, which never leaves this host");
	return foreign ? CAUSE_ADDRESS_NOT_OURS : CAUSE_LOOPBACK_SOURCE;
}

enum cause egress_put_refusal(struct text *out, struct netlink *netlink,
			      const struct route_query *query, int err)
{
	/* What the errno means where the entry that says no is not found: it misleads with these
	 * kinds of routes, but is exact. */
	static const struct {
		int err;
		enum cause cause;
		const char *words;
	} rows[] = {
		{EINVAL, CAUSE_ROUTE_BLACKHOLE,
		 "a blackhole route of this host throws away what goes to "},
		{EACCES, CAUSE_ROUTE_PROHIBIT,
		 "a route or rule of this host prohibits the way to "},
		{EHOSTUNREACH, CAUSE_ROUTE_UNREACHABLE,
		 "a route of this host says unreachable for "},
	};
	char entry[128];
	struct text text = TEXT_IN(entry);
	enum fib_decider decider;
	bool bound = query->from.ss.ss_family != AF_UNSPEC;
	enum cause cause = bound ? put_bad_source(out, netlink, query) : CAUSE_NONE;
	if (cause)
		return cause;
	cause = put_decider(&text, netlink, query, &decider);
	if (cause) {
		text_str(out, "no way to ");
		put_addr(out, &query->to);
		text_printf(out, ": %s", entry);
		return cause;
	}
	if (err == ENETUNREACH) {
		text_printf(out, "this host has no IPv%c route to ",
			    query->to.ss.ss_family == AF_INET6 ? '6' : '4');
		put_addr(out, &query->to);
		enum cause down = put_interfaces_down(out, netlink, query->to.ss.ss_family);
		return down ? down : CAUSE_ROUTE_MISSING;
	}
	for (size_t i = 0; decider == FIB_NOTHING && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].err != err)
			continue;
		text_str(out, rows[i].words);
		put_addr(out, &query->to);
		return rows[i].cause;
	}
	return CAUSE_NONE;
}

enum cause egress_put_group(struct text *out, const struct route_query *query,
			    const struct route *route)
{
	bool broadcast = route->type == RTN_BROADCAST;
	bool datagrams = query->protocol == IPPROTO_UDP;
	if (!broadcast && (datagrams || route->type != RTN_MULTICAST))
		return CAUSE_NONE;
	put_addr(out, &query->to);
	text_printf(out, " is a %s address%s", broadcast ? "broadcast" : "multicast",
		    datagrams ? ": -b allows to send to it" : ", to which TCP does not connect");
	return broadcast ? CAUSE_BROADCAST_TARGET : CAUSE_MULTICAST_TARGET;
}

static enum cause put_link(struct text *out, const struct link *link)
{
	if (link->up && link->carrier)
		return CAUSE_NONE;
	text_printf(out, "the interface of this host, %s, %s", link->name,
		    link->up ? "has no carrier: its cable, or what is at the other end"
			     : "is down");
	return link->up ? CAUSE_NO_CARRIER : CAUSE_INTERFACE_DOWN;
}

static enum cause put_next_hop(struct text *out, struct egress *egress)
{
	bool direct = egress->route.gateway.ss.ss_family == AF_UNSPEC;
	const struct addr *hop = direct ? &egress->query.to : &egress->route.gateway;
	int state = netlink_neighbor(&egress->netlink, hop, egress->link.ifindex);
	if (!(state & (NUD_FAILED | NUD_INCOMPLETE)))
		return CAUSE_NONE;
	const char *protocol = hop->ss.ss_family == AF_INET6 ? "neighbor discovery" : "ARP";
	if (direct) {
		put_addr(out, hop);
		text_printf(out,
			    " is on the own link, %s, without a router between, and does not "
			    "answer %s there",
			    egress->link.name, protocol);
		return CAUSE_NEXT_HOP_SILENT;
	}
	text_str(out, "the next hop, the gateway ");
	put_addr(out, hop);
	text_printf(out, ", does not answer %s on %s", protocol, egress->link.name);
	return CAUSE_NEXT_HOP_SILENT;
}

/* The interface of the route, and the next hop behind it. */
static enum cause put_first_link(struct text *out, struct egress *egress)
{
	if (egress->route.type != RTN_UNICAST ||
	    !netlink_link(&egress->netlink, egress->route.ifindex, &egress->link))
		return CAUSE_NONE;
	enum cause cause = put_link(out, &egress->link);
	return cause ? cause : put_next_hop(out, egress);
}

/* The address of this end, and the interface that has it. */
static enum cause put_source(struct text *out, struct egress *egress)
{
	struct own_address own;
	const struct addr *from = &egress->query.from;
	if (netlink_is_own(&egress->netlink, from, &own)) {
		bool known = netlink_link(&egress->netlink, own.ifindex, &egress->link);
		return known && !egress->link.up ? put_link(out, &egress->link) : CAUSE_NONE;
	}
	if (has_source(&egress->netlink, &egress->query))
		return CAUSE_NONE;
	text_str(out, "the address of this end, ");
	put_addr(out, from);
	text_str(out, ", is none of this host any more");
	return CAUSE_ADDRESS_NOT_OURS;
}

static enum cause put_obstacle(struct text *out, struct egress *egress)
{
	const struct route_query *query = &egress->query;
	enum cause cause = put_source(out, egress);
	if (cause)
		return cause;
	int err = netlink_route(&egress->netlink, query, &egress->route);
	if (err != 0)
		return egress_put_refusal(out, &egress->netlink, query, err);
	return put_first_link(out, egress);
}

static enum cause find_refusal(struct text *out, struct netlink *netlink,
			       const struct route_query *query)
{
	struct route route;
	struct route_query flow = *query;
	int err = netlink_flow(netlink, &flow, &route);
	enum cause group = err == 0 ? egress_put_group(out, query, &route) : CAUSE_NONE;
	if (group)
		return group;
	return err > 0 ? egress_put_refusal(out, netlink, &flow, err) : CAUSE_NONE;
}

/* Begins to ask this host QUESTION ("which way leads to") about the address that QUERY leads to. */
static void begin_question(struct purpose *purpose, struct trace *trace, const char *question,
			   const struct route_query *query)
{
	purpose_begin(purpose, trace, "this host", "%s %s", question,
		      addr_host_text(&query->to).chars);
}

enum cause egress_refusal(struct text *out, struct trace *trace, const struct route_query *query)
{
	struct netlink netlink;
	struct purpose purpose;
	enum cause cause = CAUSE_NONE;
	size_t before = out->len;
	begin_question(&purpose, trace, "which way leads to", query);
	bool open = netlink_open(&netlink, trace, NETLINK_ROUTE) == 0;
	if (open)
		cause = find_refusal(out, &netlink, query);
	netlink_close(&netlink);
	purpose_end(&purpose, "%s",
		    cause  ? out->at + before
		    : open ? "there is one"
			   : "it does not say");
	return cause;
}

/* Whether the route of QUERY is of TYPE (RTN_LOCAL), which is the answer to QUESTION. */
static bool has_route_type(struct trace *trace, const struct route_query *query, int type,
			   const char *question)
{
	struct netlink netlink;
	struct route route;
	struct purpose purpose;
	begin_question(&purpose, trace, question, query);
	bool is_it = netlink_open(&netlink, trace, NETLINK_ROUTE) == 0 &&
		     netlink_route(&netlink, query, &route) == 0 && route.type == type;
	netlink_close(&netlink);
	purpose_end(&purpose, is_it ? "yes" : "no");
	return is_it;
}

bool egress_is_broadcast(struct trace *trace, const struct route_query *query)
{
	return has_route_type(trace, query, RTN_BROADCAST, "whether everybody is meant by");
}

bool egress_is_here(struct trace *trace, const struct route_query *query)
{
	return has_route_type(trace, query, RTN_LOCAL, "whether it has the address");
}

bool egress_put_interface(struct text *out, struct trace *trace, const struct route_query *query)
{
	struct netlink netlink;
	struct route route;
	struct link link;
	struct purpose purpose;
	begin_question(&purpose, trace, "which interface leads to", query);
	bool found = netlink_open(&netlink, trace, NETLINK_ROUTE) == 0 &&
		     netlink_route(&netlink, query, &route) == 0 &&
		     netlink_link(&netlink, route.ifindex, &link);
	if (found)
		text_str(out, link.name);
	netlink_close(&netlink);
	purpose_end(&purpose, "%s", found ? link.name : "none");
	return found;
}

enum cause egress_first_link(struct text *out, struct trace *trace, const struct route_query *query)
{
	struct egress egress = {.query = *query};
	struct purpose purpose;
	enum cause cause = CAUSE_NONE;
	size_t before = out->len;
	begin_question(&purpose, trace, "what is wrong with the first link to", query);
	if (netlink_open(&egress.netlink, trace, NETLINK_ROUTE) == 0 &&
	    netlink_route(&egress.netlink, query, &egress.route) == 0)
		cause = put_first_link(out, &egress);
	netlink_close(&egress.netlink);
	purpose_end(&purpose, "%s", cause ? out->at + before : "nothing, as far as it knows");
	return cause;
}

enum cause egress_fault(struct text *out, struct trace *trace, int fd)
{
	struct egress egress;
	struct purpose purpose;
	enum cause cause = CAUSE_NONE;
	size_t before = out->len;
	purpose_begin(&purpose, trace, "this host", "what is in the way of this connection");
	if (egress_flow(&egress.query, trace, fd, NULL) &&
	    netlink_open(&egress.netlink, trace, NETLINK_ROUTE) == 0) {
		cause = put_obstacle(out, &egress);
		netlink_close(&egress.netlink);
	}
	purpose_end(&purpose, "%s", cause ? out->at + before : "nothing, as far as it knows");
	return cause;
}
