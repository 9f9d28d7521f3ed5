/* Operands that name a host and a port: HOST:PORT and [V6]:PORT. Pure. */
#ifndef HANDSET_PROTO_TARGET_H
#define HANDSET_PROTO_TARGET_H

#include <stdbool.h>

#define TARGET_HOST                                                                   \
	256 /* a DNS name has at most 253 characters (RFC 1035), an interface name 15 \
	     */
#define TARGET_PORT 64

struct target {
	char host[TARGET_HOST]; /* empty: none was given (":PORT") */
	char port[TARGET_PORT]; /* a number or a service name, as it was written */
};

enum target_error {
	TARGET_OK,
	TARGET_NO_PORT,
	TARGET_COLONS,
	TARGET_BAD_HOST,
	TARGET_BAD_PORT,
	TARGET_TOO_LONG
};

/* Split OPERAND: "host:port", "[v6]:port", ":port".  TARGET_NO_PORT when there is no colon that
 * could stand before a port: a bare host, also a bare IPv6 address such as "::1"; TARGET_COLONS
 * when there are several, and it is no such address. Port 0 only where ZERO_OK. */
enum target_error target_parse(struct target *target, const char *operand, bool zero_ok);

/* HOST and PORT given apart; "[::1]" loses its brackets.  An empty host, or one with control
 * characters, spaces, or colons that is no IPv6 address, is TARGET_BAD_HOST; a port that is empty,
 * a number outside 1 to 65535 (0 too where ZERO_OK), or neither a number nor like the name of a
 * service, is TARGET_BAD_PORT. */
enum target_error target_set(struct target *target, const char *host, const char *port,
			     bool zero_ok);

/* Whether PORT is a number from 1 (0 where ZERO_OK) to 65535, or looks like the name of a service
 * (RFC 6335, and the underscores of practice). */
bool target_port_is_sane(const char *port, bool zero_ok);

#endif
