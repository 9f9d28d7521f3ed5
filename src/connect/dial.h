/* Connecting: the name is looked up, then every address is tried by RFC 8305 until one answers. */
#ifndef HANDSET_CONNECT_DIAL_H
#define HANDSET_CONNECT_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "connect/unix_path.h"
#include "net/endpoint.h"
#include "proto/addr.h"
#include "proto/proxy.h"
#include "proto/target.h"

struct dial;
struct fault;
struct pollset;
struct run;
struct source;
struct text;

struct dial_config {
	struct endpoint_config endpoint;
	struct target target; /* the host and port; not used with `path` */
	const char *path;     /* the Unix socket's, or NULL */
	const char
		*source; /* -s: an address, or for Unix sockets a path; NULL: the kernel's choice */
	const char *source_port;   /* -p, or NULL */
	bool random_source_port;   /* -r */
	bool silent;               /* the caller tells how it ends */
	struct proxy_config proxy; /* what the target is reached through; PROXY_NONE */
	int64_t connect_ns; /* -w, --connect-timeout: the name look-up and the connect together;
			       NEVER */
};

/* What a dial gives back. */
struct dial_result {
	int fd;           /* the connected socket, the caller's to close; -1 when it failed */
	struct addr peer; /* the target, or the proxy */
	struct addr local;
	struct unixpath source; /* -s of a Unix socket: the caller's to remove */
	bool reset;             /* by the peer already; what it said before can still be read */
	int64_t lookup_ns;      /* how long the look-up took; -1: there was none */
	int64_t connect_ns;     /* how long the connect took, the look-up not counted */
	int64_t proxy_ns;       /* how long the handshake with the proxy took; -1: there was none */
};

enum dial_state { DIAL_PENDING, DIAL_CONNECTED, DIAL_FAILED };

/* Append what CONFIG connects to, in OpenBSD's words: "localhost port 80 (tcp)", and the proxy,
 * where there is one. */
void dial_describe(struct text *out, const struct dial_config *config);

/* Append the status of a connect to PORT at PEER that succeeded, in OpenBSD's words; PEER is NULL
 * where a proxy did it. */
void dial_describe_success(struct text *out, const struct dial_config *config,
			   const struct addr *peer, unsigned port);

/* FAULT is of a connect of CONFIG from SOURCE to TO.  When this host itself has refused it, without
 * an ICMP error, add the cause that its routes give. */
void dial_explain_route(const struct run *run, const struct dial_config *config,
			const struct source *source, const struct addr *to, struct fault *fault);

/* FAULT is of a connect of CONFIG: when its TTL ran out on the way, add which one was asked for. */
void dial_explain_ttl(const struct dial_config *config, struct fault *fault);

/* The status of FAULT, whose cause is of this host's routing: unreachable, also where the errno is
 * one of permission; but local where what was asked for cannot be (a source, or datagrams to a
 * broadcast address without -b). */
enum status dial_route_status(const struct fault *fault);

/* Fill in FAULT for a socket that has been connected to itself, at TARGET: nobody listens there.
 * Returns -1. */
int dial_self_connect(struct fault *fault, const char *target);

/* Begin to connect as CONFIG says, which must live as long: every address of the name is tried, the
 * next one 250 ms after the last or at once when that has failed, the families in turn (RFC 8305);
 * the first to connect wins.  Where there is a proxy, it is that which is connected to so, and then
 * asked for the target.  The dial, which dial_close frees; NULL with FAULT. */
struct dial *dial_open(const struct run *run, const struct dial_config *config,
		       struct fault *fault);

/* Go on, after a wait or before the first.  CONNECTED has filled in *RESULT, FAILED has filled in
 * FAULT. */
enum dial_state dial_advance(struct dial *dial, struct dial_result *result, struct fault *fault);

/* Add to SET what DIAL waits for. */
void dial_want(struct dial *dial, struct pollset *set);

/* Report how it stands (SIGUSR1). */
void dial_report(const struct dial *dial);

/* Give up what is still under way; NULL is no dial. */
void dial_close(struct dial *dial);

/* All of it, with a wait in between: 0 and *RESULT, or -1 with FAULT. */
int dial(const struct run *run, const struct dial_config *config, struct dial_result *result,
	 struct fault *fault);

#endif
