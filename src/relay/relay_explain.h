/* How a relay ends that does not end by itself: the peer resets, the path is lost, nothing moves
 * any more, or time is up.  What the kernel knows of the connection is asked then, and only then.
 */
#ifndef HANDSET_RELAY_RELAY_EXPLAIN_H
#define HANDSET_RELAY_RELAY_EXPLAIN_H

#include "base/fault.h"

struct relay;
struct transport;

/* Bytes that the kernel has for the network and the peer has not acknowledged (tcp(7), SIOCOUTQ).
 */
int relay_unacknowledged(const struct relay *relay);

/* How the peer has ended its side: "FIN", "RST", or NULL when it has not. */
const char *relay_peer_end(const struct relay *relay);

/* To read from TRANSPORT, or to write to it as STEP says, has failed with ERR.  The first failure
 * is the one that is told. */
void relay_socket_failed(struct relay *relay, const struct transport *transport, enum step step,
			 int err);

/* Nothing has moved for the time of -w: that is an end like others when all that was read was
 * delivered. */
void relay_end_idle(struct relay *relay);

/* The time of --deadline has passed. */
void relay_end_deadline(struct relay *relay);

#endif
