/* What the relays share.  A buffer for whoever copies at the moment: relays that hold nothing have
 * none of their own, so that thousands of idle clients cost no memory, and a short conversation
 * asks the kernel for none. */
#ifndef HANDSET_RELAY_BUFFER_POOL_H
#define HANDSET_RELAY_BUFFER_POOL_H

#include <stddef.h>

/* The size of a buffer, and of one that is taken while many are. */
#define BUFFER_SIZE (256 * 1024)
#define BUFFER_SMALL (16 * 1024)

struct buffer_pool {
	char *buf;            /* of BUFFER_SIZE bytes, that nobody uses; NULL */
	unsigned taken;       /* buffers that the relays have */
	unsigned large_pipes; /* that the relays have (relay/lane_splice.c) */
};

/* Returns the size that a buffer should have now: BUFFER_SIZE, or BUFFER_SMALL while many are
 * taken. */
size_t buffer_pool_size(const struct buffer_pool *buffers);

/* Returns a buffer of SIZE bytes, the caller's from now on; NULL without memory. */
char *buffer_pool_take(struct buffer_pool *buffers, size_t size);

/* Takes back BUF, which was taken with SIZE and may be NULL: it is kept for the next one, or freed.
 */
void buffer_pool_give(struct buffer_pool *buffers, char *buf, size_t size);

void buffer_pool_close(struct buffer_pool *buffers);

#endif
