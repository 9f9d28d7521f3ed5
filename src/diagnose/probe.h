/* A probe of the way to a port: a TCP connect, or a UDP datagram, with a TTL that lets it come so
 * far.  The router where the TTL ends answers with an ICMP error, the target as it would to
 * anybody. */
#ifndef HANDSET_DIAGNOSE_PROBE_H
#define HANDSET_DIAGNOSE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/errqueue.h"
#include "proto/addr.h"

struct connector;
struct fault;
struct run;

enum probe_state {
	PROBE_UNSENT,
	PROBE_PENDING,
	PROBE_SILENT,   /* nothing has come back */
	PROBE_ICMP,     /* an ICMP error has: `error` */
	PROBE_ACCEPTED, /* the target has: SYN/ACK, or a datagram */
	PROBE_REFUSED,  /* the target has: RST */
	PROBE_FAILED,   /* this host could not send it, or gave up: `err` */
};

/* What all probes have in common. */
struct probe_target {
	const struct connector *connector;
	struct addr addr; /* with the port */
};

struct probe {
	enum probe_state state;
	int fd;
	bool ready; /* poll has something to tell of it */
	int64_t start_ns;
	int64_t took_ns; /* until the answer */
	int err;
	bool group;       /* to the address of many, to which the socket is not connected */
	struct addr from; /* the sender of the datagram that has come back */
	size_t answer;    /* bytes of the datagram that has come back */
	struct icmp_error error;
};

/* Send PROBE toward TARGET with TTL; the state tells how it stands.  0, or -1 with FAULT when
 * there is no socket, or an option or the source cannot be had. */
int probe_send(struct probe *probe, const struct probe_target *target, int ttl,
	       struct fault *fault);

/* Send the datagram of a PROBE that is pending once more. */
void probe_again(struct probe *probe, const struct probe_target *target);

/* Poll has something to tell of PROBE. */
void probe_check(struct probe *probe, const struct probe_target *target);

/* Whether anybody has answered. */
bool probe_is_answered(const struct probe *probe);

/* The TTL ended on the way: the sender of the error is a router there. */
bool probe_is_on_the_way(const struct probe *probe);

/* Who answered PROBE, with port 0: the sender of the ICMP error, one of many, or TARGET itself. */
struct addr probe_answerer(const struct probe *probe, const struct probe_target *target);

/* The target itself says that nobody has the port: RST, or for a datagram ICMP port unreachable. */
bool probe_is_closed(const struct probe *probe, const struct probe_target *target);

/* Give up; a probe that is pending is silent then.  Safe to call twice. */
void probe_close(struct probe *probe, const struct run *run);

#endif
