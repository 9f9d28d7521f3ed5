/* One conversation: a connected socket and stdio, relayed until both have ended, then reported and closed. */
#ifndef HANDSET_FLOW_SESSION_H
#define HANDSET_FLOW_SESSION_H

#include <stdbool.h>

#include "proto/addr.h"

struct endpoint_config;
struct fault;
struct relay_config;
struct run;

struct session {
	int fd;           /* the socket; the session closes it */
	struct addr peer; /* the other end; len 0: not known */
	const char *path; /* of a Unix socket, for messages; NULL */
	bool server;      /* on the listening side: a stdin of /dev/null is not read */
	bool keep_out;    /* other sessions follow: stdout stays open */
	bool any_peer;    /* datagrams from everybody */
	const struct endpoint_config *endpoint;
	const struct relay_config *relay;
};

/* Relay until it ends.  0, or -1 with FAULT. */
int session_run(struct session *session, const struct run *run, struct fault *fault);

#endif
