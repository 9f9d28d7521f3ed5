/* Names of services, from /etc/services alone: glibc would ask nscd(8) first, over a socket that
 * the trace does not see, and musl knows no SCTP. */
#ifndef HANDSET_NET_SERVICES_H
#define HANDSET_NET_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/* Appends the name of the service on PORT of PROTOCOL ("tcp").  Returns whether there is one. */
bool services_name(struct text *out, uint16_t port, const char *protocol);

/* Puts the port of the service NAME of PROTOCOL into *PORT.  Returns whether there is one. */
bool services_port(const char *name, const char *protocol, uint16_t *port);

#endif
