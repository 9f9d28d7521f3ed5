/* The structures among a call's arguments: addresses in strace's notation, the values of socket
 * options. Pure. */
#ifndef HANDSET_TRACE_DECODE_ADDR_H
#define HANDSET_TRACE_DECODE_ADDR_H

#include <sys/socket.h>

#include "trace/decode.h"

/* So many descriptors of a poll are shown, as by strace(1). */
#define SHOWN_FDS 32

/* Append SA as strace(1) does: {sa_family=AF_INET, sin_port=htons(80),
 * sin_addr=inet_addr("127.0.0.1")}. */
void decode_addr_strace(struct text *out, const struct sockaddr *sa, socklen_t len);

/* Append SA in NOTATION, a string in JSON; without one NULL, null. */
void decode_addr(struct text *out, const struct sockaddr *sa, socklen_t len,
		 enum notation notation);

/* The value of a socket option. */
struct option_value {
	int level;
	int name;
	const void *value;
	socklen_t len;
};

/* Append OPTION's value. */
void decode_option(struct text *out, const struct option_value *option, enum notation notation);

#endif
