/* Files that options name, opened and read as part of the run: a FIFO without anybody at its other
 * end (fifo(7)) is waited for no longer than the run's deadline, and a signal ends the wait. */
#ifndef HANDSET_NET_FILE_H
#define HANDSET_NET_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct fault;
struct pollset;
struct run;

/* Open FILE, which is a WHAT ("dump file"), for writing with FLAGS besides: O_APPEND, O_TRUNC.  The
 * descriptor is non-blocking.  A FIFO is opened when somebody reads it.  -1 with FAULT. */
int file_open_write(const struct run *run, const char *file, const char *what, int flags,
		    struct fault *fault);

/* A file that is read as a whole, without a wait. */
struct file_read {
	const char *file; /* borrowed */
	const char *what; /* "rules of": "read the rules of FILE" */
	int fd;           /* -1: none is being read */
	bool ready;       /* there may be something to read */
	char *text; /* what has been read: LEN bytes, and a zero behind them when it is whole */
	size_t len, most;
};

/* Begin to read FILE, of MOST bytes at most.  0, or -1 with FAULT. */
int file_read_begin(struct file_read *read, const char *file, const char *what, size_t most,
		    struct fault *fault);

/* Read what is there.  1: the file is whole, and its text has no zero byte; 0: there may be more,
 * later; -1 with FAULT. */
int file_read_go_on(struct file_read *read, const struct run *run, struct fault *fault);

/* Add to SET what is waited for. */
void file_read_want(struct file_read *read, struct pollset *set);

/* Nobody has written all of it in time: fill in FAULT.  WHOLE_RUN: it is the run's deadline that
 * has passed.  Returns -1. */
int file_read_timeout(const struct file_read *read, const struct run *run, bool whole_run,
		      struct fault *fault);

/* Let go of it; safe to call twice. */
void file_read_close(struct file_read *read);

#endif
