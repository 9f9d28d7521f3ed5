/* Packets in a queue: read many at a time and not yet passed on, they lie one behind the other in a
 * buffer. */
#ifndef HANDSET_NET_PACKETS_H
#define HANDSET_NET_PACKETS_H

#include <stddef.h>

/* So many are moved by one call at most. */
#define PACKETS_MAX 32

/* The room of one until its length is known: more than what UDP can carry. */
#define PACKET_ROOM 65536

/* What UDP over IPv4 can carry: a longer read of a stream would not fit a datagram. */
#define DATAGRAM_SIZE 65507

/* What the buffer has to hold. */
#define PACKETS_BUFFER (PACKETS_MAX * PACKET_ROOM)

struct packets {
	size_t count;
	size_t next; /* the first that is still to be passed on */
	size_t at;   /* where it begins in the buffer */
	size_t end;  /* where the last one ends */
	size_t len[PACKETS_MAX];
};

/* Nothing is queued. */
void packets_clear(struct packets *packets);

/* There is one more, of LEN bytes, behind the last one. */
void packets_add(struct packets *packets, size_t len);

/* COUNT have been passed on. */
void packets_take(struct packets *packets, size_t count);

/* How many of the next ones are of one size, which is not 0, and together no longer than LIMIT: one
 * at least. */
size_t packets_equal(const struct packets *packets, size_t limit);

#endif
