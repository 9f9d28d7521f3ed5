/* The hops of a traceroute under way.  Private to traceroute*.c. */
#ifndef HANDSET_DIAGNOSE_TRACEROUTE_INTERNAL_H
#define HANDSET_DIAGNOSE_TRACEROUTE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connect/connector.h"
#include "diagnose/probe.h"
#include "diagnose/traceroute.h"
#include "resolve/reverse.h"

/* Each hop is asked so often, one after the other, as a single time says little. */
#define HOP_PROBES 3

/* Routers whose names are looked up: more than answer even where each hop has three. */
#define TRACEROUTE_NAMES (HOP_PROBES * TRACEROUTE_HOPS_MAX)

struct hop {
	struct probe probes[HOP_PROBES];
	size_t sent;
};

struct traceroute {
	const struct run *run;
	const struct dial_config *config;
	struct connector connector;
	struct probe_target target;
	struct addr local; /* the source address that the route gives */
	char name[512];    /* of the target, for messages */
	struct hop hops[TRACEROUTE_HOPS_MAX];
	size_t limit;   /* so many are probed */
	size_t end;     /* where the way ends: the target, or who rejects; `limit` while that is not
			   known */
	bool ended;     /* it is known */
	size_t printed; /* hops on stdout */
	struct reverse names[TRACEROUTE_NAMES];
	size_t name_count;
	int64_t start_ns, deadline_ns, wait_ns;
};

/* ---- traceroute_hops.c: what is known so far ---- */

/* Whether anybody has answered at HOP. */
bool hop_is_answered(const struct hop *hop);

/* How many hops there are until the last that has answered. */
size_t traceroute_answered(const struct traceroute *traceroute);

/* The name of ADDR, or NULL when it has none, or none yet. */
const struct reverse *traceroute_name(const struct traceroute *traceroute, const struct addr *addr);

/* ---- traceroute_report.c ---- */

/* Print the first line: the target. */
int traceroute_print_target(const struct traceroute *traceroute, struct fault *fault);

/* Print the hops that are known by now, in order; with ALL those that are not, too.  0, or -1
 * with FAULT. */
int traceroute_print_hops(struct traceroute *traceroute, bool all, struct fault *fault);

/* ---- traceroute_verdict.c ---- */

/* Print what stands at the end.  0 when that is the port, open; else -1 with FAULT. */
int traceroute_print_end(struct traceroute *traceroute, struct fault *fault);

#endif
