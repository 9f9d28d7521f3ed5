/* What a service says first, recognized: its protocol, and the first line in a form that harms no
 * terminal. Pure. */
#ifndef HANDSET_PROTO_BANNER_H
#define HANDSET_PROTO_BANNER_H

#include <stddef.h>
#include <stdint.h>

struct text;

/* The protocol that begins with the LEN bytes at BYTES ("SSH"), or NULL. */
const char *banner_protocol(const uint8_t *bytes, size_t len);

/* Append what the bytes say: the first line in quotes, a TLS alert by its name (RFC 8446, 6), or
 * how many bytes there are of something else and the first few. */
void banner_describe(struct text *out, const uint8_t *bytes, size_t len);

/* The protocol that is usual on TCP port PORT and in which the server speaks first ("SSH"), or
 * NULL. */
const char *banner_expected(unsigned port);

#endif
