/* One conversation: a connected socket on one side, and stdin and stdout, or another socket, on the
 * other.  They are relayed until both have ended, then it is reported and all is closed. */
#ifndef HANDSET_RELAY_SESSION_H
#define HANDSET_RELAY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "net/transport.h"
#include "proto/addr.h"
#include "relay/relay.h"

struct endpoint_config;
struct pollset;
struct run;
struct text;

/* How long each phase before the session took; -1: there was none. */
struct phases {
	int64_t lookup_ns, connect_ns, proxy_ns;
};

/* What a session is made of. */
struct session_config {
	struct transport net;   /* the connection, which the session owns and closes */
	struct transport local; /* another one in the place of stdin and stdout, likewise; closed:
				   stdio */
	struct addr peer;       /* the other end of `net`; len 0: not known */
	const struct transport
		*stdio; /* what stdin and stdout are, where other sessions follow; NULL: find out */
	const char *local_name; /* the other end of `local`, for messages; NULL */
	const char *name;       /* of the peer, for messages, where its address does not tell it (it
				   is a proxy's); NULL */
	bool proxied;           /* the peer is reached through a proxy */
	bool local_proxied;     /* the same of `local` */
	bool local_is_program;  /* -e, -c: what it does not read, or leaves unread, is no failure */
	const char *path;       /* of a Unix socket, for messages; NULL */
	bool server;            /* on the listening side */
	bool keep_out;          /* other sessions follow: stdout stays open */
	bool one_of_many;       /* dumps name it */
	struct phases phases;
	const struct endpoint_config *endpoint;
	const struct relay_config *relay;
};

struct session {
	const struct run *run;
	struct relay_config config;
	struct transport net, local;
	struct relay relay; /* `over` says that it has ended */
	struct fault fault; /* why, when it did not end well */
	bool tcp;           /* TCP_INFO can be asked */
	bool udp;
	struct peer_filter filter; /* whose datagrams are heard */
	struct phases phases;
	int64_t start_ns;
	char name[160];           /* of the peer, for messages */
	struct addr_text address; /* the same for events */
	char tag[128];            /* the same for dumps; "" */
};

/* Returns the same as events call a peer: "127.0.0.1:80", or a path; of a client of a Unix socket
 * that has no name, the path that it came to.  Empty: not known. */
struct addr_text session_peer(const struct session_config *config);

/* Append whom CONFIG connects to: "127.0.0.1 port 80 (tcp)", "/run/x (unix)". */
void session_describe_peer(struct text *out, const struct session_config *config);

/* Begin; SESSION must stay where it is until it is closed. */
void session_open(struct session *session, const struct run *run,
		  const struct session_config *config);

/* As relay_advance and relay_want. */
bool session_advance(struct session *session, int64_t now_ns);
void session_want(struct session *session, struct pollset *set, int64_t now_ns);

/* Report how it stands (SIGUSR1). */
void session_report(const struct session *session);

/* Returns since when nothing has moved where one side has ended and the other has not; NEVER while
 * both are open. */
int64_t session_quiet_since(const struct session *session);

/* Breaks it off for lack of descriptors: both sides get a reset. */
void session_let_go(struct session *session);

/* Report how it ended, close the sockets and free what is held. */
void session_close(struct session *session);

/* Open, relay until it ends, and close: 0, or -1 with FAULT. */
int session_run(const struct session_config *config, const struct run *run, struct fault *fault);

#endif
