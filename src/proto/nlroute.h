/* What rtnetlink(7) tells, as plain structs: routes, the rules of policy routing, neighbors,
 * interfaces and addresses; and the questions to it. Pure. */
#ifndef HANDSET_PROTO_NLROUTE_H
#define HANDSET_PROTO_NLROUTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/addr.h"

struct nlmessage;
struct nlrequest;

/* A flow whose route is asked for: policy routing may look at each of these. */
struct route_query {
	struct addr to;   /* with its port */
	struct addr from; /* the source, where one is bound; family AF_UNSPEC: none */
	int protocol;     /* IPPROTO_TCP, IPPROTO_UDP; 0: any */
	uint32_t mark;    /* SO_MARK */
	uid_t uid;        /* whose socket it is */
	unsigned ifindex; /* SO_BINDTODEVICE, or a scope; 0: none */
};

/* A route: the answer to a query, or an entry of a table. */
struct route {
	int type;       /* RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, RTN_BLACKHOLE, ... */
	struct addr to; /* the prefix that it is for; family AF_UNSPEC: everything */
	int prefix_len; /* and its length */
	struct addr
		gateway; /* the next hop; family AF_UNSPEC: the destination itself, on the link */
	struct addr source; /* the source that is chosen; AF_UNSPEC: none is said */
	unsigned ifindex;   /* the interface; 0: none */
	uint32_t mtu;       /* of the route, or learned for the path; 0: the interface's */
	uint32_t table;     /* RT_TABLE_MAIN, ... */
	uint32_t priority;  /* its metric: the lowest wins */
	bool dead;          /* its interface is down or has no carrier */
};

/* A rule of policy routing (ip-rule(8)). */
struct route_rule {
	uint32_t priority;
	int action; /* FR_ACT_TO_TBL, FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT, ... */
	uint32_t table;
	struct addr to, from; /* AF_UNSPEC: any */
	int to_len, from_len;
	uint32_t mark, mask;      /* of the flow's mark; mask 0: any */
	char interface[IFNAMSIZ]; /* oif; empty: any */
	bool incoming;            /* only for what came in by an interface other than lo */
	bool has_uids;
	uint32_t uid_from, uid_to;
	int protocol;                /* 0: any */
	uint16_t port_from, port_to; /* of the destination; 0: any */
	bool has_source_ports;
	bool inverted;
	int suppress_len; /* routes with a prefix of that length or a shorter one do not count; -1:
			     all do */
	bool l3mdev;      /* the table of the VRF */
};

/* A neighbor: the link address behind an address of the link. */
struct neighbor {
	struct addr addr;
	unsigned ifindex;
	int state; /* NUD_REACHABLE, NUD_FAILED, NUD_INCOMPLETE, ... */
};

/* A network interface. */
struct link {
	unsigned ifindex;
	char name[IFNAMSIZ];
	bool up;      /* switched on */
	bool carrier; /* the line is there */
	bool loopback;
	uint32_t mtu;
	unsigned master; /* the bridge, bond or VRF that it belongs to; 0: none */
};

/* An address of this host. */
struct own_address {
	struct addr addr;
	struct addr broadcast; /* AF_UNSPEC: none is set */
	int prefix_len;
	unsigned ifindex;
	bool usable; /* not tentative, and not found to be somebody else's (duplicate address
			detection) */
};

/* Build the question for the route of QUERY, with the entry of the table that decides when MATCH.
 */
void nlroute_ask(struct nlrequest *request, const struct route_query *query, bool match);

/* Build the question for every entry of TYPE (RTM_GETROUTE, RTM_GETRULE, RTM_GETNEIGH, RTM_GETADDR,
 * RTM_GETLINK) of FAMILY. */
void nlroute_dump(struct nlrequest *request, int type, int family);

/* Build the question for the interface IFINDEX. */
void nlroute_ask_link(struct nlrequest *request, unsigned ifindex);

/* Take a message apart; false when it is another one, or is cut. */
bool nlroute_route(const struct nlmessage *message, struct route *route);
bool nlroute_rule(const struct nlmessage *message, struct route_rule *rule);
bool nlroute_neighbor(const struct nlmessage *message, struct neighbor *neighbor);
bool nlroute_link(const struct nlmessage *message, struct link *link);
bool nlroute_address(const struct nlmessage *message, struct own_address *address);

#endif
