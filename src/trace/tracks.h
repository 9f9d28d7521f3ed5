/* Which connection a descriptor is, in a trace that has a track for each: a socket gets the next
 * number when it is made, and keeps it until it is closed. */
#ifndef HANDSET_TRACE_TRACKS_H
#define HANDSET_TRACE_TRACKS_H

#include <stddef.h>

struct call;

struct tracks {
	int *of; /* by descriptor, 0: none; NULL at the beginning */
	size_t size;
	int count; /* the last number that was given */
};

/* Returns the number of the track of FD; 0: none. */
int tracks_of(const struct tracks *tracks, int fd);

/* Returns a number that no descriptor has. */
int tracks_new(struct tracks *tracks);

/* CALL has been made: gives a socket that it has made a number, which is returned; 0: it has made
 * none. */
int tracks_made(struct tracks *tracks, const struct call *call);

/* Returns the track of what CALL was about, and forgets it when that was a close. */
int tracks_take(struct tracks *tracks, const struct call *call);

void tracks_close(struct tracks *tracks);

#endif
