/* Which kind of server is known by the first bytes that it says. Pure. */
#ifndef HANDSET_PROTO_GREETING_H
#define HANDSET_PROTO_GREETING_H

#include <stddef.h>

/* "an SSH server", by the LEN bytes at BYTES that a server has said first; NULL when they are no known ones. */
const char *greeting_name(const void *bytes, size_t len);

#endif
