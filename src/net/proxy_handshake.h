/* Runs the handshake with a proxy over a transport, without waiting itself.  What comes is looked
 * at (peek) before it is taken, so that the peer's first bytes, which may come together with the
 * proxy's last ones, stay where they are: whoever has the socket afterward, a pump that splices or
 * another process, finds them there. */
#ifndef HANDSET_NET_PROXY_HANDSHAKE_H
#define HANDSET_NET_PROXY_HANDSHAKE_H

#include <stdbool.h>

#include "proto/httpconnect.h"
#include "proto/socks.h"

struct pollset;
struct transport;

enum proxy_handshake_state {
	PROXY_HANDSHAKE_PENDING,
	PROXY_HANDSHAKE_AGREED,  /* the transport leads to the peer from now on */
	PROXY_HANDSHAKE_REFUSED, /* proxy_handshake_talk says why */
	PROXY_HANDSHAKE_CLOSED,  /* the proxy has ended the connection */
	PROXY_HANDSHAKE_BROKEN,  /* the transport says how */
};

struct proxy_handshake {
	struct transport *transport; /* borrowed */
	struct proxy_request request;
	union {
		struct proxy_talk talk;
		struct socks socks;
		struct httpconnect http;
	} machine;
	size_t sent; /* of the message that is being sent */
	size_t owed; /* of what was looked at: the proxy's, and still to be taken */
	bool ready;  /* poll has something to tell */
};

/* Begins to ask the proxy behind TRANSPORT for REQUEST, whose strings must live as long. */
void proxy_handshake_start(struct proxy_handshake *handshake, struct transport *transport,
			   const struct proxy_request *request);

/* Go on, after a wait or before the first. */
enum proxy_handshake_state proxy_handshake_advance(struct proxy_handshake *handshake);

/* Add to SET what HANDSHAKE waits for. */
void proxy_handshake_want(struct proxy_handshake *handshake, struct pollset *set);

/* What was said, and why it failed. */
const struct proxy_talk *proxy_handshake_talk(const struct proxy_handshake *handshake);

#endif
