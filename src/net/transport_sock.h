/* Sockets as transports. */
#ifndef HANDSET_NET_TRANSPORT_SOCK_H
#define HANDSET_NET_TRANSPORT_SOCK_H

struct addr;
struct trace;
struct transport;

/* Makes a transport of the connected socket FD of TYPE (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET),
 * which the transport owns from now on. */
void transport_sock(struct transport *transport, struct trace *trace, int fd, int type);

/* Makes TRANSPORT, on a socket of datagrams that is not connected and has the address OWN, hear
 * everybody and send to TO, the address of many.  Returns 0, or -1 with errno. */
int transport_sock_group(struct transport *transport, const struct addr *to,
			 const struct addr *own);

#endif
