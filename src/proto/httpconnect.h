/* The handshake with an HTTP proxy, CONNECT (RFC 9110, 9.3.6), as a state machine, with a login by
 * Basic (RFC 7617).  Pure. */
#ifndef HANDSET_PROTO_HTTPCONNECT_H
#define HANDSET_PROTO_HTTPCONNECT_H

#include "proto/proxytalk.h"

/* A header that is longer is no answer. */
#define HTTP_HEADER_MAX 65536
#define HTTP_LINE 512 /* of a line so much is looked at */

struct httpconnect {
	struct proxy_talk talk;              /* first: what the outside sees */
	const struct proxy_request *request; /* borrowed */
	char line[HTTP_LINE];                /* the line that is being read, a string */
	size_t len;                          /* of it, and what did not fit */
	size_t total;                        /* of the header */
	int status;                          /* of the response; 0: its line has not come yet */
	char reason[96];                     /* the words of the status line */
	char challenges[128];                /* what Proxy-Authenticate asks for, joined */
	char report[160]; /* what Proxy-Status (RFC 9209), or Squid's own header, says of the
			     failure */
	bool basic;       /* a challenge is for Basic */
};

/* Begin to ask for REQUEST, which must live as long: talk.out is to be sent first. */
void httpconnect_start(struct httpconnect *http, const struct proxy_request *request);

/* As socks_feed. */
size_t httpconnect_feed(struct httpconnect *http, const void *bytes, size_t len);

#endif
