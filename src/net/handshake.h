/* Runs the handshake with a proxy over a transport, without waiting itself.  What comes is looked
 * at (peek) before it is taken, so that the peer's first bytes, which may come together with the
 * proxy's last ones, stay where they are: whoever has the socket afterward, a pump that splices or
 * another process, finds them there. */
#ifndef HANDSET_NET_HANDSHAKE_H
#define HANDSET_NET_HANDSHAKE_H

#include <stdbool.h>

#include "proto/httpconnect.h"
#include "proto/socks.h"

struct pollset;
struct transport;

enum handshake_state {
	HANDSHAKE_PENDING,
	HANDSHAKE_AGREED,  /* the transport leads to the peer from now on */
	HANDSHAKE_REFUSED, /* handshake_talk says why */
	HANDSHAKE_CLOSED,  /* the proxy has ended the connection */
	HANDSHAKE_BROKEN,  /* the transport says how */
};

struct handshake {
	struct transport *transport; /* borrowed */
	struct proxy_request request;
	union {
		struct proxy_talk talk;
		struct socks socks;
		struct httpconnect http;
	} machine;
	size_t sent; /* of the message that is being sent */
	bool ready;  /* poll has something to tell */
};

/* Begins to ask the proxy behind TRANSPORT for REQUEST, whose strings must live as long. */
void handshake_start(struct handshake *handshake, struct transport *transport,
		     const struct proxy_request *request);

/* Go on, after a wait or before the first. */
enum handshake_state handshake_advance(struct handshake *handshake);

/* Add to SET what HANDSHAKE waits for. */
void handshake_want(struct handshake *handshake, struct pollset *set);

/* What was said, and why it failed. */
const struct proxy_talk *handshake_talk(const struct handshake *handshake);

#endif
