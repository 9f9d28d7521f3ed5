/* --explain: what each step means, in plain words, for someone who learns sockets, with the
 * telephone in mind (socket installs it, bind gives it a number, listen plugs it in, accept picks
 * up, connect dials).  A text is said once, the second time in short, and then no more. */
#ifndef HANDSET_TRACE_LESSONS_H
#define HANDSET_TRACE_LESSONS_H

#include <stdint.h>

struct text;
struct call;

#define LESSONS_MOST 160
#define LESSONS_FDS 1024 /* what descriptors beyond are is not known */

/* What has been said, and what the descriptors are. */
struct lessons {
	uint8_t said[LESSONS_MOST];
	uint8_t kind[LESSONS_FDS];
	int dialed_fd;     /* a connect that is under way... */
	int64_t dialed_ns; /* ...since then */
};

/* Appends one sentence or two on what CALL, which began at START_NS and ended at END_NS, did: its
 * arguments, its result and what its descriptor is considered, and on a failure what the errno
 * says.  Appends nothing when all of that has been said twice. */
void lessons_call(struct text *out, struct lessons *memory, const struct call *call,
		  int64_t start_ns, int64_t end_ns);

#endif
