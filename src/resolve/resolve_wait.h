/* Waiting for a look-up: what poll is asked for, and the name servers that are asked when it fails
 * or is slow. */
#ifndef HANDSET_RESOLVE_RESOLVE_WAIT_H
#define HANDSET_RESOLVE_RESOLVE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct pollset;
struct resolve;
struct run;

/* Adds to SET the answers that RESOLVE waits for; resolve_collect takes them. */
void resolve_want_answers(struct resolve *resolve, struct pollset *set);

/* Adds the same, and the time when resolve_ask_servers has something to do, DEADLINE_NS being when
 * the look-up is given up. */
void resolve_want(struct resolve *resolve, struct pollset *set, int64_t deadline_ns);

/* After each wait: when the look-up has failed, or is slow, find out why by asking the name servers
 * themselves, until DEADLINE_NS at the latest.  Whether that is still under way: a failure is
 * better reported when it is over. */
bool resolve_ask_servers(struct resolve *resolve, const struct run *run, int64_t now_ns,
			 int64_t deadline_ns);

/* Wait until all is looked up, DEADLINE_NS at the longest (LIMIT_NS after it began).  0, or -1 with
 * FAULT. */
int resolve_wait(struct resolve *resolve, const struct run *run, int64_t deadline_ns,
		 int64_t limit_ns, struct fault *fault);

#endif
