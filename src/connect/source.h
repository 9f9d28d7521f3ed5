/* Where attempts to connect start from: -s, -p and -r, looked up once. */
#ifndef HANDSET_CONNECT_SOURCE_H
#define HANDSET_CONNECT_SOURCE_H

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

/* Find out what CONFIG says; a name is looked up until DEADLINE_NS.  0, or -1 with FAULT. */
int source_find(struct source *source, const struct run *run, const struct dial_config *config,
		int64_t deadline_ns, struct fault *fault);

/* The flow from SOURCE to TO by a socket of CONFIG, as the kernel's policy routing sees it. */
struct route_query source_flow(const struct source *source, const struct dial_config *config,
			       const struct addr *to);

#endif
