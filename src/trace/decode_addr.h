/* The structures among a call's arguments: addresses in strace's notation, the values of socket options. Pure. */
#ifndef HANDSET_TRACE_DECODE_ADDR_H
#define HANDSET_TRACE_DECODE_ADDR_H

#include <sys/socket.h>

#include "trace/decode.h"

/* Append SA as strace(1) does: {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}. */
void decode_addr_strace(struct text *out, const struct sockaddr *sa, socklen_t len);

/* Append the VALUE of LEN bytes of option NAME of LEVEL. */
void decode_option(struct text *out, int level, int name, const void *value, socklen_t len, enum notation notation);

#endif
