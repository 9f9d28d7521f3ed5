/* Making a transport of a connection. */
#ifndef HANDSET_NET_TRANSPORT_OPEN_H
#define HANDSET_NET_TRANSPORT_OPEN_H

struct endpoint_config;
struct trace;
struct transport;

/* Makes a transport of the connected socket FD of ENDPOINT, which the transport owns from now on.
 * Calls nothing of the kernel.  What lies over it comes later: transport_layer.h. */
void transport_open(struct transport *transport, struct trace *trace, int fd,
		    const struct endpoint_config *endpoint);

#endif
