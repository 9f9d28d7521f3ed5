/* A listener at work.  Private to flow/serve*.c. */
#ifndef HANDSET_SERVE_SERVE_INTERNAL_H
#define HANDSET_SERVE_SERVE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "net/pollset.h"
#include "net/spin.h"
#include "net/transport.h"
#include "serve/listener.h"

struct access;
struct client;
struct fault;
struct broker;
struct run;
struct serve_config;

struct server {
	const struct run *run;
	const struct serve_config *config;
	struct listeners listeners;
	bool ready[LISTENERS]; /* somebody knocks there */
	size_t turn;           /* which of them is asked first */
	struct pollset set;
	struct transport stdio; /* stdin and stdout, once a client has been given them; they stay
				   what they are */
	struct broker *broker;  /* --broker; NULL */
	struct access *access;  /* --allow, --deny; NULL */
	struct client *clients;
	int count;            /* of clients at present */
	bool served;          /* there has been one */
	bool gone;            /* one has, and it has not been looked since who comes next */
	struct spin spin;     /* before the next wait, when the last one has gone */
	bool short_of_fds;    /* nobody can be accepted until somebody has gone */
	int64_t wait_from_ns; /* since when nobody has been there */
};

/* Whether clients are served at the same time: stdin and stdout are one conversation's at a time.
 */
bool server_is_concurrent(const struct serve_config *config);

/* Whether there is room for one more client. */
bool server_may_accept(const struct server *server);

/* Take who knocks at the sockets that are `ready`, unless the rules refuse it: one of each, or
 * where clients are served at the same time all that are there.  The sockets take turns, as one
 * that is always busy must not starve the others. 0; -1 with FAULT when the listener cannot go on.
 */
int accept_clients(struct server *server, struct fault *fault);

/* Take the client that was handed over with its connection made.  The same. */
int accept_inherited(struct server *server, struct fault *fault);

#endif
