/* What of this host stands in the way of a connection that was good when it was made: its source address is gone, its route, the
 * interface, or the next hop does not answer any more (rtnetlink(7)).  Asked when data is stuck, never while all is well. */
#ifndef HANDSET_NET_OUTWAY_H
#define HANDSET_NET_OUTWAY_H

#include <stdbool.h>

struct text;
struct trace;

/* Look at the way out of the connected TCP socket FD.  The name of the cause, with a line without an end appended to OUT ("this host
 * has no route to 10.0.0.7 any more"); NULL, and nothing, when nothing is found, which proves nothing: a firewall cannot be seen. */
const char *outway_fault(struct text *out, struct trace *trace, int fd);

#endif
