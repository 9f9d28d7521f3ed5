/* --path: the routers on the way to a port, by probes of growing TTL to that very port, many at a
 * time and without privileges. */
#ifndef HANDSET_DIAGNOSE_TRACEROUTE_H
#define HANDSET_DIAGNOSE_TRACEROUTE_H

#include <stdbool.h>
#include <stdint.h>

struct dial_config;
struct fault;
struct run;

/* As far as probes go, unless -M says otherwise, and at the most. */
#define TRACEROUTE_HOPS 30
#define TRACEROUTE_HOPS_MAX 64

/* Without -w: so long for the whole of it, and at the most so long for the answer to a probe. */
#define TRACEROUTE_LIMIT_NS (10LL * 1000000000)

/* Show on stdout the way to what CONFIG names: a line a hop as soon as it is known, then what
 * stands at the end of it.  Its connect_ns bounds the whole, the look-up included.  0 when the port
 * answers; else -1 with FAULT, the cause. */
int traceroute(const struct run *run, const struct dial_config *config, struct fault *fault);

#endif
