/* Connecting: the name is looked up, then every address is tried by RFC 8305 until one answers. */
#ifndef HANDSET_FLOW_DIAL_H
#define HANDSET_FLOW_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "net/endpoint.h"
#include "net/unixpath.h"
#include "proto/addr.h"
#include "proto/target.h"

struct fault;
struct run;

struct dial_config {
	struct endpoint_config endpoint;
	struct target target;    /* the host and port; not used with `path` */
	const char *path;        /* the Unix socket's, or NULL */
	const char *source;      /* -s: an address, or for Unix sockets a path; NULL: the kernel's choice */
	const char *source_port; /* -p, or NULL */
	bool random_source_port; /* -r */
	bool scan;               /* -z: told as a scan tells it */
	int64_t connect_ns;      /* -w, --connect-timeout: the name look-up and the connect together; NEVER */
};

/* What a dial gives back. */
struct dialled {
	int fd; /* the connected socket, the caller's to close; -1 when it failed */
	struct addr peer;
	struct addr local;
	struct unixpath source; /* -s of a Unix socket: the caller's to remove */
	int64_t connect_ns;     /* how long the connect took, the look-up not counted */
};

/* Connect as CONFIG says: every address of the name is tried, the next one 250 ms after the last or at once when that has
 * failed, the families in turn (RFC 8305); the first to connect wins.  0 and *RESULT, or -1 with FAULT. */
int dial(const struct run *run, const struct dial_config *config, struct dialled *result, struct fault *fault);

#endif
