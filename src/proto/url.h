/* URLs (RFC 3986) that somebody has given where a host belongs: the host and the port in them.
 * Pure. */
#ifndef HANDSET_PROTO_URL_H
#define HANDSET_PROTO_URL_H

#include <stdbool.h>

struct target;

/* Takes the host and the port of TEXT, "scheme://[user@]host[:port]/...", into TARGET: a port that
 * is not there is that of the scheme, or empty where the scheme is not known.  Returns false when
 * TEXT is no URL, or has no host. */
bool url_parse(struct target *target, const char *text);

#endif
