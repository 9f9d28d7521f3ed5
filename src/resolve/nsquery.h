/* Why a look-up failed, or what holds it up.  getaddrinfo(3) says "temporary failure" of a server
 * that refuses, of one that fails, of one that is silent and of none at all, so each name server of
 * /etc/resolv.conf is asked here once more, directly and for each family, when a look-up has failed
 * or is slow, and never otherwise.  It does not wait: it takes part in the caller's poll. */
#ifndef HANDSET_RESOLVE_NSQUERY_H
#define HANDSET_RESOLVE_NSQUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nsquery;
struct pollset;
struct resolve;
struct run;

/* How long a look-up may take before it counts as slow. */
#define NSQUERY_SLOW_NS (1000000000LL)

/* How long name servers must have to answer: with less, their silence tells nothing. */
#define NSQUERY_LEAST_NS (250000000LL)

/* Begin to ask for the name of RESOLVE, which must live as long, until DEADLINE_NS at the latest,
 * and for two seconds at most. NULL when there is no memory. */
struct nsquery *nsquery_open(const struct run *run, const struct resolve *resolve,
			     int64_t deadline_ns);

/* Take what has come in, ask again where nothing has.  Whether NSQUERY is over. */
bool nsquery_advance(struct nsquery *nsquery, int64_t now_ns);

/* Whether it is: what it says of silence is final. */
bool nsquery_is_over(const struct nsquery *nsquery);

/* Add to SET what NSQUERY waits for. */
void nsquery_want(struct nsquery *nsquery, struct pollset *set);

/* Close what is open; NULL is none. */
void nsquery_close(struct nsquery *nsquery);

#endif
