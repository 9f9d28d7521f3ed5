/* Who has a Unix socket (unix(7)), and what a connect there would come to, without a connect that
 * the other program could notice: an accept by a listener that serves one client would end it. */
#ifndef HANDSET_HOST_UNIX_OWNER_H
#define HANDSET_HOST_UNIX_OWNER_H

#include <stdbool.h>

#include "proto/nldiag.h"

struct addr;
struct trace;

struct unix_owner {
	int err;                   /* what connect(2) would say, 0 when it would be taken */
	bool held;                 /* a process has the socket, one that listens or not */
	bool known;                /* the kernel has told about it: */
	struct diag_socket socket; /* one that listens before others */
};

/* Ask about the socket that ADDR names (a path or an abstract name), for a connect by a socket of
 * TYPE.  A socket of another network namespace is found by its path, and is not known then. */
void unix_owner_ask(struct unix_owner *owner, struct trace *trace, const struct addr *addr,
		    int type);

#endif
