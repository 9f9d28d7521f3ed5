/* A dial that goes through a proxy: what follows when the proxy is connected to. */
#ifndef HANDSET_CONNECT_DIAL_PROXY_H
#define HANDSET_CONNECT_DIAL_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "connect/dial.h"
#include "net/proxy_handshake.h"
#include "resolve/resolve.h"

struct dial;
struct dial_config;
struct fault;

struct dial_proxy {
	struct proxy_request request;
	struct resolve target; /* the look-up of the target's name, where it is done here; count 0:
				  it is not */
	bool asking;           /* name servers are asked why that look-up fails, or is slow */
	struct proxy_handshake handshake;
	bool begun;          /* the proxy is being talked to */
	int64_t start_ns;    /* of the handshake */
	int64_t duration_ns; /* once the proxy has agreed; 0 */
};

/* Whether DIAL goes through a proxy. */
bool dial_is_proxied(const struct dial *dial);

/* Begin: the target is looked up here if the proxy is not to do that.  0, or -1 with FAULT. */
int dial_proxy_open(struct dial *dial, struct fault *fault);

/* After each wait: take what has been looked up. */
void dial_proxy_collect(struct dial *dial);

/* The proxy is connected to: go on.  CONNECTED when it has agreed, FAILED has filled in FAULT. */
enum dial_state dial_proxy_advance(struct dial *dial, struct fault *fault);

/* Add to SET what it waits for. */
void dial_proxy_want(struct dial *dial, struct pollset *set);

/* The time of a dial has run out with the proxy connected: fill in FAULT. */
void dial_proxy_timeout(const struct dial *dial, int64_t limit_ns, struct fault *fault);

/* FAULT is of an attempt to reach CONFIG's proxy: give it the name and the status of a proxy that
 * cannot be reached, unless this host alone is to blame. */
void dial_proxy_name(const struct dial_config *config, struct fault *fault);

/* FAULT, of a dial that did not come as far as the handshake, is one of the proxy, unless this host
 * alone is to blame. */
void dial_proxy_blame(const struct dial *dial, struct fault *fault);

void dial_proxy_close(struct dial *dial);

#endif
