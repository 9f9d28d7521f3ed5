/* The name of an address, looked up by glibc in a child process of its own: getnameinfo(3) can
 * neither be polled nor canceled, and a name server that does not answer must hold nobody up. */
#ifndef HANDSET_RESOLVE_REVERSE_H
#define HANDSET_RESOLVE_REVERSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/addr.h"

struct pollset;
struct run;

/* A DNS name, with its NUL. */
#define REVERSE_NAME 256

struct reverse {
	struct addr addr;
	pid_t pid;  /* of the child; 0 when it is gone */
	int fd;     /* readable when the answer is there; -1 before and after */
	bool ready; /* poll says that it is */
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
