/* The rules and tables of routing, gone through for one flow. */
#include "proto/fib.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

bool fib_contains(const struct addr *prefix, int len, const struct addr *addr)
{
	size_t size;
	if (prefix->ss.ss_family == AF_UNSPEC)
		return true;
	const unsigned char *bytes = addr_bytes(addr, &size);
	if (addr->ss.ss_family != prefix->ss.ss_family || !bytes || len < 0 ||
	    (size_t)len > 8 * size)
		return false;
	return addr_bytes_match(addr_bytes(prefix, &size), bytes, (size_t)len);
}

/* Whether RULE is for the flow; *UNSURE when that depends on what is not known. */
static bool rule_matches(const struct route_rule *rule, const struct route_query *query,
			 bool *unsure)
{
	uint16_t port = addr_port(&query->to);
	bool from = rule->from_len == 0 ||
		    (query->from.ss.ss_family != AF_UNSPEC &&
		     fib_contains(&rule->from, rule->from_len, &query->from));
	bool match = !rule->incoming && from && fib_contains(&rule->to, rule->to_len, &query->to) &&
		     (rule->mask == 0 || (query->mark & rule->mask) == rule->mark) &&
		     (!rule->has_uids ||
		      (query->uid >= rule->uid_from && query->uid <= rule->uid_to)) &&
		     (rule->protocol == 0 || rule->protocol == query->protocol) &&
		     (rule->port_from == 0 || (port >= rule->port_from && port <= rule->port_to));
	bool bound = rule->interface[0] != '\0' || rule->l3mdev;

	if (bound && query->ifindex == 0)
		match = false;
	else if (match && (bound || rule->has_source_ports))
		*unsure = true;
	return match != rule->inverted;
}

void fib_add_rule(struct fib *fib, const struct route_rule *rule)
{
	if (!rule_matches(rule, &fib->query, &fib->unsure))
		return;
	if (fib->rule_count == FIB_MAX)
		fib->unsure = true;
	else
		fib->rules[fib->rule_count++] = *rule;
}

static struct route *table_entry(struct fib *fib, uint32_t table)
{
	for (size_t i = 0; i < fib->table_count; i++)
		if (fib->best[i].table == table)
			return &fib->best[i];
	return NULL;
}

void fib_add_route(struct fib *fib, const struct route *route)
{
	if (!fib_contains(&route->to, route->prefix_len, &fib->query.to))
		return;
	if (fib->query.ifindex != 0 && route->ifindex != 0 && route->ifindex != fib->query.ifindex)
		return;
	struct route *best = table_entry(fib, route->table);
	if (best) {
		if (route->prefix_len > best->prefix_len ||
		    (route->prefix_len == best->prefix_len && route->priority < best->priority))
			*best = *route;
	} else if (fib->table_count == FIB_MAX) {
		fib->unsure = true;
	} else {
		fib->best[fib->table_count++] = *route;
	}
}

enum fib_decider fib_decide(struct fib *fib, struct route *route, struct route_rule *rule)
{
	for (size_t i = 0; i < fib->rule_count && !fib->unsure; i++) {
		const struct route_rule *at = &fib->rules[i];
		if (at->action == FR_ACT_BLACKHOLE || at->action == FR_ACT_UNREACHABLE ||
		    at->action == FR_ACT_PROHIBIT) {
			*rule = *at;
			return FIB_RULE;
		}
		if (at->action == FR_ACT_GOTO)
			fib->unsure = true;
		if (at->action != FR_ACT_TO_TBL)
			continue;
		const struct route *best = table_entry(fib, at->table);
		if (!best || best->type == RTN_THROW || best->prefix_len <= at->suppress_len)
			continue;
		*route = *best;
		return fib->unsure ? FIB_NOTHING : FIB_ROUTE;
	}
	return FIB_NOTHING;
}
