/* What to send to a UDP port so that the service which is expected there answers. Pure. */
#ifndef HANDSET_PROTO_QUESTION_H
#define HANDSET_PROTO_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#define QUESTION_SIZE 1200 /* the longest: QUIC answers to nothing shorter (RFC 9000, 14.1) */

struct question {
	const char *protocol; /* "DNS"; NULL: nothing is known of the port, a line end is sent */
	size_t len;
	unsigned char bytes[QUESTION_SIZE];
};

/* The QUESTION that suits PORT: harmless, without an effect on the service, and answered by it
 * without a password. */
void question_for(struct question *question, uint16_t port);

#endif
