/* Datagrams many at a time, for transport_sock.c alone. */
#ifndef HANDSET_NET_TRANSPORT_MANY_H
#define HANDSET_NET_TRANSPORT_MANY_H

#include "net/transport.h"

/* As the functions of struct transport_ops. */
enum io transport_recv_many(struct transport *transport, char *buf, struct packets *packets);
enum io transport_send_many(struct transport *transport, const char *buf, struct packets *packets);

/* Whether a datagram of FROM is for us.  One of a stranger may lie in the queue of a socket that
 * was connected later than it came: it is left aside, and counted. */
bool transport_hears(struct transport *transport, const struct addr *from);

/* Returns to whom TRANSPORT sends; NULL: to whom the socket is connected. */
const struct addr *transport_receiver(const struct transport *transport);

#endif
