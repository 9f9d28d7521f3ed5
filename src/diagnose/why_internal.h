/* A diagnosis under way.  Private to why*.c. */
#ifndef HANDSET_DIAGNOSE_WHY_INTERNAL_H
#define HANDSET_DIAGNOSE_WHY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "connect/attempt.h"
#include "connect/connector.h"
#include "diagnose/probe.h"
#include "host/netlink.h"
#include "host/path_mtu.h"
#include "host/unix_owner.h"
#include "net/transport.h"
#include "resolve/resolve.h"
#include "trace/event.h"

struct dial_config;
struct pollset;
struct run;

#define WHY_TARGETS (2 * LOOKUP_ADDRS)
#define WHY_BANNER 512
#define DATAGRAMS 2

/* An address that is tried. */
struct why_target {
	struct attempt attempt;         /* TCP; for a Unix socket without a descriptor */
	struct probe probes[DATAGRAMS]; /* UDP: one may be lost */
	size_t sent;
	enum attempt_state state;
	int64_t start_ns, took_ns;
	struct addr local;  /* the source address; len 0: not known */
	struct fault fault; /* why it failed */
	bool routed;        /* the kernel has told: */
	struct route route;
	struct link link;   /* its interface */
	enum cause refusal; /* the cause when the routing of this host says no, else CAUSE_NONE */
	char refused_by[160];
	int refused; /* its errno */
};

enum service_state {
	SERVICE_NONE,
	SERVICE_PENDING,
	SERVICE_SPEAKS,
	SERVICE_SILENT,
	SERVICE_ENDS,
	SERVICE_RESETS
};

/* What the service says first. */
struct service {
	enum service_state state;
	struct transport transport; /* the connection to it */
	bool ready;
	int64_t start_ns, took_ns;
	uint8_t bytes[WHY_BANNER];
	size_t len;
};

/* What TCP knows of the connection (tcp(7), TCP_INFO). */
struct why_tcp {
	bool known;
	int64_t rtt_ns;
	unsigned mss, pmtu, retransmits;
};

struct why {
	const struct run *run;
	const struct dial_config *config;
	struct connector connector;
	struct resolve resolve;
	struct netlink netlink;
	struct why_target targets[WHY_TARGETS];
	size_t count;
	struct why_target *reached; /* the first that has been connected to */
	struct service service;
	struct why_tcp tcp;
	struct path_mtu mtu;
	struct unix_owner unix_owner; /* of a Unix socket */
	int64_t start_ns, deadline_ns, limit_ns;
	int64_t connect_start_ns;
	struct fault worst;    /* of the addresses that failed */
	struct fault *printed; /* the first failure to write the answer; the caller's */
};

/* How a layer does. */
enum mark { MARK_GOOD, MARK_BAD, MARK_ODD, MARK_OPEN };

/* A line of the answer. */
struct finding {
	enum mark mark;
	const char *layer;
	int64_t took_ns; /* -1: there is no time to tell */
	const struct fault *fault;
	char fact[640];
	struct note note; /* the same as data: the fields of this layer, begun by finding_start */
};

/* ---- why_finding.c: a line of the answer ---- */

/* Begin a line for LAYER; the fact is appended to the text that is returned. */
struct text finding_start(struct finding *finding, enum mark mark, const char *layer,
			  int64_t took_ns);

/* Print the line on stdout, and note it in the trace. */
void finding_print(struct finding *finding, struct why *why);

/* ---- why_layers.c, why_route.c, why_unix.c, why_listener.c: the layers ---- */

void why_print_name(struct why *why);
void why_print_no_name(struct why *why, const struct fault *fault);
void why_print_target(struct why *why, const struct why_target *target);
void why_print_mtu(struct why *why);
void why_print_rtt(struct why *why);

void why_print_route(struct why *why, struct why_target *target);
void why_print_next_hop(struct why *why, struct why_target *target);

/* A Unix socket's path. */
void why_print_path(struct why *why);

/* The process that has the socket at the other end, where that is on this host. */
void why_print_listener(struct why *why);

/* TARGET may have failed, and be this host: add the process that has its port. */
void why_explain_listener(struct why *why, struct why_target *target);

/* ---- why_target.c: an address ---- */

/* Whether datagrams are sent. */
bool why_is_udp(const struct why *why);

void target_start(struct why *why, struct why_target *target);
void target_advance(struct why *why, struct why_target *target, int64_t now_ns);
void target_want(const struct why *why, struct why_target *target, struct pollset *set);

/* TARGET has not been answered in time. */
void target_give_up(struct why *why, struct why_target *target);

void target_close(struct why *why, struct why_target *target);

/* ---- why_service.c: what the service says first ---- */

/* Begins to listen at SERVICE, whose transport has been set. */
void service_start(struct service *service);
void service_advance(struct service *service, int64_t now_ns);
void service_want(struct service *service, struct pollset *set);
void why_print_service(struct why *why);

/* ---- why_verdict.c ---- */

/* All addresses have been tried: print what it comes to.  0, or -1 with FAULT. */
int why_verdict(struct why *why, struct fault *fault);

/* FAULT alone is the verdict, and has been printed as a layer.  Returns -1. */
int why_failed(struct why *why, struct fault *fault);

#endif
