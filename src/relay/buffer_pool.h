/* What the relays share.  A buffer for whoever copies at the moment: relays that hold nothing have
 * none of their own, so that thousands of idle clients cost no memory, and a short conversation
 * asks the kernel for none. */
#ifndef HANDSET_RELAY_BUFFER_POOL_H
#define HANDSET_RELAY_BUFFER_POOL_H

/* The size of each. */
#define BUFFER_SIZE (256 * 1024)

struct buffer_pool {
	char *buf;            /* that nobody uses; NULL */
	unsigned large_pipes; /* that the relays have (relay/lane_splice.c) */
};

/* A buffer of BUFFER_SIZE bytes, the caller's from now on; NULL without memory. */
char *buffer_pool_take(struct buffer_pool *buffers);

/* Give up BUF, of BUFFER_SIZE bytes or more, which may be NULL: it is kept for the next one when
 * there is none, or freed. */
void buffer_pool_give(struct buffer_pool *buffers, char *buf);

void buffer_pool_close(struct buffer_pool *buffers);

#endif
