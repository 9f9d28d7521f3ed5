/* What the kernel knows of a connect that failed, gathered from the failed socket before it is
 * closed: who sent the ICMP error, how many SYNs went unanswered.  Nothing of this is done when all
 * is well. */
#ifndef HANDSET_HOST_EVIDENCE_H
#define HANDSET_HOST_EVIDENCE_H

#include <stdbool.h>

#include "base/cause.h"
#include "host/errqueue.h"
#include "proto/addr.h"

struct fault;
struct route_query;
struct trace;

struct evidence {
	bool icmp; /* an ICMP error has come in: */
	struct icmp_error error;
	bool from_self;       /* its sender is an address of this host */
	bool to_self;         /* so is the target */
	int syns;             /* SYNs sent; 0: not known */
	enum cause link;      /* the cause when the first link is at fault, else CAUSE_NONE: */
	char link_words[160]; /* its interface, or the next hop, which does not answer ARP or
				 neighbor discovery */
	bool unsent;          /* the SYN still waits for the next hop's link address (ARP, neighbor
				 discovery) */
};

/* IPv6 queues ICMP errors only for who asks before the connect (ipv6(7), IPV6_RECVERR). ON: ask;
 * else stop asking, as an error that comes later must not end an established connection. */
void evidence_ask(struct trace *trace, int fd, int family, bool on);

/* Take the ICMP error that FD has of its connect, where there is one.  SO_ERROR must have been read
 * before: emptying the error queue clears it.  Whether there is one. */
bool evidence_take_icmp(struct evidence *evidence, struct trace *trace, int fd);

/* Gather the rest, of a connect to TARGET that failed with ERR. */
void evidence_complete(struct evidence *evidence, struct trace *trace, int fd,
		       const struct addr *target, int err);

/* EVIDENCE is of the flow QUERY: see whether its first link is at fault, where it looks like that.
 */
void evidence_of_link(struct evidence *evidence, struct trace *trace,
		      const struct route_query *query);

/* What ERROR, taken from the error queue of FD, says. */
void evidence_of_error(struct evidence *evidence, struct trace *trace, int fd,
		       const struct icmp_error *error);

/* Adds to FAULT the cause that ERROR is, by which the host itself says that nothing has the port
 * that a datagram was sent to. */
void evidence_explain_closed(const struct evidence *evidence, struct fault *fault);

/* Adds to FAULT, of a connect to TARGET or of datagrams to it, the cause that the ICMP error of
 * EVIDENCE is, which came after WAITED_NS. */
void evidence_explain_icmp(const struct evidence *evidence, const struct addr *target,
			   int64_t waited_ns, struct fault *fault);

#endif
