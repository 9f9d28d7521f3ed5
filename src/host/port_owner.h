/* Which socket of this host takes what comes to a port of it by TCP or UDP, or why none does; asked
 * of sock_diag(7) when a connect to this host has failed, and for --why. */
#ifndef HANDSET_HOST_PORT_OWNER_H
#define HANDSET_HOST_PORT_OWNER_H

#include <stdbool.h>

#include "proto/nldiag.h"

struct addr;
struct fault;
struct trace;

struct port_owner {
	bool datagrams;
	struct diag_socket here;      /* takes what comes to that very address */
	struct diag_socket elsewhere; /* has that port for another address, address family or
					 interface alone */
	bool has_here, has_elsewhere;
};

/* Who has TO, an address and port of this host, for PROTOCOL (IPPROTO_TCP, IPPROTO_UDP).  0, or -1
 * when it could not be found out. */
int port_owner_find(struct port_owner *port_owner, struct trace *trace, int protocol,
		    const struct addr *to);

/* FAULT is of a connect there, or of datagrams, that were refused, or not answered: add what
 * LISTENING says of it. */
void port_owner_explain(const struct port_owner *port_owner, struct trace *trace,
			struct fault *fault);

#endif
