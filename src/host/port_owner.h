/* Who has a port of this host (sock_diag(7)): which socket takes what comes there by TCP or UDP, or
 * why none does, asked when a connect to this host has failed, and for --why; and which socket is
 * in the way of a bind. */
#ifndef HANDSET_HOST_PORT_OWNER_H
#define HANDSET_HOST_PORT_OWNER_H

#include <stdbool.h>

#include "proto/nldiag.h"

struct addr;
struct endpoint_config;
struct fault;
struct run;
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
 * PORT_OWNER says of it. */
void port_owner_explain(const struct port_owner *port_owner, struct trace *trace,
			struct fault *fault);

/* FAULT says that ADDR is in use: name the process that has it, and what it does there, where that
 * can be found out. */
void port_owner_blame(const struct run *run, const struct endpoint_config *endpoint,
		      const struct addr *addr, struct fault *fault);

#endif
