/* A child process that asks the C library and answers on a pipe: getaddrinfo(3) and getnameinfo(3)
 * can neither be polled nor canceled. */
#ifndef HANDSET_RESOLVE_LOOKUP_CHILD_H
#define HANDSET_RESOLVE_LOOKUP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct pollset;
struct run;

struct lookup_child {
	pid_t pid;  /* 0 when it is gone */
	int fd;     /* readable when the answer is there; -1 before and after */
	bool ready; /* poll says that it is */
};

/* What the child does with CONTEXT: it writes its answer to FD, in one piece that a pipe takes at
 * once (PIPE_BUF).  Returns whether it could. */
typedef bool lookup_answer(int fd, const void *context);

/* Starts CHILD, which calls ANSWER and ends.  Returns 0, or -1 with errno. */
int lookup_child_start(struct lookup_child *child, const struct run *run, lookup_answer *answer,
		       const void *context);

/* Adds to SET what CHILD waits for, if it is there. */
void lookup_child_want(struct lookup_child *child, struct pollset *set);

/* Ends CHILD, if it is there.  Safe to call twice. */
void lookup_child_close(struct lookup_child *child);

#endif
