/* A program that is run on a connection (-e, -c): started by posix_spawn(3), its end reported by a
 * descriptor (pidfd_open(2)).  When it is started, and when it gets SIGTERM, is decided by
 * serve/client_exec.c. */
#ifndef HANDSET_NET_CHILD_H
#define HANDSET_NET_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct fault;
struct run;
struct ucspi;

/* What is run. */
struct child_config {
	const char *program; /* -e: a program and its arguments with spaces between; found by PATH.
				NULL */
	const char *command; /* -c: for /bin/sh.  NULL */
};

/* Whether a program is to be run at all. */
bool child_is_wanted(const struct child_config *config);

struct child {
	pid_t pid;     /* 0: none, or it has ended and its status is taken */
	int fd;        /* readable when it has ended; -1 */
	bool ready;    /* poll says so */
	int killed_by; /* the signal that ended it; 0 */
	int status; /* of the program as the shell tells it: its exit status, or 128 and the number
		       of the signal */
};

/* What a program finds. */
struct child_place {
	int fd;                        /* its standard input and output; standard error is ours */
	const struct ucspi *variables; /* added to our environment */
};

/* Whether there is such a program that this user may run, as far as it can be told before it is
 * started: 0, or -1 with FAULT. */
int child_check(const struct child_config *config, struct fault *fault);

/* Start the program of CONFIG in PLACE.  It gets no other descriptor; signals are as they were when
 * handset began, and SIGPIPE ends it.  0, or -1 with FAULT, which names the program. */
int child_start(struct child *child, const struct run *run, const struct child_config *config,
		const struct child_place *place, struct fault *fault);

/* Whether CHILD has ended; then `status` is known and nothing is left of it. */
bool child_has_ended(struct child *child);

/* Send it the signal NUMBER, when it still runs. */
void child_signal(const struct child *child, int number);

/* Forget it, ended or not. Safe to call twice. */
void child_close(struct child *child);

#endif
