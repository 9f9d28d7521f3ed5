/* --ping: connect again and again, and tell how long it took. */
#ifndef HANDSET_DIAGNOSE_PING_H
#define HANDSET_DIAGNOSE_PING_H

#include <stdint.h>

struct dial_config;
struct fault;
struct run;

/* Connect to the target of CONFIG COUNT times (0: until a signal or RUN's deadline asks to end),
 * PAUSE_NS from the begin of one to the begin of the next, with a line for each and a summary on
 * standard output.  0 when one has succeeded; else -1 with FAULT: the last failure, or the signal.
 */
int ping(const struct run *run, const struct dial_config *config, int64_t count, int64_t pause_ns,
	 struct fault *fault);

#endif
