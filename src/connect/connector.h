/* What all attempts to connect have in common: the run, the configuration, and where they start
 * from (-s, -p and -r), looked up once. */
#ifndef HANDSET_CONNECT_CONNECTOR_H
#define HANDSET_CONNECT_CONNECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/addr.h"
#include "proto/nlroute.h"

struct dial_config;
struct fault;
struct run;

struct source {
	bool bound;       /* -s, -p or -r was given */
	bool any;         /* no address: the one of the target's family */
	struct addr addr; /* with the port; 0: the kernel chooses */
};

struct connector {
	const struct run *run;
	const struct dial_config *config; /* borrowed */
	struct source source;
};

/* Fills in CONNECTOR for connects of CONFIG, which must live as long: the name of -s is looked up
 * until DEADLINE_NS.  Returns 0, or -1 with FAULT. */
int connector_open(struct connector *connector, const struct run *run,
		   const struct dial_config *config, int64_t deadline_ns, struct fault *fault);

/* Returns whether datagrams to TO reach many hosts: a multicast or, with -b, a broadcast address.
 * A socket that is connected to one would hear no answers, as these come from the hosts' own
 * addresses. */
bool connector_is_group(const struct connector *connector, const struct addr *to);

/* Returns the flow from the source to TO, as the kernel's policy routing sees it. */
struct route_query connector_flow(const struct connector *connector, const struct addr *to);

#endif
