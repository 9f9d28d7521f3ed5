/* One attempt to connect: a socket, its options, its source, the connect, and what became of it. */
#ifndef HANDSET_CONNECT_ATTEMPT_H
#define HANDSET_CONNECT_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "connect/unix_path.h"
#include "proto/addr.h"

struct connector;
struct fault;
struct run;
struct transport;

/* How long until the next look at a Unix listener with a full queue (EAGAIN): nothing tells when
 * there is room. */
#define ATTEMPT_RETRY_NS (20 * NS_PER_MS)

enum attempt_state { ATTEMPT_PENDING, ATTEMPT_CONNECTED, ATTEMPT_FAILED };

struct attempt {
	int fd;
	enum attempt_state state;
	struct addr addr;      /* the target */
	struct unix_path path; /* -s of a Unix socket */
	int64_t start_ns;
	int64_t failed_ns; /* when it did; 0: it has not, or no connect was made */
	int err;           /* how the connect has failed; 0 */
	bool reset; /* connected, and reset by the peer since then: its error has been taken */
	bool ready; /* poll has something to tell of it */
	int64_t retry_ns; /* a Unix listener whose queue is full: connect again then; 0: no */
};

/* Reports in the trace whom ATTEMPT is for. */
void attempt_note(const struct attempt *attempt, const struct connector *connector);

/* Make the socket of ATTEMPT, for its address, with its options and bound to the source.  0, or -1
 * with FAULT. */
int attempt_open(struct attempt *attempt, const struct connector *connector, struct fault *fault);

/* Begins to connect ATTEMPT to its address.  The state tells how it stands; FAILED has filled in
 * FAULT. */
void attempt_start(struct attempt *attempt, const struct connector *connector, struct fault *fault);

/* Poll has something to tell of the attempt, or it is time to retry. */
void attempt_check(struct attempt *attempt, const struct connector *connector, struct fault *fault);

/* The attempt has not been answered within its time: fill in FAULT. */
void attempt_timeout(struct attempt *attempt, const struct connector *connector,
		     struct fault *fault);

/* ATTEMPT is connected to the address of a group: gives it another socket like it, with a port and
 * not connected.  Its own address with that port is *LOCAL, which has the address already.  Returns
 * 0, or -1 with FAULT. */
int attempt_disconnect(struct attempt *attempt, const struct connector *connector,
		       struct addr *local, struct fault *fault);

/* Whether a connect that has ended with ERR, of TCP, was accepted and has been reset since then: a
 * SYN that is answered by RST is ECONNREFUSED, and behind the FIN of the peer a RST is EPIPE. */
bool attempt_is_reset(int err);

/* Returns how many of COUNT attempts are under way. */
size_t attempts_pending(const struct attempt *attempts, size_t count);

/* Makes TRANSPORT of the connected socket, which ATTEMPT has no more. */
void attempt_take(struct attempt *attempt, const struct connector *connector,
		  struct transport *transport);

/* Close the socket and remove its path, when there is one. */
void attempt_close(struct attempt *attempt, const struct run *run);

#endif
