/* Which socket of this host takes the connections to a port of it by TCP, or why none does; asked of sock_diag(7) when a connect to
 * this host has failed, and for --why. */
#ifndef HANDSET_NET_LISTENING_H
#define HANDSET_NET_LISTENING_H

#include <stdbool.h>

#include "proto/nldiag.h"

struct addr;
struct fault;
struct trace;

struct listening {
	struct diag_socket here;      /* listens for connections to that very address */
	struct diag_socket elsewhere; /* listens on that port for another address, address family or interface alone */
	bool has_here, has_elsewhere;
};

/* Who listens for connections to TO, an address and port of this host.  0, or -1 when it could not be found out. */
int listening_find(struct listening *listening, struct trace *trace, const struct addr *to);

/* FAULT is of a connect there that was refused, or not answered: add what LISTENING says of it. */
void listening_explain(const struct listening *listening, struct trace *trace, struct fault *fault);

#endif
