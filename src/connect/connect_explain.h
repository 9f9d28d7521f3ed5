/* The cause of a connect that failed, as far as this host knows more than the socket: its routes
 * and interfaces, the TTL that was asked for, who may write to a socket path, who has the port. */
#ifndef HANDSET_CONNECT_CONNECT_EXPLAIN_H
#define HANDSET_CONNECT_CONNECT_EXPLAIN_H

#include "base/status.h"

struct addr;
struct connector;
struct dial_config;
struct fault;

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
