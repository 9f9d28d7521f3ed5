/* Sockets as transports. */
#ifndef HANDSET_NET_TRANSPORT_SOCK_H
#define HANDSET_NET_TRANSPORT_SOCK_H

struct trace;
struct transport;

/* Makes a transport of the connected socket FD of TYPE (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET),
 * which the transport owns from now on. */
void transport_sock(struct transport *transport, struct trace *trace, int fd, int type);

#endif
