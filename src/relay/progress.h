/* --progress: how much has been moved, and how fast, on stderr.  On a terminal that has nothing
 * else to show, one line that is drawn anew; elsewhere a line every few seconds. */
#ifndef HANDSET_RELAY_PROGRESS_H
#define HANDSET_RELAY_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct console;

struct progress {
	struct console *console;
	bool draws;     /* on a terminal */
	bool measured;  /* stdin is a regular file that is sent as it is: it is known how much comes
			 */
	int64_t offset; /* from which on it is read */
	uint64_t sent, received; /* bytes, of all connections */
	int64_t start_ns;        /* when the first one began; 0: none has */
	int64_t due_ns;          /* when to tell next */
	uint64_t reported;       /* sent and received, when it was told last */
	int64_t reported_ns;
	double rate; /* bytes a second, smoothed; 0 at first */
};

/* Begin; GROWS says that what is sent is longer than what is read from stdin. */
void progress_open(struct progress *progress, struct console *console, bool grows);

/* A connection begins. */
void progress_begin(struct progress *progress, int64_t now_ns);

/* SENT and RECEIVED more bytes have been moved; NOW_NS may be the time to tell. */
void progress_moved(struct progress *progress, uint64_t sent, uint64_t received, int64_t now_ns);

/* All is over: the last line. */
void progress_close(struct progress *progress, int64_t now_ns);

#endif
