/* A client of a listener, whatever serves it.  Each kind embeds struct client as its first member
 * and gives its functions. */
#ifndef HANDSET_SERVE_CLIENT_H
#define HANDSET_SERVE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct client;
struct fault;
struct listeners;
struct pollset;
struct run;
struct serve_config;
struct session_config;

struct client_ops {
	/* Go on without waiting: whether anything happened.  Sets `over` when it was the last. */
	bool (*advance)(struct client *client, int64_t now_ns);
	/* Add to SET what the client waits for. */
	void (*want)(struct client *client, struct pollset *set, int64_t now_ns);
	/* Report how it stands (SIGUSR1). */
	void (*report)(const struct client *client);
	/* Close what is open, fill in FAULT when it did not end well, and free the client. */
	void (*close)(struct client *client, struct fault *fault);
};

struct client {
	const struct client_ops *ops;
	struct client *next;
	bool over;
};

/* The kinds.  Each takes the accepted socket (FD, of PEER, or that of CONFIG) and closes it; NULL
 * with FAULT when there is no memory. */

/* stdin and stdout: one at a time. */
struct client *client_stdio(const struct run *run, const struct session_config *config,
			    struct fault *fault);

/* A connection of its own to the target of --to; LISTENERS, which must live as long, are where it
 * came in. */
struct client *client_forward(const struct listeners *listeners, int fd, const struct addr *peer,
			      struct fault *fault);

#endif
