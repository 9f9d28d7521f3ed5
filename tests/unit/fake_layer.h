/* A layer for tests, as TLS will be one: a handshake before data, records on the wire, an end of
 * its own, and failures in words.  It shows what it takes to add a transport: this file, and
 * `layer` in an endpoint_config.
 *
 * On the wire each side says "HI" first; then come records, of a byte that says how long they are
 * and so many bytes that are the data xor 0x5A; a record of none is the end. */
#ifndef HANDSET_TESTS_FAKE_LAYER_H
#define HANDSET_TESTS_FAKE_LAYER_H

#include "net/transport_layer.h"

struct fake_layer_config {
	unsigned delay;  /* so many calls of the handshake bring nothing, and ask for POLLOUT */
	unsigned cut;    /* the connection is cut after so many bytes were received; 0: never */
	bool not_eager;  /* reads wait for poll */
	bool says_other; /* it does not say "HI" */
};

extern const struct transport_layer fake_layer;

#endif
