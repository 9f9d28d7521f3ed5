/* The cause of a look-up that failed. */
#ifndef HANDSET_RESOLVE_RESOLVE_EXPLAIN_H
#define HANDSET_RESOLVE_RESOLVE_EXPLAIN_H

#include <stdint.h>

struct fault;
struct resolve;
struct run;
struct text;

/* Fill in FAULT for a name without an address, from what the look-ups came back with.  Returns -1.
 */
int resolve_fault(const struct resolve *resolve, struct fault *fault);

/* Fill in FAULT for a look-up that has taken LIMIT_NS, or all that RUN has: its deadline is status
 * 5.  Returns -1. */
int resolve_timeout(const struct resolve *resolve, const struct run *run, int64_t limit_ns,
		    struct fault *fault);

/* Append to what is told of attempts that failed, as a line of its own that begins with \n, that
 * the name has an address of one family only, or that the other could not be looked up. */
void resolve_remark(const struct resolve *resolve, struct text *out);

#endif
