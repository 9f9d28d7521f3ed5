/* Questions over netlink. */
#include "host/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "proto/nlmsg.h"
#include "trace/sys.h"

/* What the kernel fills at most for one part of a dump (NLMSG_GOODSIZE). */
#define ANSWER_SIZE 32768
/* So many parts of a dump are read: a table of a full Internet router has a hundred thousand
 * entries. */
#define ANSWER_PARTS 4096
#define TRIES 3

int netlink_open(struct netlink *netlink, struct trace *trace, int protocol)
{
	*netlink = (struct netlink){.trace = trace, .protocol = protocol};
	netlink->fd = sys_socket(trace, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
				 protocol);
	return netlink->fd < 0 ? -1 : 0;
}

void netlink_close(struct netlink *netlink)
{
	sys_close(netlink->trace, &netlink->fd);
}

/* What netlink_ask has come to. */
struct reply {
	bool (*take)(const struct nlmessage *message, void *context);
	void *context;
	bool wants; /* TAKE wants more */
	bool ended;
	int err;
};

static void take_part(struct reply *reply, const void *bytes, size_t len)
{
	struct nlcursor cursor = {.at = bytes, .left = len};
	struct nlmessage message;
	bool multi = false;

	while (nlmsg_next(&cursor, &message)) {
		if (message.type == NLMSG_ERROR || message.type == NLMSG_DONE) {
			reply->err = nlmsg_error(&message);
			reply->ended = true;
			return;
		}
		multi |= message.multi;
		if (reply->wants)
			reply->wants = reply->take(&message, reply->context);
	}
	/* An answer that is no dump is one message. */
	reply->ended = !multi;
}

/* The kernel answers in the same breath: EAGAIN is no reason to wait, but to ask once more. */
static ssize_t send_request(const struct netlink *netlink, const struct nlrequest *request)
{
	ssize_t sent = -1;
	for (int tries = 0; tries < TRIES; tries++) {
		sent = sys_netlink_send(netlink->trace, netlink->fd, netlink->protocol,
					request->bytes, request->len);
		if (sent >= 0 || !sys_is_again(errno))
			break;
	}
	return sent;
}

static ssize_t receive_part(const struct netlink *netlink, unsigned char *bytes)
{
	ssize_t got = -1;
	for (int tries = 0; tries < TRIES; tries++) {
		got = sys_netlink_recv(netlink->trace, netlink->fd, netlink->protocol, bytes,
				       ANSWER_SIZE);
		if (got >= 0 || !sys_is_again(errno))
			break;
	}
	return got;
}

int netlink_ask(struct netlink *netlink, struct nlrequest *request,
		bool (*take)(const struct nlmessage *, void *), void *context)
{
	struct reply reply = {.take = take, .context = context, .wants = true};
	unsigned char *bytes = malloc(ANSWER_SIZE);
	int status = -1;

	if (!bytes)
		return -1;
	nlmsg_number(request, ++netlink->sequence);
	ssize_t got = send_request(netlink, request);
	for (int i = 0; got > 0 && i < ANSWER_PARTS && !reply.ended; i++) {
		got = receive_part(netlink, bytes);
		if (got > 0)
			take_part(&reply, bytes, (size_t)got);
	}
	if (reply.ended)
		status = reply.err;
	free(bytes);
	return status;
}

static bool take_route(const struct nlmessage *message, void *context)
{
	return !nlroute_route(message, context);
}

int netlink_route(struct netlink *netlink, const struct route_query *query, struct route *route)
{
	struct nlrequest request;
	*route = (struct route){.type = RTN_UNSPEC};
	if (query->to.ss.ss_family != AF_INET && query->to.ss.ss_family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	nlroute_ask(&request, query, false);
	return netlink_ask(netlink, &request, take_route, route);
}

int netlink_flow(struct netlink *netlink, struct route_query *query, struct route *route)
{
	struct route_query bound = *query;
	struct route again;
	int err = netlink_route(netlink, query, route);
	if (err != 0 || query->to.ss.ss_family != AF_INET ||
	    query->from.ss.ss_family != AF_UNSPEC || route->source.ss.ss_family != AF_INET ||
	    route->type == RTN_LOCAL)
		return err;
	bound.from = route->source;
	err = netlink_route(netlink, &bound, &again);
	if (err <= 0)
		return 0;
	*query = bound;
	*route = again;
	return err;
}

static bool take_rule(const struct nlmessage *message, void *context)
{
	struct route_rule rule;
	if (nlroute_rule(message, &rule))
		fib_add_rule(context, &rule);
	return true;
}

static bool take_entry(const struct nlmessage *message, void *context)
{
	struct route route;
	if (nlroute_route(message, &route))
		fib_add_route(context, &route);
	return true;
}

enum fib_decider netlink_decider(struct netlink *netlink, const struct route_query *query,
				 struct route *route, struct route_rule *rule)
{
	struct nlrequest request;
	struct fib *fib = malloc(sizeof(*fib));
	enum fib_decider decider = FIB_NOTHING;

	if (!fib)
		return FIB_NOTHING;
	*fib = (struct fib){.query = *query};
	nlroute_dump(&request, RTM_GETRULE, query->to.ss.ss_family);
	int rules = netlink_ask(netlink, &request, take_rule, fib);
	nlroute_dump(&request, RTM_GETROUTE, query->to.ss.ss_family);
	if (rules == 0 && netlink_ask(netlink, &request, take_entry, fib) == 0)
		decider = fib_decide(fib, route, rule);
	free(fib);
	return decider;
}

static bool take_neighbor(const struct nlmessage *message, void *context)
{
	struct neighbor *wanted = context;
	struct neighbor found;
	if (!nlroute_neighbor(message, &found) || found.ifindex != wanted->ifindex ||
	    !fib_contains(&wanted->addr, wanted->addr.ss.ss_family == AF_INET ? 32 : 128,
			  &found.addr))
		return true;
	wanted->state = found.state;
	return false;
}

int netlink_neighbor(struct netlink *netlink, const struct addr *addr, unsigned ifindex)
{
	struct nlrequest request;
	struct neighbor wanted = {.addr = *addr, .ifindex = ifindex};
	nlroute_dump(&request, RTM_GETNEIGH, addr->ss.ss_family);
	netlink_ask(netlink, &request, take_neighbor, &wanted);
	return wanted.state;
}

static bool take_link(const struct nlmessage *message, void *context)
{
	return !nlroute_link(message, context);
}

bool netlink_link(struct netlink *netlink, unsigned ifindex, struct link *link)
{
	struct nlrequest request;
	*link = (struct link){.ifindex = 0};
	nlroute_ask_link(&request, ifindex);
	return netlink_ask(netlink, &request, take_link, link) == 0 && link->ifindex == ifindex;
}

/* Who is given each address. */
struct address_reader {
	bool (*take)(const struct own_address *address, void *context);
	void *context;
};

static bool take_address(const struct nlmessage *message, void *context)
{
	const struct address_reader *reader = context;
	struct own_address address;
	return !nlroute_address(message, &address) || reader->take(&address, reader->context);
}

int netlink_addresses(struct netlink *netlink, int family,
		      bool (*take)(const struct own_address *, void *), void *context)
{
	struct nlrequest request;
	struct address_reader reader = {.take = take, .context = context};
	nlroute_dump(&request, RTM_GETADDR, family);
	return netlink_ask(netlink, &request, take_address, &reader);
}

/* The address that is looked for, and what was found. */
struct own_search {
	const struct addr *addr;
	struct own_address *own;
	bool found;
};

static bool compare_own(const struct own_address *address, void *context)
{
	struct own_search *search = context;
	/* 127.0.0.0/8 is this host's as a whole (RFC 1122). */
	int len = search->addr->ss.ss_family == AF_INET6                               ? 128
		  : addr_is_loopback(&address->addr) && addr_is_loopback(search->addr) ? 8
										       : 32;
	search->found = fib_contains(&address->addr, len, search->addr);
	if (search->found && search->own)
		*search->own = *address;
	return !search->found;
}

bool netlink_is_own(struct netlink *netlink, const struct addr *addr, struct own_address *own)
{
	struct own_search search = {.addr = addr, .own = own};
	netlink_addresses(netlink, addr->ss.ss_family, compare_own, &search);
	return search.found;
}
