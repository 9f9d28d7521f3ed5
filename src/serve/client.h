/* A client of a listener, whatever serves it.  Each kind embeds struct client as its first member
 * and gives its functions. */
#ifndef HANDSET_SERVE_CLIENT_H
#define HANDSET_SERVE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/relay_end.h"

struct client;
struct fault;
struct pollset;

struct client_ops {
	/* Go on without waiting: whether anything happened.  Sets `over` when it was the last. */
	bool (*advance)(struct client *client, int64_t now_ns);
	/* Add to SET what the client waits for. */
	void (*want)(struct client *client, struct pollset *set, int64_t now_ns);
	/* Report how it stands (SIGUSR1). */
	void (*report)(const struct client *client);
	/* Returns since when nothing has moved for a client whose side has ended, or whose target's
	 * has; NEVER while both are open. */
	int64_t (*quiet_since)(const struct client *client);
	/* Breaks off such a client, as others need its descriptors; `advance` ends it. */
	void (*let_go)(struct client *client);
	/* Close what is open, fill in FAULT when it did not end well, and free the client. */
	void (*close)(struct client *client, struct fault *fault);
};

struct client {
	const struct client_ops *ops;
	struct client *next;
	bool over;
	enum relay_end ended_by; /* what ends it before it is over, set before it is closed */
	bool input_ended;        /* stdin has, and all of it was sent */
};

#endif
