/* Which entry of this host's routing decides about a flow: a route of a table, or a rule of policy
 * routing.  The kernel itself says of a blackhole, unreachable or prohibit entry only the errno,
 * not which it is; so the rules and tables are gone through as the kernel does (ip-rule(8)).  Pure.
 */
#ifndef HANDSET_PROTO_FIB_H
#define HANDSET_PROTO_FIB_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/nlroute.h"

#define FIB_MAX 64

/* What is needed of the rules and tables for one flow.  Start it with zeroes and the query. */
struct fib {
	struct route_query query;
	struct route_rule rules[FIB_MAX]; /* that match, in their order */
	size_t rule_count;
	struct route best[FIB_MAX]; /* the best match of each table that has one */
	size_t table_count;
	bool unsure; /* there is more than fits, or what cannot be judged from here */
};

enum fib_decider { FIB_NOTHING, FIB_ROUTE, FIB_RULE };

/* Take in a rule: in the order of the kernel's dump. */
void fib_add_rule(struct fib *fib, const struct route_rule *rule);

/* Take in an entry of a table. */
void fib_add_route(struct fib *fib, const struct route *route);

/* What decides: FIB_ROUTE has filled in ROUTE, FIB_RULE RULE (one that forbids); FIB_NOTHING: no
 * entry fits, or it cannot be told (fib->unsure). */
enum fib_decider fib_decide(struct fib *fib, struct route *route, struct route_rule *rule);

/* Whether ADDR lies in PREFIX/LEN; an AF_UNSPEC prefix holds every address. */
bool fib_contains(const struct addr *prefix, int len, const struct addr *addr);

#endif
