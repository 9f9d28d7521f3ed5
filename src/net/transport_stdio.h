/* stdin and stdout as a transport. */
#ifndef HANDSET_NET_TRANSPORT_STDIO_H
#define HANDSET_NET_TRANSPORT_STDIO_H

#include <stdbool.h>

struct trace;
struct transport;

/* Makes a transport of stdin and stdout, whose flags stay as they are.  STDIN_CLOSED: there was no
 * descriptor 0 at the start, what is there now only keeps the number. */
void transport_stdio(struct transport *transport, struct trace *trace, bool stdin_closed);

/* Returns whether somebody reads at the other end of the stdout of TRANSPORT, who may go. */
bool transport_stdio_has_reader(const struct transport *transport);

#endif
