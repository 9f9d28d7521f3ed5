/* SCTP as a stream: an association of one stream each way (sctp(7), RFC 6458, section 4). */
#ifndef HANDSET_NET_TRANSPORT_SCTP_H
#define HANDSET_NET_TRANSPORT_SCTP_H

struct transport;

/* Make a stream of TRANSPORT, which transport_sock has opened on a socket of SCTP. */
void transport_sctp(struct transport *transport);

#endif
