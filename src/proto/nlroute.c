/* The messages of rtnetlink(7). Each has a structure, and attributes behind it. */
#include "proto/nlroute.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "proto/nlmsg.h"

/* <linux/if.h> has it, and cannot be included together with <net/if.h>. */
#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

static void add_port(struct nlrequest *request, int type, const struct addr *addr)
{
	uint16_t port = htons(addr_port(addr));
	if (port != 0)
		nlmsg_add(request, type, &port, sizeof(port));
}

void nlroute_ask(struct nlrequest *request, const struct route_query *query, bool match)
{
	size_t len;
	const void *bytes = addr_bytes(&query->to, &len);
	uint8_t protocol = (uint8_t)query->protocol;
	struct rtmsg body = {.rtm_family = (unsigned char)query->to.ss.ss_family,
			     .rtm_dst_len = (unsigned char)(len * 8),
			     .rtm_flags = match ? RTM_F_FIB_MATCH : 0};
	bool from = query->from.ss.ss_family == query->to.ss.ss_family;

	body.rtm_src_len = from ? body.rtm_dst_len : 0;
	nlmsg_begin(request, RTM_GETROUTE, 0, &body, sizeof(body));
	nlmsg_add(request, RTA_DST, bytes, len);
	if (from)
		nlmsg_add(request, RTA_SRC, addr_bytes(&query->from, &len), len);
	if (query->ifindex != 0)
		nlmsg_add(request, RTA_OIF, &query->ifindex, sizeof(query->ifindex));
	if (query->mark != 0)
		nlmsg_add(request, RTA_MARK, &query->mark, sizeof(query->mark));
	nlmsg_add(request, RTA_UID, &query->uid, sizeof(query->uid));
	/* Ports are taken with these protocols alone. */
	if (query->protocol != IPPROTO_TCP && query->protocol != IPPROTO_UDP)
		return;
	nlmsg_add(request, RTA_IP_PROTO, &protocol, sizeof(protocol));
	add_port(request, RTA_DPORT, &query->to);
	if (from)
		add_port(request, RTA_SPORT, &query->from);
}

void nlroute_dump(struct nlrequest *request, int type, int family)
{
	/* As long as the longest of the structures; each begins with the family. */
	struct ifinfomsg body = {.ifi_family = (unsigned char)family};
	size_t len = type == RTM_GETLINK   ? sizeof(body)
		     : type == RTM_GETADDR ? sizeof(struct ifaddrmsg)
					   : sizeof(struct rtmsg);
	nlmsg_begin(request, type, NLM_F_DUMP, &body, len);
}

void nlroute_ask_link(struct nlrequest *request, unsigned ifindex)
{
	struct ifinfomsg body = {.ifi_index = (int)ifindex};
	nlmsg_begin(request, RTM_GETLINK, 0, &body, sizeof(body));
}

/* RTAX_MTU among the metrics of a route. */
static uint32_t metric_mtu(const struct nlattr_view *metrics)
{
	struct nlcursor cursor = {.at = metrics->value, .left = metrics->len};
	struct nlattr_view metric;
	uint32_t mtu = 0;
	while (nlmsg_next_attribute(&cursor, &metric))
		if (metric.type == RTAX_MTU)
			mtu = nlmsg_number_of(&metric);
	return mtu;
}

/* RTA_VIA: a gateway of another family. */
static void read_via(const struct nlattr_view *via, struct addr *gateway)
{
	const size_t head = offsetof(struct rtvia, rtvia_addr);
	if (via->len > head) {
		struct nlattr_view address = {.value = via->value + head, .len = via->len - head};
		nlmsg_addr_of(&address, gateway);
	}
}

/* Several next hops: the first stands for all. */
static void read_multipath(struct route *route, const struct nlattr_view *multipath)
{
	struct rtnexthop hop;
	if (multipath->len < sizeof(hop))
		return;
	memcpy(&hop, multipath->value, sizeof(hop));
	if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > multipath->len)
		return;
	route->ifindex = (unsigned)hop.rtnh_ifindex;
	struct nlcursor cursor = {.at = multipath->value + sizeof(hop),
				  .left = hop.rtnh_len - sizeof(hop)};
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute))
		if (attribute.type == RTA_GATEWAY)
			nlmsg_addr_of(&attribute, &route->gateway);
}

static void route_attribute(struct route *route, const struct nlattr_view *attribute)
{
	switch (attribute->type) {
	case RTA_DST:
		nlmsg_addr_of(attribute, &route->to);
		break;
	case RTA_GATEWAY:
		nlmsg_addr_of(attribute, &route->gateway);
		break;
	case RTA_VIA:
		read_via(attribute, &route->gateway);
		break;
	case RTA_PREFSRC:
		nlmsg_addr_of(attribute, &route->source);
		break;
	case RTA_OIF:
		route->ifindex = nlmsg_number_of(attribute);
		break;
	case RTA_TABLE:
		route->table = nlmsg_number_of(attribute);
		break;
	case RTA_PRIORITY:
		route->priority = nlmsg_number_of(attribute);
		break;
	case RTA_METRICS:
		route->mtu = metric_mtu(attribute);
		break;
	case RTA_MULTIPATH:
		read_multipath(route, attribute);
		break;
	default:
		break;
	}
}

bool nlroute_route(const struct nlmessage *message, struct route *route)
{
	struct rtmsg body;
	if (message->type != RTM_NEWROUTE || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*route = (struct route){.type = body.rtm_type,
				.prefix_len = body.rtm_dst_len,
				.table = body.rtm_table,
				.dead = body.rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)};
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute))
		route_attribute(route, &attribute);
	return true;
}

static void rule_uids(struct route_rule *rule, const struct nlattr_view *attribute)
{
	struct fib_rule_uid_range range;
	if (attribute->len < sizeof(range))
		return;
	memcpy(&range, attribute->value, sizeof(range));
	rule->has_uids = true;
	rule->uid_from = range.start;
	rule->uid_to = range.end;
}

static void rule_ports(struct route_rule *rule, const struct nlattr_view *attribute)
{
	struct fib_rule_port_range range;
	if (attribute->len < sizeof(range))
		return;
	memcpy(&range, attribute->value, sizeof(range));
	rule->port_from = range.start;
	rule->port_to = range.end;
}

static void copy_name(char name[IFNAMSIZ], const struct nlattr_view *attribute)
{
	size_t len = strnlen((const char *)attribute->value,
			     attribute->len < IFNAMSIZ ? attribute->len : IFNAMSIZ - 1);
	memcpy(name, attribute->value, len);
	name[len] = '\0';
}

static void rule_attribute(struct route_rule *rule, const struct nlattr_view *attribute)
{
	switch (attribute->type) {
	case FRA_DST:
		nlmsg_addr_of(attribute, &rule->to);
		break;
	case FRA_SRC:
		nlmsg_addr_of(attribute, &rule->from);
		break;
	case FRA_IIFNAME:
		/* What this host sends comes in by lo, so to say. */
		rule->incoming = attribute->len < 3 || memcmp(attribute->value, "lo", 3) != 0;
		break;
	case FRA_OIFNAME:
		copy_name(rule->interface, attribute);
		break;
	case FRA_FWMARK:
		rule->mark = nlmsg_number_of(attribute);
		rule->mask = rule->mask == 0 ? UINT32_MAX : rule->mask;
		break;
	case FRA_FWMASK:
		rule->mask = nlmsg_number_of(attribute);
		break;
	case FRA_TABLE:
		rule->table = nlmsg_number_of(attribute);
		break;
	case FRA_PRIORITY:
		rule->priority = nlmsg_number_of(attribute);
		break;
	case FRA_UID_RANGE:
		rule_uids(rule, attribute);
		break;
	case FRA_IP_PROTO:
		rule->protocol = (int)nlmsg_number_of(attribute);
		break;
	case FRA_DPORT_RANGE:
		rule_ports(rule, attribute);
		break;
	case FRA_SPORT_RANGE:
		rule->has_source_ports = true;
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		rule->suppress_len = (int)nlmsg_number_of(attribute);
		break;
	case FRA_L3MDEV:
		rule->l3mdev = nlmsg_number_of(attribute) != 0;
		break;
	default:
		break;
	}
}

bool nlroute_rule(const struct nlmessage *message, struct route_rule *rule)
{
	struct fib_rule_hdr body;
	if (message->type != RTM_NEWRULE || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*rule = (struct route_rule){.action = body.action,
				    .table = body.table,
				    .to_len = body.dst_len,
				    .from_len = body.src_len,
				    .inverted = body.flags & FIB_RULE_INVERT,
				    .suppress_len = -1};
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute))
		rule_attribute(rule, &attribute);
	return true;
}

bool nlroute_neighbor(const struct nlmessage *message, struct neighbor *neighbor)
{
	struct ndmsg body;
	if (message->type != RTM_NEWNEIGH || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*neighbor = (struct neighbor){.ifindex = (unsigned)body.ndm_ifindex,
				      .state = body.ndm_state};
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute))
		if (attribute.type == NDA_DST)
			nlmsg_addr_of(&attribute, &neighbor->addr);
	return true;
}

bool nlroute_link(const struct nlmessage *message, struct link *link)
{
	struct ifinfomsg body;
	if (message->type != RTM_NEWLINK || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*link = (struct link){.ifindex = (unsigned)body.ifi_index,
			      .up = body.ifi_flags & IFF_UP,
			      .carrier = body.ifi_flags & IFF_LOWER_UP,
			      .loopback = body.ifi_flags & IFF_LOOPBACK};
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute)) {
		if (attribute.type == IFLA_IFNAME)
			copy_name(link->name, &attribute);
		else if (attribute.type == IFLA_MTU)
			link->mtu = nlmsg_number_of(&attribute);
		else if (attribute.type == IFLA_MASTER)
			link->master = nlmsg_number_of(&attribute);
	}
	return true;
}

bool nlroute_address(const struct nlmessage *message, struct own_address *address)
{
	struct ifaddrmsg body;
	if (message->type != RTM_NEWADDR || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*address = (struct own_address){.ifindex = body.ifa_index,
					.prefix_len = body.ifa_prefixlen};
	uint32_t flags = body.ifa_flags;
	bool local = false;
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute)) {
		/* On a point-to-point link IFA_ADDRESS is the other end's, and IFA_LOCAL ours. */
		if (attribute.type == IFA_LOCAL || (attribute.type == IFA_ADDRESS && !local))
			nlmsg_addr_of(&attribute, &address->addr);
		local |= attribute.type == IFA_LOCAL;
		if (attribute.type == IFA_BROADCAST)
			nlmsg_addr_of(&attribute, &address->broadcast);
		if (attribute.type == IFA_FLAGS)
			flags = nlmsg_number_of(&attribute);
	}
	address->usable = !(flags & (IFA_F_DADFAILED | IFA_F_TENTATIVE));
	return true;
}
