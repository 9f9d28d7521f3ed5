/* One poll(2) for all that is waited for: whoever waits adds its descriptors with a flag each, and
 * says when it has to be woken at the latest.  Built anew before every wait. */
#ifndef HANDSET_NET_POLLSET_H
#define HANDSET_NET_POLLSET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct run;

/* As many as one connection has to wait for need no memory of the heap. */
#define POLLSET_FEW 8

struct pollset {
	struct pollfd *fds; /* the few, or an array of the heap that grows as needed and is kept
			       from wait to wait */
	bool **ready;       /* for each: set true when poll says anything of it */
	size_t count, size;
	struct pollfd few_fds[POLLSET_FEW];
	bool *few_ready[POLLSET_FEW];
	int64_t wake_ns; /* absolute; NEVER */
	bool report;     /* SIGUSR1 came in during the last wait: the state is asked for */
	bool reload;     /* SIGHUP did, in a run that has rules to read again */
	bool signaled;   /* a signal has come in: pollset_wait takes it */
	bool failed;     /* there was no memory to add one */
};

/* Empty SET, which is zero at first or has been used before; it is not copied, as it points into
 * itself. */
void pollset_clear(struct pollset *set);

/* Wait for EVENTS on FD (0: errors alone); *READY, which must live until the wait is over, becomes
 * true then. */
void pollset_add(struct pollset *set, int fd, short events, bool *ready);

/* Wake at WAKE_NS at the latest. */
void pollset_wake(struct pollset *set, int64_t wake_ns);

/* Wait, with RUN's signals and its deadline watched as well.  0 when something is ready or it is
 * time; -1 with FAULT when a signal asks to end, or poll has failed. */
int pollset_wait(struct pollset *set, const struct run *run, struct fault *fault);

void pollset_close(struct pollset *set);

/* Waits for EVENTS on FD alone, until the run's deadline.  Returns 1 when FD is ready, 0 when the
 * deadline has passed first, or -1 with FAULT as pollset_wait. */
int pollset_wait_ready(const struct run *run, int fd, short events, struct fault *fault);

/* Waits until UNTIL_NS or the run's deadline.  REPORT, unless it is NULL, is called with CONTEXT
 * whenever the state is asked for (SIGUSR1).  Returns 0, or -1 with FAULT as pollset_wait. */
int pollset_pause(const struct run *run, int64_t until_ns, void (*report)(const void *context),
		  const void *context, struct fault *fault);

#endif
