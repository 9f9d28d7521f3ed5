/* What the kernel knows of a TCP connection at one moment: asked when something fails, at an end
 * that is told of, and when the user asks, never while all is well.  See tcp(7). */
#ifndef HANDSET_HOST_TCP_STATE_H
#define HANDSET_HOST_TCP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/kernel.h"
#include "proto/health.h"

struct trace;

struct tcp_state {
	struct tcp_info info;
	socklen_t len; /* of `info` as the kernel has filled it in, which may know more or less; 0:
			  this is no TCP */
	int unacknowledged;    /* bytes of data; a FIN is not counted */
	int unsent;            /* of these */
	bool fin_acknowledged; /* the peer has it */
	int icmp; /* the errno of an ICMP error that the connection has survived so far */
};

/* Whether the kernel has filled in FIELD of STATE's info: older ones know less. */
#define TCPSTATE_KNOWS(state, field) \
	((state)->len >= offsetof(struct tcp_info, field) + sizeof(((struct tcp_info *)0)->field))

/* Returns how many of the QUEUED bytes that SIOCOUTQ or SIOCOUTQNSD has counted in STATE
 * (tcpi_state; 0: not known) are data.  A FIN that is not acknowledged counts as a byte, the last
 * one: in some states there is one for certain, and after a reset, in TCP_CLOSE, when this host had
 * FINISHED its side. */
int tcp_state_data(unsigned state, bool finished, int queued);

/* Returns how many of the bytes that tcpi_bytes_acked COUNTED are data: it counts the SYN of a side
 * that CALLED, and an acknowledged FIN. */
uint64_t tcp_state_acked(uint64_t counted, bool called, bool fin_acknowledged);

/* Reads the state of the socket FD, which was FINISHED when its write side has been shut down.
 * LAST: nothing will be read from it any more, so that SO_ERROR,
 * which forgets an error once it is told, may be asked for ICMP errors.  Whether FD is a TCP
 * connection. */
bool tcp_state_read(struct tcp_state *state, struct trace *trace, int fd, bool finished, bool last);

/* What STATE means for a connection that has moved SENT and RECEIVED bytes. */
struct health_facts tcp_state_facts(const struct tcp_state *state, uint64_t sent,
				    uint64_t received);

#endif
