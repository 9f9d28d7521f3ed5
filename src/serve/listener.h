/* The sockets that listen: one for each address, all on the same port. */
#ifndef HANDSET_SERVE_LISTENER_H
#define HANDSET_SERVE_LISTENER_H

#include <stddef.h>

#include "connect/unix_path.h"
#include "proto/addr.h"

struct fault;
struct run;
struct serve_config;

#define LISTENERS 8

struct listener {
	int fd;
	struct addr addr; /* as it is bound */
	uint32_t dropped; /* of those who knocked, as far as it is told */
};

struct listeners {
	const struct run *run; /* set by the caller, as the next */
	const struct serve_config *config;
	int connected; /* a connection that was handed over instead, with its peer; -1 */
	struct addr peer;
	size_t count;
	struct listener at[LISTENERS];
	struct unix_path path;
	struct addr last; /* that a socket was to be opened on */
};

/* Open what the configuration asks for, or take over what is handed over, and say so.  A host name
 * is listened on at every address it has; without a host at every IPv4 and IPv6 address of this
 * host.  0, or -1 with FAULT and nothing left open. */
int listeners_open(struct listeners *listeners, struct fault *fault);

/* Close the sockets; a Unix path stays until listeners_close, which is safe to call twice. */
void listeners_close_sockets(struct listeners *listeners);
void listeners_close(struct listeners *listeners);

#endif
