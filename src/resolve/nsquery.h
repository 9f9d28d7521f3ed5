/* Why a look-up failed, or what holds it up.  getaddrinfo(3) says "temporary failure" of a server that refuses, of one that fails,
 * of one that is silent and of none at all, so each name server of /etc/resolv.conf is asked here once more, directly and for each
 * family, when a look-up has failed or is slow, and never otherwise.  It does not wait: it takes part in the caller's poll. */
#ifndef HANDSET_RESOLVE_NSQUERY_H
#define HANDSET_RESOLVE_NSQUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct inquiry;
struct pollset;
struct resolve;
struct run;
struct text;

/* A look-up that takes longer is slow. */
#define INQUIRY_SLOW_NS (1000000000LL)

/* Begin to ask for the name of RESOLVE, which must live as long, until DEADLINE_NS at the latest, and for two seconds at most.
 * NULL when there is no memory. */
struct inquiry *inquiry_open(const struct run *run, const struct resolve *resolve, int64_t deadline_ns);

/* Take what has come in, ask again where nothing has.  Whether INQUIRY is over. */
bool inquiry_advance(struct inquiry *inquiry, int64_t now_ns);

/* Whether it is: what it says of silence is final. */
bool inquiry_is_over(const struct inquiry *inquiry);

/* Add to SET what INQUIRY waits for. */
void inquiry_want(struct inquiry *inquiry, struct pollset *set);

/* Set FAULT's cause to what INQUIRY has found of RESOLVE's failure (it has a step and an exit status already); what it does
 * not prove stays as it is.  Causes: name-unknown, name-alias, name-no-address, name-family, name-server-silent, name-server-refused,
 * name-server-failed, name-server-garbled, name-server-tcp, name-server-unreachable, name-server-missing. */
void inquiry_explain(const struct inquiry *inquiry, const struct resolve *resolve, struct fault *fault);

/* Append what each server has answered and how fast, a line each without an end: "10.0.0.53: A: NXDOMAIN in 0.4 ms; AAAA: no
 * answer in 2 s". */
void inquiry_format(struct text *out, const struct inquiry *inquiry);

/* Close what is open; NULL is none. */
void inquiry_close(struct inquiry *inquiry);

#endif
