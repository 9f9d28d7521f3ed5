/* A client whose connection has a handshake before data: nobody else waits for it. */
#ifndef HANDSET_SERVE_CLIENT_HANDSHAKE_H
#define HANDSET_SERVE_CLIENT_HANDSHAKE_H

struct addr;
struct client;
struct fault;
struct server;
struct transport;

/* Makes what serves the client on NET, of PEER; it closes NET in any case.  NULL with FAULT. */
typedef struct client *client_maker(struct server *server, const struct transport *net,
				    const struct addr *peer, struct fault *fault);

/* Lays the layer of SERVER's endpoint over NET, of PEER, which is closed in any case, and goes on
 * with its handshake; when that is over, what MAKE makes serves the client.  NULL with FAULT. */
struct client *client_handshake(struct server *server, const struct transport *net,
				const struct addr *peer, client_maker *make, struct fault *fault);

#endif
