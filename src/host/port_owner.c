/* Who has a port of this host, by sock_diag(7), and what that says of a connect or a bind that
 * failed. */
#include "host/port_owner.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/text.h"
#include "host/netlink.h"
#include "host/socket_owner.h"
#include "net/endpoint.h"
#include "net/run.h"
#include "proto/addr.h"
#include "trace/purpose.h"
#include "trace/trace.h"

/* ---- who takes what comes to a port ---- */

struct port_search {
	struct port_owner *port_owner;
	const struct addr *to;
	unsigned interface; /* the one that has the address; 0: none has, or it is not known */
	bool exact;         /* `here` has that address, not all */
};

/* The kernel takes what this host sends to itself as received by the interface that has the
 * address. */
static unsigned interface_of(const struct addr *addr, struct trace *trace)
{
	struct netlink netlink;
	struct own_address own = {.ifindex = 0};
	if (netlink_open(&netlink, trace, NETLINK_ROUTE) == 0)
		netlink_is_own(&netlink, addr, &own);
	netlink_close(&netlink);
	return own.ifindex;
}

/* Whether what is sent to the address of SEARCH comes to SOCKET, at LOCAL, whose port is that: one
 * on every IPv6 address may take IPv4 as well (ipv6(7)), and one on a link-local address is bound
 * to its interface. */
static bool takes_target(const struct port_search *port_search, const struct diag_socket *socket,
			 const struct addr *local)
{
	const struct addr *to = port_search->to;
	if (socket->ifindex != 0 && socket->ifindex != port_search->interface)
		return false;
	if (!addr_is_any(local))
		return fib_contains(local, local->ss.ss_family == AF_INET ? 32 : 128, to);
	return local->ss.ss_family == to->ss.ss_family ||
	       (local->ss.ss_family == AF_INET6 && !socket->v6only);
}

static bool take_target(const struct diag_socket *socket, void *context)
{
	struct port_search *port_search = context;
	struct port_owner *port_owner = port_search->port_owner;
	struct addr local = addr_unmapped(&socket->local);
	if (!takes_target(port_search, socket, &local)) {
		port_owner->elsewhere = *socket;
		port_owner->has_elsewhere = true;
	} else if (!port_search->exact) {
		port_owner->here = *socket;
		port_owner->has_here = true;
		port_search->exact = !addr_is_any(&local);
	}
	return true;
}

static void put_owner(struct text *out, const struct diag_socket *socket)
{
	struct socket_owner owner;
	socket_owner_identify(socket, &owner);
	socket_owner_format(out, &owner);
}

/* Ends PURPOSE with what has been found, which FOUND says was possible. */
static void tell_owner(struct purpose *purpose, const struct port_owner *port_owner, bool found)
{
	char who[320];
	struct text text = TEXT_IN(who);
	if (!found)
		text_str(&text, "it does not say");
	else if (port_owner->has_here)
		put_owner(&text, &port_owner->here);
	else if (port_owner->has_elsewhere)
		text_printf(&text, "nobody there, but somebody on %s",
			    addr_text(&port_owner->elsewhere.local).chars);
	else
		text_str(&text, "nobody");
	purpose_end(purpose, "%s", who);
}

int port_owner_find(struct port_owner *port_owner, struct trace *trace, int protocol,
		    const struct addr *to)
{
	bool datagrams = protocol == IPPROTO_UDP;
	struct addr wanted = addr_unmapped(to);
	struct purpose purpose;
	purpose_begin(&purpose, trace, "this host", "who %s port %u",
		      datagrams ? "has UDP" : "listens on", addr_port(&wanted));
	struct port_search port_search = {
		.port_owner = port_owner, .to = &wanted, .interface = interface_of(&wanted, trace)};
	struct socket_owner_query query = {.family = AF_UNSPEC,
					   .protocol = protocol,
					   .port = (uint16_t)addr_port(&wanted),
					   .states = 1U << (datagrams ? DIAG_BOUND : DIAG_LISTEN)};
	*port_owner = (struct port_owner){.datagrams = datagrams};
	int status = socket_owner_sockets(trace, &query, take_target, &port_search);
	if (trace_shows(trace, 2))
		tell_owner(&purpose, port_owner, status == 0);
	return status;
}

static void put_interface(struct text *out, struct trace *trace, unsigned ifindex)
{
	struct netlink netlink;
	struct link link;
	if (netlink_open(&netlink, trace, NETLINK_ROUTE) == 0 &&
	    netlink_link(&netlink, ifindex, &link))
		text_printf(out, " of interface %s", link.name);
	netlink_close(&netlink);
}

static void put_elsewhere(struct text *out, struct trace *trace,
			  const struct port_owner *port_owner)
{
	const struct diag_socket *socket = &port_owner->elsewhere;
	text_str(out, "not on that address, but on ");
	addr_format(out, &socket->local);
	if (socket->ifindex != 0)
		put_interface(out, trace, socket->ifindex);
	else if (socket->v6only && addr_is_any(&socket->local))
		text_str(out, " (IPv6 alone)");
	text_str(out, port_owner->datagrams ? " there is " : " listens ");
	put_owner(out, socket);
}

/* The kernel answers with RST for a port on which nobody listens at that address. */
static void explain_refused(const struct port_owner *port_owner, struct trace *trace,
			    struct fault *fault)
{
	char words[256];
	struct text text = TEXT_IN(words);
	if (port_owner->has_here)
		put_owner(&text, &port_owner->here);
	else if (port_owner->has_elsewhere)
		put_elsewhere(&text, trace, port_owner);
	else
		text_printf(&text, "no socket of this host %s that port",
			    port_owner->datagrams ? "has" : "listens on");
	if (port_owner->has_here)
		fault_cause(fault, CAUSE_REFUSED_THOUGH_SERVED,
			    "this host answered with %s, and yet %s %s: a firewall of this host "
			    "sends it, it seems, or the "
			    "service has started just now",
			    port_owner->datagrams ? "port unreachable" : "RST", words,
			    port_owner->datagrams ? "has that port" : "listens there");
	else
		fault_cause(fault, CAUSE_REFUSED, "%.600s\n%s", fault->detail, words);
}

/* A listener whose queue is full drops the SYN (listen(2)), which looks like a firewall.  Nobody
 * has to answer a datagram. */
static void explain_silence(const struct port_owner *port_owner, struct fault *fault)
{
	char words[256];
	struct text text = TEXT_IN(words);
	const struct diag_socket *socket = &port_owner->here;
	put_owner(&text, socket);
	if (port_owner->datagrams) {
		fault_cause(fault, CAUSE_SERVICE_SILENT,
			    "the socket there is of %s, which has not answered what was sent; %u "
			    "bytes wait there to be read",
			    words, socket->rqueue);
		return;
	}
	if (socket->rqueue <= socket->wqueue)
		return;
	fault_cause(fault, CAUSE_ACCEPT_QUEUE_FULL,
		    "%.600s\nit is the queue: %u wait in it to be accepted, with a backlog of %u, "
		    "and the listener is %s",
		    fault->detail, socket->rqueue, socket->wqueue, words);
}

void port_owner_explain(const struct port_owner *port_owner, struct trace *trace,
			struct fault *fault)
{
	fault->here = true;
	if (fault->err == ECONNREFUSED && fault->cause == CAUSE_REFUSED)
		explain_refused(port_owner, trace, fault);
	else if (fault->err == ETIMEDOUT && fault->cause == CAUSE_NO_ANSWER && port_owner->has_here)
		explain_silence(port_owner, fault);
}

/* ---- who is in the way of a bind ---- */

/* The socket that is most likely in the way of `wanted`. */
struct holder_search {
	const struct addr *wanted;
	struct diag_socket socket;
	int rank; /* 0: none is */
};

/* An IPv6 socket on every address may take IPv4 as well, or not. */
static bool overlaps(const struct addr *a, const struct addr *b)
{
	if (a->ss.ss_family == b->ss.ss_family)
		return addr_is_any(a) || addr_is_any(b) || addr_equal(a, b);
	const struct addr *six = a->ss.ss_family == AF_INET6 ? a : b;
	return addr_is_any(six);
}

static int rank_of(const struct diag_socket *socket, const struct addr *wanted)
{
	struct addr local = addr_unmapped(&socket->local);
	bool waits = socket->state == DIAG_LISTEN || socket->state == DIAG_BOUND;
	if (!overlaps(&local, wanted))
		return 0;
	return 1 + (waits ? 2 : 0) + (local.ss.ss_family == wanted->ss.ss_family ? 1 : 0);
}

static bool take_holder(const struct diag_socket *socket, void *context)
{
	struct holder_search *holder_search = context;
	int rank = rank_of(socket, holder_search->wanted);
	if (rank > holder_search->rank) {
		holder_search->socket = *socket;
		holder_search->rank = rank;
	}
	return true;
}

void port_owner_blame(const struct run *run, const struct endpoint_config *endpoint,
		      const struct addr *addr, struct fault *fault)
{
	bool datagrams = endpoint->type == SOCK_DGRAM;
	struct holder_search holder_search = {.wanted = addr};
	struct socket_owner owner;
	char who[320];
	struct text who_text = TEXT_IN(who);
	struct socket_owner_query query = {.family = AF_UNSPEC,
					   .protocol = datagrams ? IPPROTO_UDP : IPPROTO_TCP,
					   .port = (uint16_t)addr_port(addr),
					   .states = UINT32_MAX};

	if (fault->err != EADDRINUSE || query.port == 0 ||
	    !(datagrams || endpoint_is_tcp(endpoint)))
		return;
	struct purpose purpose;
	purpose_begin(&purpose, run->trace, "this host", "who has port %u", query.port);
	bool found = socket_owner_sockets(run->trace, &query, take_holder, &holder_search) == 0 &&
		     holder_search.rank > 0;
	if (!found) {
		purpose_end(&purpose, "it does not say");
		return;
	}
	socket_owner_identify(&holder_search.socket, &owner);
	socket_owner_format(&who_text, &owner);
	purpose_end(&purpose, "%s", who);
	const char *does = holder_search.socket.state == DIAG_LISTEN ? "listens on"
			   : datagrams                               ? "has a socket on"
								     : "has a connection from";
	fault_cause(fault, CAUSE_ADDRESS_IN_USE, "%s %s %s", who, does,
		    addr_text(&holder_search.socket.local).chars);
}
