/* Sockets that whoever started this process has opened and hands over: socket activation, by the
 * protocol of sd_listen_fds(3). */
#ifndef HANDSET_NET_LISTEN_FDS_H
#define HANDSET_NET_LISTEN_FDS_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/addr.h"

struct endpoint_config;
struct fault;
struct text;
struct trace;

#define LISTEN_FDS_FIRST 3 /* the first of the descriptors, which stand in a row */

struct listen_fds {
	int count;         /* of descriptors; 0: nothing is handed over */
	const char *names; /* of LISTEN_FDNAMES, with colons between; borrowed; NULL */
};

/* One of the sockets. */
struct listen_fd {
	int fd;
	bool listens; /* else it is connected, as inetd(8) or Accept=yes hand it over */
	struct addr local;
	struct addr peer; /* when it is connected */
};

/* What the environment says is handed over to this very process.  0, or -1 with FAULT when it makes
 * no sense. */
int listen_fds_find(struct listen_fds *listen_fds, struct fault *fault);

/* Take over the socket FD, which must be of the kind that CONFIG says: from now on it does not
 * wait, and is closed on exec.  0, or -1 with FAULT. */
int listen_fds_take(struct listen_fd *listen_fd, struct trace *trace, int fd,
		    const struct endpoint_config *config, struct fault *fault);

/* Append the name of the socket FD as LISTEN_FDNAMES has it, harmless for a terminal; nothing when
 * it has none. */
void listen_fds_name(struct text *out, const struct listen_fds *listen_fds, int fd);

#endif
