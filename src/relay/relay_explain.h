/* How a relay ends that does not end by itself: the peer resets, the path is lost, nothing moves
 * any more, or time is up.  What the kernel knows of the connection is asked then, and only then.
 */
#ifndef HANDSET_RELAY_RELAY_EXPLAIN_H
#define HANDSET_RELAY_RELAY_EXPLAIN_H

#include <stdint.h>

#include "base/fault.h"

struct relay;
struct transport;

/* Bytes that the kernel has for the network and the peer has not acknowledged (tcp(7), SIOCOUTQ);
 * none over a Unix socket, where what is sent has arrived. */
int relay_unacknowledged(const struct relay *relay);

/* How the peer has ended its side: "FIN", "RST", or NULL when it has not. */
const char *relay_peer_end(const struct relay *relay);

/* To read from TRANSPORT, or to write to it as STEP says, has failed with ERR.  The first failure
 * is the one that is told. */
void relay_socket_failed(struct relay *relay, const struct transport *transport, enum step step,
			 int err);

/* Returns how many bytes the peer has sent that nobody has read yet. */
int relay_unread(const struct relay *relay);

/* Prints, with -v, that the write side stays open at the end of input, and until when. */
void relay_report_wait(const struct relay *relay);

/* Prints, with -v, that the peer may have taken our shutdown for a hang-up, when it has ended at
 * NOW_NS, right after it. */
void relay_report_hangup(const struct relay *relay, int64_t now_ns);

/* The peer has ended its side, and keeps its turn: TCP is to find out when it is gone for good. */
void relay_probe_peer(const struct relay *relay);

/* Nothing has moved for the time of -w: that is an end like others when all that was read was
 * delivered, and no input is cut off. */
void relay_end_idle(struct relay *relay);

/* The time of --deadline has passed. */
void relay_end_deadline(struct relay *relay);

#endif
