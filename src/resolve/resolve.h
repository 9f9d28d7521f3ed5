/* Name look-up by the C library, in a child process of its own for each family: getaddrinfo(3) can
 * neither be polled nor canceled, and a resolver that drops one family must not hold up the other.
 * Numbers need no child. */
#ifndef HANDSET_RESOLVE_RESOLVE_H
#define HANDSET_RESOLVE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/addr.h"
#include "resolve/lookup_child.h"

struct endpoint_config;
struct fault;
struct nsquery;
struct run;

#define LOOKUP_ADDRS 16

/* The look-up of one family. */
struct lookup {
	int family;
	struct lookup_child child; /* whose answer it is; none for a number */
	int64_t start_ns;
	int64_t duration_ns; /* once it is done */
	int error;           /* 0 or EAI_*, once it is done */
	size_t count;
	struct addr addrs[LOOKUP_ADDRS];
};

/* The look-up of a name: both families at once. */
struct resolve {
	const char *host, *port;  /* as the user wrote them, set by the caller; not owned */
	bool passive;             /* to listen there; set by the caller */
	uint16_t number;          /* of the port */
	int type;                 /* of the socket */
	struct lookup lookups[2]; /* IPv6 first, as RFC 8305 prefers it */
	size_t count;
	bool asked; /* it is a name: somebody has been asked */
	int64_t start_ns;
	struct nsquery
		*nsquery; /* why it failed or is slow (nsquery.h); NULL: all is well so far */
	bool reported;    /* that it is slow */
	bool waited;      /* the caller had addresses of one family, and waited for the other */
};

/* Begin to look up the host and port that the caller has set in RESOLVE, for sockets of CONFIG; a
 * numeric host is done at once.  An empty host gives the addresses to listen on, of every family
 * that CONFIG allows.  0, or -1 with FAULT (no such service, no such address with -n, -4 or -6, a
 * link-local address without its interface). */
int resolve_start(struct resolve *resolve, const struct run *run,
		  const struct endpoint_config *config, struct fault *fault);

/* The word for a FAMILY of the Internet: "IPv4", "IPv6". */
const char *lookup_family_word(int family);

/* Returns what the ERROR of a look-up means, in glibc's words, whatever C library this is. */
const char *lookup_words(int error);

/* Whether LOOKUP has been answered or has failed. */
bool lookup_is_done(const struct lookup *lookup);

/* Take the answer, when LOOKUP's descriptor is readable. */
void lookup_collect(struct lookup *lookup, const struct resolve *resolve, const struct run *run);

/* Take the answers of all look-ups that poll found readable. */
void resolve_collect(struct resolve *resolve, const struct run *run);

/* Whether every look-up is done. */
bool resolve_is_done(const struct resolve *resolve);

/* Whether an address has been found. */
bool resolve_has_address(const struct resolve *resolve);

/* End what still runs. Safe to call twice. */
void resolve_close(struct resolve *resolve);

/* The number of PORT, a number or the name of a service of the protocol of CONFIG.  0, or -1 with
 * FAULT. */
int resolve_port(uint16_t *number, const struct endpoint_config *config, const char *port,
		 struct fault *fault);

#endif
