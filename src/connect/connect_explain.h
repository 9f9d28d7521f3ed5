/* The cause of a connect that failed, as far as this host knows more than the socket: its routes
 * and interfaces, the TTL that was asked for, who may write to a socket path, who has the port. */
#ifndef HANDSET_CONNECT_CONNECT_EXPLAIN_H
#define HANDSET_CONNECT_CONNECT_EXPLAIN_H

#include <stdint.h>

#include "base/status.h"

struct addr;
struct attempt;
struct connector;
struct dial_config;
struct evidence;
struct fault;

/* The connect of ATTEMPT has failed with ERR: fills in FAULT with what was done to what, and with
 * the cause where no TCP socket is there to prove one. */
void connect_explain_errno(struct attempt *attempt, const struct connector *connector, int err,
			   struct fault *fault);

/* The connect of ATTEMPT has failed with its `err`: fills in FAULT with the cause that its socket
 * proves.  ICMP is what has been taken of it already (evidence_take_icmp); NULL: nothing. */
void connect_explain_attempt(struct attempt *attempt, const struct connector *connector,
			     const struct evidence *icmp, struct fault *fault);

/* Adds to FAULT, of a connect to TARGET that failed or has not been answered for WAITED_NS, the
 * cause that EVIDENCE proves: an ICMP error, RST, or SYNs without an answer.  What it does not
 * prove is left to fault_explain. */
void connect_explain_evidence(const struct evidence *evidence, const struct addr *target,
			      int64_t waited_ns, struct fault *fault);

/* FAULT is of a connect by CONNECTOR to TO: add all that this host knows of it. */
void connect_explain(const struct connector *connector, const struct addr *to, struct fault *fault);

/* FAULT is of a connect by CONNECTOR to TO.  When this host itself has refused it, without
 * an ICMP error, add the cause that its routes give. */
void connect_explain_route(const struct connector *connector, const struct addr *to,
			   struct fault *fault);

/* FAULT is of a connect of CONFIG: when its TTL ran out on the way, add which one was asked for. */
void connect_explain_ttl(const struct dial_config *config, struct fault *fault);

/* The status of FAULT, whose cause is of this host's routing: unreachable, also where the errno is
 * one of permission; but local where what was asked for cannot be (a source, or datagrams to a
 * broadcast address without -b). */
enum status connect_route_status(const struct fault *fault);

/* Fill in FAULT for a socket that has been connected to itself, at TARGET: nobody listens there.
 * Returns -1. */
int connect_explain_self(struct fault *fault, const char *target);

#endif
