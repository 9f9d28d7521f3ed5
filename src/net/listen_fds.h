/* Sockets that whoever started this process has opened and hands over: socket activation, by the protocol of sd_listen_fds(3). */
#ifndef HANDSET_NET_LISTEN_FDS_H
#define HANDSET_NET_LISTEN_FDS_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/addr.h"

struct endpoint_config;
struct fault;
struct text;
struct trace;

#define HANDOVER_FIRST 3 /* the first of the descriptors, which stand in a row */

struct handover {
	int count;         /* of descriptors; 0: nothing is handed over */
	const char *names; /* of LISTEN_FDNAMES, with colons between; borrowed; NULL */
};

/* One of the sockets. */
struct handed {
	int fd;
	bool listens; /* else it is connected, as inetd(8) or Accept=yes hand it over */
	struct addr local;
	struct addr peer; /* when it is connected */
};

/* What the environment says is handed over to this very process.  0, or -1 with FAULT when it makes no sense. */
int handover_find(struct handover *handover, struct fault *fault);

/* Take over the socket FD, which must be of the kind that CONFIG says: from now on it does not wait, and is closed on exec.  0, or
 * -1 with FAULT. */
int handover_take(struct handed *handed, struct trace *trace, int fd, const struct endpoint_config *config,
		  struct fault *fault);

/* Append the name of the socket FD as LISTEN_FDNAMES has it, harmless for a terminal; nothing when it has none. */
void handover_name(struct text *out, const struct handover *handover, int fd);

#endif
