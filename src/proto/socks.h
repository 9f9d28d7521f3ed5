/* The handshake with a SOCKS proxy, as a state machine: SOCKS5 (RFC 1928, with the user name and
 * password of RFC 1929), SOCKS4, and SOCKS4A, which takes names.  Pure. */
#ifndef HANDSET_PROTO_SOCKS_H
#define HANDSET_PROTO_SOCKS_H

#include "proto/proxytalk.h"

/* The longest answer of SOCKS5: a reply with a name of 255 bytes. */
#define SOCKS_REPLY 262

struct socks {
	struct proxy_talk talk;              /* first: what the outside sees */
	const struct proxy_request *request; /* borrowed */
	void (*answer)(struct socks *socks); /* takes the answer that is awaited */
	unsigned char reply[SOCKS_REPLY];
	size_t len, need; /* what is there of it, and how much it takes to go on */
};

/* Begin to ask for REQUEST, which must live as long: talk.out is to be sent first. */
void socks_start(struct socks *socks, const struct proxy_request *request);

/* Take what the proxy says next: how many of the LEN bytes at BYTES are its own.  All of them,
 * while it talks; what follows its last byte, once it has agreed, is the peer's. */
size_t socks_feed(struct socks *socks, const void *bytes, size_t len);

#endif
