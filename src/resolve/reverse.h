/* The name of an address, looked up by the C library in a child process of its own, as a name
 * server that does not answer must hold nobody up. */
#ifndef HANDSET_RESOLVE_REVERSE_H
#define HANDSET_RESOLVE_REVERSE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/addr.h"
#include "resolve/lookup_child.h"

struct pollset;
struct run;

/* A DNS name, with its NUL. */
#define REVERSE_NAME 256

struct reverse {
	struct addr addr;
	struct lookup_child child;
	int64_t deadline_ns;
	char name[REVERSE_NAME]; /* raw, as the name server said it; empty: there is none */
};

/* Begin to look up the name of ADDR, until DEADLINE_NS.  What cannot be begun has no name. */
void reverse_start(struct reverse *reverse, const struct run *run, const struct addr *addr,
		   int64_t deadline_ns);

/* Whether it has been answered, or given up. */
bool reverse_is_done(const struct reverse *reverse);

/* Go on after a wait: take the answer that is there, or give up when it is time. */
void reverse_advance(struct reverse *reverse, const struct run *run, int64_t now_ns);

/* Add to SET what REVERSE waits for. */
void reverse_want(struct reverse *reverse, struct pollset *set);

/* End what still runs.  Safe to call twice. */
void reverse_close(struct reverse *reverse);

#endif
