/* Listening: sockets are bound, clients accepted and each handed to a session. */
#ifndef HANDSET_SERVE_SERVE_H
#define HANDSET_SERVE_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "connect/dial.h"
#include "net/child.h"
#include "net/endpoint.h"
#include "net/listen_fds.h"
#include "proto/target.h"
#include "relay/relay.h"
#include "serve/access.h"

struct fault;
struct run;

struct serve_config {
	struct endpoint_config endpoint;
	struct target target;         /* an empty host: every address */
	const char *path;             /* the Unix socket's, or NULL */
	struct listen_fds listen_fds; /* sockets that are used instead */
	int backlog;                  /* --backlog; SOMAXCONN */
	bool keep_open;               /* -k */
	bool forward; /* --to: each client is relayed to `to`, many at once with -k */
	struct dial_config to;
	struct child_config program; /* -e, -c: run on each client, many at once with -k */
	struct access_config access; /* --allow, --deny and their files */
	bool broker;                 /* --broker: what a client sends goes to all others */
	bool chat;                   /* --chat: the same, in lines with the speaker's name */
	int max_clients;             /* --max-conns: so many at once; 0: no limit */
	int64_t wait_ns;             /* -w: how long to wait for a client; NEVER */
	struct relay_config relay;
};

/* Serve clients as CONFIG says until there are no more to serve.  0, or -1 with FAULT. */
int serve(const struct run *run, const struct serve_config *config, struct fault *fault);

#endif
