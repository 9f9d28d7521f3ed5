/* A layer over a transport: a handshake before data, and something else on the wire than the data
 * itself.  To add one: a file with its functions and its struct transport_layer, and the row of the
 * option that puts it into struct endpoint_config.  Dial lays it over the connection when a proxy,
 * if there is one, has agreed; the listener lays it over what it accepts.  All else asks the
 * transport. */
#ifndef HANDSET_NET_TRANSPORT_LAYER_H
#define HANDSET_NET_TRANSPORT_LAYER_H

#include "net/transport.h"

struct endpoint_config;
struct fault;

/* Whom a layer is for. */
struct layer_target {
	const void *config; /* of endpoint_config */
	const char *host; /* what is connected to, as the user names it; NULL: we are the server */
};

struct transport_layer {
	const char *name; /* for messages: "the tls handshake" */
	/* Lays it over TRANSPORT, by transport_cover, and does not talk yet.  Returns 0, or -1 with
	 * FAULT and TRANSPORT as it was. */
	int (*open)(struct transport *transport, const struct layer_target *target,
		    struct fault *fault);
};

/* Lays the layer of ENDPOINT over TRANSPORT, if there is one.  HOST as above.  Returns 0, or -1
 * with FAULT; either way TRANSPORT is still the caller's to close. */
int transport_add_layer(struct transport *transport, const struct endpoint_config *endpoint,
			const char *host, struct fault *fault);

/* For layers: moves TRANSPORT into *LOWER, which the layer keeps in its STATE, and makes TRANSPORT
 * one of OPS over it, whose ports copy.  The `close` of OPS closes *LOWER and frees STATE. */
void transport_cover(struct transport *transport, struct transport *lower, void *state,
		     const struct transport_ops *ops);

#endif
