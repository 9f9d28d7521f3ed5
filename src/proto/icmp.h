/* ICMP errors in words (RFC 792, RFC 1812, RFC 4443). Pure. */
#ifndef HANDSET_PROTO_ICMP_H
#define HANDSET_PROTO_ICMP_H

#include <stdbool.h>

enum icmp_meaning {
	ICMP_OTHER,
	ICMP_NO_NETWORK,  /* no route to the network */
	ICMP_NO_HOST,     /* the last router could not reach the host */
	ICMP_NO_PROTOCOL, /* the host does not speak the protocol */
	ICMP_NO_PORT,     /* nobody has the port, or a firewall says so */
	ICMP_PROHIBITED,  /* a firewall or a policy forbids it */
	ICMP_TTL,         /* the TTL ran out on the way */
};

/* What an error of TYPE and CODE means; its words into *WORDS ("administratively prohibited"). */
enum icmp_meaning icmp_explain(bool v6, int type, int code, const char **words);

/* Whether the kernel tells of an ICMP error by errno ERR (the kernel's icmp_err_convert). */
bool icmp_is_errno(int err);

#endif
