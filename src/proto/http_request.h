/* Whether a stream begins with an HTTP request: a request line (RFC 9112, section 3), with a
 * version or as HTTP/0.9 without one, also behind the header of the PROXY protocol, version 1 or 2.
 * Pure: bytes go in as they come, in pieces of any size. */
#ifndef HANDSET_PROTO_HTTP_REQUEST_H
#define HANDSET_PROTO_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum http_verdict {
	HTTP_UNDECIDED, /* more bytes decide */
	HTTP_REQUEST,
	HTTP_OTHER, /* something else */
};

/* Length that a method may have, and part of a target and of a version that is looked at. */
#define HTTP_WORD 24

/* The scanner; zero at first. */
struct http_scan {
	enum http_verdict verdict;
	int state;            /* of http_request.c */
	size_t seen;          /* bytes in all */
	size_t count;         /* bytes of the present part */
	size_t skip;          /* bytes of a PROXY header that are left */
	bool behind_header;   /* a PROXY header has been passed */
	bool carriage_return; /* only LF may follow */
	char method[HTTP_WORD], target[HTTP_WORD], version[HTTP_WORD];
};

/* Scans LEN bytes of DATA, the next of the stream.  Returns the verdict, which stays once it is
 * reached. */
enum http_verdict http_scan(struct http_scan *scan, const char *data, size_t len);

#endif
