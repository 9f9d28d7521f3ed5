/* Listening: sockets are bound, clients accepted, and each handed to what serves it.
 *
 * One loop (serve.c): each client goes on as far as it can without waiting; those that have ended
 * are closed; then one poll for all that is waited for; then new clients are accepted (accept.c).
 * A listener is over when no client is left and none may be accepted any more: after the first
 * without -k, else when a signal, a deadline or a fault of its own ends it.
 *
 * Clients.  What serves a client is a struct client with a table of functions (client.h): stdin
 * and stdout (client_stdio), a program (client_exec), a connection to the target of --to
 * (client_forward), a member of a broker (broker).  The loop knows no more of them.
 *
 * Owners.  The server owns the listening sockets, its pollset, the broker, the access rules and the
 * list of clients.  A client owns its connection from the moment it is made, and closes it even
 * when making it fails.  stdin and stdout are nobody's: what they are is found out once and lent to
 * each client in turn.
 *
 * Invariants.  stdin and stdout belong to one client at a time, so only clients that do not use
 * them are served at the same time (accept_is_concurrent).  With -k the failure of one client is
 * reported and ends nobody else; what is wrong on this side ends the listener.  Busy clients are
 * interrupted for the listening sockets and for signals every few rounds.  Sockets that listen take
 * turns.  A socket path that was made is removed, whatever ends the run. */
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
