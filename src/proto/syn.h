/* The SYN with which a client knocked, as the kernel has saved it (tcp(7), TCP_SAVED_SYN): IP and
 * TCP headers, from which a listener can tell how far away the client is and over what kind of link
 * it came.  It comes from the network: read with care. Pure. */
#ifndef HANDSET_PROTO_SYN_H
#define HANDSET_PROTO_SYN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

struct syn {
	bool v6;
	int ttl;         /* or hop limit, as it arrived */
	int dscp;        /* 0-63 */
	unsigned window; /* not scaled yet */
	int mss;         /* the largest segment that the client takes; 0: it did not say */
	int scale;       /* of its window, as a power of two; -1: it does not scale */
	bool sack, timestamps;
	bool ecn; /* it offers explicit congestion notification (RFC 3168) */
};

/* Read the headers in BYTES. 0, or -1 when they are none. */
int syn_read(struct syn *syn, const uint8_t *bytes, size_t len);

/* How many routers it passed, were its TTL 64, 128 or 255 at first, as is usual: the least of these
 * that fits. */
int syn_hops(const struct syn *syn);

/* Append "TTL 63 (1 router on the way, if it began with 64), MSS 1460 (of an MTU of 1500), window
 * 64240, ...". */
void syn_format(struct text *out, const struct syn *syn);

#endif
