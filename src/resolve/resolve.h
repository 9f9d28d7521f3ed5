/* Name look-up by glibc, in a child process of its own for each family: getaddrinfo(3) can neither
 * be polled nor cancelled, and a resolver that drops one family must not hold up the other. Numbers
 * need no child. */
#ifndef HANDSET_RESOLVE_RESOLVE_H
#define HANDSET_RESOLVE_RESOLVE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/addr.h"

struct endpoint_config;
struct fault;
struct nsquery;
struct pollset;
struct run;
struct text;

#define LOOKUP_ADDRS 16

/* The look-up of one family. */
struct lookup {
	int family;
	pid_t pid;  /* of the child; 0 when it is gone */
	int fd;     /* readable when the answer is there; -1 before and after */
	bool ready; /* poll says that it is */
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
		*nsquery; /* why it failed or is slow (inquiry.h); NULL: all is well so far */
	bool reported;    /* that it is slow */
};

/* Begin to look up the host and port that the caller has set in RESOLVE, for sockets of CONFIG; a
 * numeric host is done at once.  An empty host gives the addresses to listen on, of every family
 * that CONFIG allows.  0, or -1 with FAULT (no such service, no such address with -n, -4 or -6, a
 * link-local address without its interface). */
int resolve_start(struct resolve *resolve, const struct run *run,
		  const struct endpoint_config *config, struct fault *fault);

/* Whether LOOKUP has been answered or has failed. */
bool lookup_is_done(const struct lookup *lookup);

/* Take the answer, when LOOKUP's descriptor is readable. */
void lookup_collect(struct lookup *lookup, const struct resolve *resolve, const struct run *run);

/* Whether every look-up is done. */
bool resolve_is_done(const struct resolve *resolve);

/* Whether an address has been found. */
bool resolve_has_address(const struct resolve *resolve);

/* Add to SET what RESOLVE waits for; the `ready` of a look-up then says that lookup_collect has
 * something to take. */
void resolve_want(struct resolve *resolve, struct pollset *set, int64_t deadline_ns);

/* After each wait: when the look-up has failed, or is slow, find out why by asking the name servers
 * themselves, until DEADLINE_NS at the latest.  Whether that is still under way: a failure is
 * better told when it is over. */
bool resolve_inquire(struct resolve *resolve, const struct run *run, int64_t now_ns,
		     int64_t deadline_ns);

/* With -v, once there is a connection: that the look-up was slow, or that one family is still
 * missing. */
void resolve_report(struct resolve *resolve, const struct run *run);

/* Append to what is told of attempts that failed, as a line of its own that begins with \n, that
 * the name has an address of one family only, or that the other could not be looked up. */
void resolve_remark(const struct resolve *resolve, struct text *out);

/* Fill in FAULT for a name without an address, from what the look-ups came back with.  Returns -1.
 */
int resolve_fault(const struct resolve *resolve, struct fault *fault);

/* Fill in FAULT for a look-up that has taken LIMIT_NS.  Returns -1. */
int resolve_timeout(const struct resolve *resolve, int64_t limit_ns, struct fault *fault);

/* Wait until all is looked up, DEADLINE_NS at the longest (LIMIT_NS after it began).  0, or -1 with
 * FAULT. */
int resolve_wait(struct resolve *resolve, const struct run *run, int64_t deadline_ns,
		 int64_t limit_ns, struct fault *fault);

/* End what still runs. Safe to call twice. */
void resolve_close(struct resolve *resolve);

/* The number of PORT, a number or the name of a service of the protocol of CONFIG.  0, or -1 with
 * FAULT. */
int resolve_port(uint16_t *number, const struct endpoint_config *config, const char *port,
		 struct fault *fault);

#endif
