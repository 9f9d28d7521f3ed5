/* The error queue of a socket: the ICMP error that has come in for it, with its sender (ip(7),
 * IP_RECVERR).  TCP queues them until it is connected, since Linux 5.8. */
#ifndef HANDSET_HOST_ERRQUEUE_H
#define HANDSET_HOST_ERRQUEUE_H

#include <stdbool.h>

#include "proto/addr.h"
#include "proto/icmp.h"

struct text;
struct trace;

struct icmp_error {
	int err;              /* the errno that the kernel makes of it */
	int type, code;       /* RFC 792, or RFC 4443 for IPv6 */
	int mtu;              /* of the next link, where the packet was too big; 0 */
	struct addr offender; /* who sent it; its port is 0 */
};

/* Take the next error out of the queue of FD; false when there is none that has a sender.  SO_ERROR
 * must have been read before: emptying the queue clears it. */
bool errqueue_read(struct trace *trace, int fd, struct icmp_error *error);

/* Returns what ERROR means. */
enum icmp_meaning icmp_error_meaning(const struct icmp_error *error);

/* Appends ERROR in words, and its numbers: "port unreachable (ICMP type 3 code 3)". */
void icmp_error_format(struct text *out, const struct icmp_error *error);

/* The same behind its sender: "10.0.0.1 answered: port unreachable (ICMP type 3 code 3)". */
void icmp_error_format_answer(struct text *out, const struct icmp_error *error);

/* Returns whether ERROR comes from the host of TARGET itself, which says that nothing has the port.
 */
bool icmp_error_closes_port(const struct icmp_error *error, const struct addr *target);

#endif
