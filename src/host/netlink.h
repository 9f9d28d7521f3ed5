/* Questions to the kernel over netlink(7), which anybody may ask: routes, the rules and tables
 * behind them, neighbors, interfaces, addresses.  The kernel answers in the same breath, so
 * nothing here waits. */
#ifndef HANDSET_HOST_NETLINK_H
#define HANDSET_HOST_NETLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/fib.h"
#include "proto/nlroute.h"

struct nlmessage;
struct nlrequest;
struct trace;

struct netlink {
	struct trace *trace;
	int fd; /* -1: closed */
	int protocol;
	uint32_t sequence;
};

/* Open a socket of PROTOCOL (NETLINK_ROUTE, NETLINK_SOCK_DIAG); 0, or -1 when this host or sandbox
 * has none. */
int netlink_open(struct netlink *netlink, struct trace *trace, int protocol);

/* Close it; safe to call twice. */
void netlink_close(struct netlink *netlink);

/* Send REQUEST and give each message of the answer to TAKE with CONTEXT, which returns whether it
 * wants more. 0, the errno with which the kernel refused, or -1 when no answer came. */
int netlink_ask(struct netlink *netlink, struct nlrequest *request,
		bool (*take)(const struct nlmessage *, void *), void *context);

/* The route of QUERY into ROUTE, as the kernel would take it for that flow. 0; else the errno that
 * a connect would get (ENETUNREACH: no route; EINVAL: blackhole; EHOSTUNREACH: unreachable; EACCES:
 * prohibit), or -1 when the kernel could not be asked. */
int netlink_route(struct netlink *netlink, const struct route_query *query, struct route *route);

/* The same as connect(2) looks for it: over IPv4 it asks once more with the source address that the
 * first answer gives, which may meet another rule.  QUERY has that source then when it is refused.
 */
int netlink_flow(struct netlink *netlink, struct route_query *query, struct route *route);

/* Which entry of the tables, or which rule, decides about QUERY: fib_decide. */
enum fib_decider netlink_decider(struct netlink *netlink, const struct route_query *query,
				 struct route *route, struct route_rule *rule);

/* The state of the neighbor ADDR on interface IFINDEX (NUD_FAILED, ...; linux/neighbour.h), 0 when
 * it is not known. */
int netlink_neighbor(struct netlink *netlink, const struct addr *addr, unsigned ifindex);

/* The interface IFINDEX into LINK; false when there is none. */
bool netlink_link(struct netlink *netlink, unsigned ifindex, struct link *link);

/* The addresses of this host of FAMILY, each to TAKE until it wants no more. */
int netlink_addresses(struct netlink *netlink, int family,
		      bool (*take)(const struct own_address *, void *), void *context);

/* Whether ADDR is one of this host's; OWN, which may be NULL, gets it. */
bool netlink_is_own(struct netlink *netlink, const struct addr *addr, struct own_address *own);

#endif
