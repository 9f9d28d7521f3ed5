/* Rules that say which addresses may connect: addresses, blocks of them (CIDR, RFC 4632 and RFC
 * 4291), and names, which somebody else has to look up.  Pure. */
#ifndef HANDSET_PROTO_ACL_H
#define HANDSET_PROTO_ACL_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/addr.h"

#define ACL_WORD 256

/* A block of addresses; a single one has all its bits. */
struct acl_rule {
	int family;
	unsigned bits; /* of `bytes` that count */
	unsigned char bytes[16];
};

enum acl_kind { ACL_BLOCK, ACL_NAME, ACL_BAD };

/* Take the next word of *TEXT into WORD and move *TEXT behind it.  Words are separated by commas
 * and white space; a # and what follows it in its line is a comment.  1; 0 at the end; -1 for a
 * word that is too long, with what fits of it. */
int acl_next(const char **text, char word[ACL_WORD]);

/* What WORD is: a block, then in *RULE; what may be the name of a host; or neither.  IPv4 addresses
 * that are written as IPv6 ones (::ffff:192.0.2.0/120) are IPv4 ones. */
enum acl_kind acl_parse(struct acl_rule *rule, const char *word);

/* The rule for ADDR alone. */
struct acl_rule acl_exactly(const struct addr *addr);

/* Whether ADDR is in the block of RULE.  Only addresses of its own family are. */
bool acl_matches(const struct acl_rule *rule, const struct addr *addr);

#endif
