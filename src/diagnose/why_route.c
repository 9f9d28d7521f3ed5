/* What --why tells of the route of this host to an address, and of the next hop on it: rtnetlink(7)
 * knows both. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/errors.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/why_internal.h"
#include "host/egress.h"
#include "net/run.h"
#include "trace/purpose.h"

static bool is_set(const struct addr *addr)
{
	return addr->ss.ss_family != AF_UNSPEC;
}

/* ---- the route ---- */

static void put_route(struct text *fact, struct finding *finding, const struct why_target *target)
{
	const struct route *route = &target->route;
	const struct link *link = &target->link;
	if (route->type == RTN_LOCAL) {
		text_str(fact, "this host itself");
	} else if (is_set(&route->gateway)) {
		text_str(fact, "via gateway ");
		addr_format_host(fact, &route->gateway);
	} else {
		text_printf(fact, "%s on the own link, no gateway",
			    route->type == RTN_BROADCAST   ? "a broadcast address"
			    : route->type == RTN_MULTICAST ? "a multicast address"
							   : "directly");
	}
	text_printf(fact, ", interface %s", link->name);
	if (is_set(&route->source)) {
		text_str(fact, ", from ");
		addr_format_host(fact, &route->source);
	}
	if (route->type != RTN_LOCAL)
		text_printf(fact, ", MTU %u%s", route->mtu ? route->mtu : link->mtu,
			    route->mtu && route->mtu < link->mtu ? " (of this path, known before)"
								 : "");
	if (!link->up)
		text_str(fact, "; the interface is down");
	else if (!link->carrier)
		text_str(fact,
			 "; the interface has no carrier (a cable, or what is at its other end)");
	note_text(&finding->note, "interface", link->name);
	note_number(&finding->note, "mtu", route->mtu ? route->mtu : link->mtu);
}

/* Why there is no route. */
static void print_refusal(struct text *fact, const struct why_target *target,
			  const struct route_query *query)
{
	text_str(fact, target->refused_by);
	if (target->refusal)
		return;
	text_str(fact, "this host's routing refuses ");
	addr_format_host(fact, &query->to);
	text_printf(fact, ": %s", errno_words(target->refused));
}

/* Find the route of QUERY, or why there is none.  False: this host does not say. */
static bool find_route(struct why *why, struct why_target *target, struct route_query *query)
{
	struct purpose purpose;
	struct text kept = TEXT_IN(target->refused_by);
	purpose_begin(&purpose, why->run->trace, "this host", "which way leads to %s",
		      addr_host_text(&query->to).chars);
	int err = netlink_flow(&why->netlink, query, &target->route);
	/* The kernel does not repeat what it was told. */
	if (!is_set(&target->route.source))
		target->route.source = query->from;
	target->refused = err;
	target->routed = err == 0 &&
			 netlink_link(&why->netlink, target->route.ifindex, &target->link);
	if (err >= 0 && !target->routed)
		target->refusal = egress_put_refusal(&kept, &why->netlink, query, err);
	if (target->routed)
		purpose_end(&purpose, "interface %s", target->link.name);
	else
		purpose_end(&purpose, "%s", err < 0 ? "it does not say" : "there is none");
	return err >= 0;
}

void why_print_route(struct why *why, struct why_target *target)
{
	struct finding finding;
	struct route_query query = connector_flow(&why->connector, &target->attempt.addr);
	char gateway[128];
	struct text address = TEXT_IN(gateway);

	if (!find_route(why, target, &query))
		return;
	bool group = target->route.type == RTN_BROADCAST || target->route.type == RTN_MULTICAST;
	bool good = target->routed && target->link.up && target->link.carrier &&
		    (!group || why_is_udp(why));
	struct text fact = finding_start(&finding, good ? MARK_GOOD : MARK_BAD, "route", -1);
	if (target->routed) {
		addr_format_host(&fact, &target->attempt.addr);
		text_str(&fact, ": ");
		put_route(&fact, &finding, target);
	} else {
		print_refusal(&fact, target, &query);
	}
	if (is_set(&target->route.gateway))
		addr_format_host(&address, &target->route.gateway);
	note_text(&finding.note, "gateway", address.len ? gateway : NULL);
	finding_print(&finding, why);
}

/* ---- the next hop ---- */

static const struct addr *next_hop(const struct why_target *target)
{
	return is_set(&target->route.gateway) ? &target->route.gateway : &target->attempt.addr;
}

/* Whether an earlier target has the same next hop, of which all is said. */
static bool is_shared_hop(const struct why *why, const struct why_target *target)
{
	struct addr hop = *next_hop(target);
	addr_set_port(&hop, 0);
	for (const struct why_target *at = why->targets; at < target; at++) {
		struct addr other = *next_hop(at);
		addr_set_port(&other, 0);
		if (at->routed && at->link.ifindex == target->link.ifindex &&
		    addr_equal(&hop, &other))
			return true;
	}
	return false;
}

void why_print_next_hop(struct why *why, struct why_target *target)
{
	struct finding finding;
	const struct addr *hop = next_hop(target);
	const char *protocol = hop->ss.ss_family == AF_INET6 ? "neighbor discovery" : "ARP";

	if (!target->routed || target->route.type != RTN_UNICAST || is_shared_hop(why, target))
		return;
	struct purpose purpose;
	purpose_begin(&purpose, why->run->trace, "this host", "whether %s answers %s",
		      addr_host_text(hop).chars, protocol);
	int state = netlink_neighbor(&why->netlink, hop, target->link.ifindex);
	purpose_end(&purpose, "%s",
		    state == 0                              ? "it does not know"
		    : state & (NUD_FAILED | NUD_INCOMPLETE) ? "no"
							    : "yes");
	if (state == 0 || state & NUD_NOARP)
		return;
	bool silent = state & (NUD_FAILED | NUD_INCOMPLETE);
	struct text fact = finding_start(&finding, silent ? MARK_BAD : MARK_GOOD, "next hop", -1);
	addr_format_host(&fact, hop);
	if (state & NUD_FAILED)
		text_printf(
			&fact,
			" does not answer %s on %s: nobody there has that address, or it is down",
			protocol, target->link.name);
	else if (state & NUD_INCOMPLETE)
		text_printf(&fact, " has not answered %s on %s yet", protocol, target->link.name);
	else if (state & NUD_PERMANENT)
		text_printf(&fact, " has a fixed link address on %s", target->link.name);
	else
		text_printf(&fact, " answers %s on %s%s", protocol, target->link.name,
			    state & NUD_STALE ? " (not asked for a while)" : "");
	note_bool(&finding.note, "answers", !silent);
	finding_print(&finding, why);
}
