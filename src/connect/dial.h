/* Connecting: the name is looked up, then every address is tried by RFC 8305 until one answers.
 *
 * States.  A dial is DIAL_PENDING until it is CONNECTED or FAILED, and goes through up to three
 * phases: the look-up (no attempt yet), the attempts, and with a proxy the handshake (there is a
 * winner, and no other attempt is under way).  Look-up and attempts overlap: the first family that
 * is looked up is tried while the other is still asked for.  The families take turns, IPv6 first;
 * an IPv4 answer that comes first waits 50 ms for the other.  The next attempt begins 250 ms after
 * the last one, or at once when that has failed.
 *
 * Faults.  A failed attempt adds its reason to those that the dial keeps, and its fault when that
 * says more than the worst so far (fault_rank).  Only when no attempt may succeed any more, or the
 * time is up, does dial_fault.c make one fault of them.  The socket is asked
 * for the cause before it is closed.
 *
 * Owners.  The configuration is borrowed.  The dial owns the children of the look-up, the sockets
 * of all attempts, and the path that -s has made.  The winner's connection and path go to the
 * caller with CONNECTED; dial_close gives up all else, and may be called at any time.
 *
 * Invariants.  dial_advance never waits; dial_want says what for.  There is one deadline, computed
 * at the beginning from the run's and from connect_ns.  No attempt begins once there is a winner.
 *
 * dial() is all of it with a wait in between.  Callers that wait for more than one thing (--to, a
 * scan through a proxy) use the parts. */
#ifndef HANDSET_CONNECT_DIAL_H
#define HANDSET_CONNECT_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "connect/unix_path.h"
#include "net/endpoint.h"
#include "net/transport.h"
#include "proto/addr.h"
#include "proto/proxy.h"
#include "proto/target.h"

struct dial;
struct fault;
struct pollset;
struct run;

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

/* What a dial gives back; of one that failed the times alone. */
struct dial_result {
	struct transport transport; /* connected, the caller's to close; closed when it failed */
	struct addr peer;           /* the target, or the proxy */
	struct addr local;
	struct unix_path source; /* -s of a Unix socket: the caller's to remove */
	int64_t lookup_ns;       /* how long the look-up took; -1: there was none */
	int64_t connect_ns;      /* how long the connect took, the look-up not counted; 0: there was
				    none */
	int64_t proxy_ns; /* how long the handshake with the proxy took; -1: there was none */
};

enum dial_state { DIAL_PENDING, DIAL_CONNECTED, DIAL_FAILED };

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

/* Give up what is still under way; NULL is no dial. */
void dial_close(struct dial *dial);

/* All of it, with a wait in between: 0 and *RESULT, or -1 with FAULT. */
int dial(const struct run *run, const struct dial_config *config, struct dial_result *result,
	 struct fault *fault);

#endif
