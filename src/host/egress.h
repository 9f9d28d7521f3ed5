/* What of this host stands in the way of a connect, or of a connection that was good when it was
 * made: its source address is gone, its route, the interface, or the next hop does not answer any
 * more (rtnetlink(7)).  Asked when data is stuck, never while all is well. */
#ifndef HANDSET_HOST_EGRESS_H
#define HANDSET_HOST_EGRESS_H

#include <stdbool.h>

#include "base/cause.h"

struct addr;
struct netlink;
struct route;
struct route_query;
struct text;
struct trace;

/* The flow of the TCP socket FD to TO, or to its peer when that is NULL, as policy routing sees it.
 * False: it has none. */
bool egress_flow(struct route_query *query, struct trace *trace, int fd, const struct addr *to);

/* Look at the route of the flow QUERY, whose connect was refused by this host itself.  Returns as
 * below; CAUSE_NONE: there is a route. */
enum cause egress_refusal(struct text *out, struct trace *trace, const struct route_query *query);

/* Appends why this host's routing refuses QUERY with ERR ("no way to 10.0.0.7: prohibit
 * route 10.0.0.0/8 in this host's routing table").  Returns the cause; CAUSE_NONE, and appends
 * nothing, when it is not found. */
enum cause egress_put_refusal(struct text *out, struct netlink *netlink,
			      const struct route_query *query, int err);

/* ROUTE is that of QUERY, and a connect there fails.  Appends that the target is no host but a
 * group of them, by multicast or broadcast.  Returns the cause; CAUSE_NONE, and appends nothing,
 * when it is a host, or datagrams may go there. */
enum cause egress_put_group(struct text *out, const struct route_query *query,
			    const struct route *route);

/* Whether QUERY leads to this host itself. */
bool egress_is_here(struct trace *trace, const struct route_query *query);

/* Returns whether the address that QUERY leads to is a broadcast address. */
bool egress_is_broadcast(struct trace *trace, const struct route_query *query);

/* Appends the name of the interface that QUERY leaves by.  Returns false, and appends nothing, when
 * it is not known. */
bool egress_put_interface(struct text *out, struct trace *trace, const struct route_query *query);

/* Appends what is wrong with the first link of QUERY: its interface is down or has no carrier, or
 * its next hop does not answer ARP or neighbor discovery.  Returns the cause; CAUSE_NONE, and
 * appends nothing, when it is well, as far as is known. */
enum cause egress_first_link(struct text *out, struct trace *trace,
			     const struct route_query *query);

/* Looks at the way out of the connected TCP socket FD.  Returns the cause, and appends a line
 * without an end ("this host has no IPv4 route to 10.0.0.7"); CAUSE_NONE, and appends nothing, when
 * nothing is found, which proves nothing: a firewall cannot be seen. */
enum cause egress_fault(struct text *out, struct trace *trace, int fd);

#endif
