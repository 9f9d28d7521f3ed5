/* What all handshakes with proxies have in common.  A handshake is a state machine without I/O: it
 * is started with a request, says what to send, and is fed what comes back, in pieces of any size.
 * The machines are socks.h and httpconnect.h.  Pure. */
#ifndef HANDSET_PROTO_PROXYTALK_H
#define HANDSET_PROTO_PROXYTALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/addr.h"
#include "proto/proxy.h"

/* What is asked of a proxy: a connection to a host and a port. */
struct proxy_request {
	enum proxy_type type;
	const char *host; /* a name that the proxy is to look up; not used with `addr` */
	struct addr addr; /* an address with its port; len 0: there is a name */
	uint16_t port;
	const char *user, *password; /* NULL: there is no login */
};

enum proxy_state {
	PROXY_TALKING,
	PROXY_AGREED, /* what follows is the peer's */
	PROXY_FAILED, /* `refusal` tells why */
};

/* Why a handshake came to nothing, by who is to blame. */
enum proxy_blame {
	PROXY_BLAME_AUTH,        /* the proxy wants a login, or does not take it */
	PROXY_BLAME_TARGET,      /* the proxy has reached nobody there, or is not allowed to */
	PROXY_BLAME_UNSUPPORTED, /* the proxy cannot do what was asked */
	PROXY_BLAME_PROTOCOL,    /* this is no answer of such a proxy */
};

/* All text in it is harmless for a terminal. */
struct proxy_refusal {
	enum proxy_blame blame;
	int code;         /* the proxy's own: of SOCKS, or of HTTP; -1: none */
	char reason[160]; /* "Connection refused (SOCKS5 reply 5)" */
	char cause[320];  /* the same in plain words */
};

#define PROXY_MESSAGE 2048 /* room for the longest request, which is HTTP's with a login */

/* A message to the proxy. */
struct proxy_message {
	unsigned char bytes[PROXY_MESSAGE];
	size_t len;
	size_t secret, secret_len; /* a password is in these bytes of it */
};

/* What the machines show to the outside.  Whoever runs one sends `out`, calls proxy_sent, and feeds
 * what comes back. */
struct proxy_talk {
	enum proxy_state state;
	struct proxy_message out;
	struct proxy_refusal refusal;
	char bound[280]; /* from where the proxy connects to the target, as it says; empty: it does
			    not */
	unsigned char first[48]; /* the first bytes that it said */
	size_t first_len, total; /* how many these are, and how many it said in all */
	bool asked;              /* it was told the target, and has not answered yet */
};

/* Count and keep the LEN bytes at BYTES, which the proxy has said. */
void proxy_heard(struct proxy_talk *talk, const void *bytes, size_t len);

/* The handshake has failed for the reasons of BLAME, with the proxy's CODE; REASON and CAUSE may be
 * raw. */
void proxy_refused(struct proxy_talk *talk, enum proxy_blame blame, int code, const char *reason,
		   const char *cause);

/* It has failed, because WHAT ("no SOCKS5 answer") came back: the first bytes are told, and whose
 * they are where that is known. */
void proxy_babble(struct proxy_talk *talk, const char *what);

/* Append to OUT; a secret's bytes are masked wherever the message is shown. */
void proxy_put(struct proxy_message *out, const void *bytes, size_t len);
void proxy_put_byte(struct proxy_message *out, unsigned byte);
void proxy_put_secret(struct proxy_message *out, const void *bytes, size_t len);

/* OUT has been sent: it is emptied, and forgotten. */
void proxy_sent(struct proxy_message *out);

#endif
