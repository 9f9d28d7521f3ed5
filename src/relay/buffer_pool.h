/* What the relays share.  A buffer for whoever copies at the moment: relays that hold nothing have none of their own, so that
 * thousands of idle clients cost no memory, and a short conversation asks the kernel for none. */
#ifndef HANDSET_RELAY_BUFFER_POOL_H
#define HANDSET_RELAY_BUFFER_POOL_H

/* The size of each. */
#define SPARE_SIZE (256 * 1024)

struct spare {
	char *buf;            /* that nobody uses; NULL */
	unsigned large_pipes; /* that the relays have (relay/lane_splice.c) */
};

/* A buffer of SPARE_SIZE bytes, the caller's from now on; NULL without memory. */
char *spare_take(struct spare *spare);

/* Give up BUF, of SPARE_SIZE bytes or more, which may be NULL: it is kept for the next one when there is none, or freed. */
void spare_give(struct spare *spare, char *buf);

void spare_close(struct spare *spare);

#endif
