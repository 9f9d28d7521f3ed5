/* --to: a client is relayed to a connection of its own to the target. */
#ifndef HANDSET_SERVE_CLIENT_FORWARD_H
#define HANDSET_SERVE_CLIENT_FORWARD_H

struct addr;
struct client;
struct fault;
struct listeners;
struct transport;

/* Serves the connection NET, of PEER, which is closed in any case; LISTENERS, which must live as
 * long, are where it came in.  *LOOKUPS, shared by all, counts those for whose sake the target's
 * name is looked up; of too many some wait.  NULL with FAULT when there is no memory. */
struct client *client_forward(const struct listeners *listeners, const struct transport *net,
			      const struct addr *peer, unsigned *lookups, struct fault *fault);

#endif
