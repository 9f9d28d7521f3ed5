/* The path MTU, measured as tracepath(8) does: datagrams that must not be fragmented are sent to a
 * port that hardly anybody has.  A router whose next link is too small says how small; that the
 * target answers at all says that the datagram has arrived.  Large ones that vanish while small
 * ones are answered are the sign of a black hole (RFC 2923, 2.1). */
#ifndef HANDSET_HOST_PATH_MTU_H
#define HANDSET_HOST_PATH_MTU_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/addr.h"
#include "trace/purpose.h"

struct pollset;
struct run;

enum path_mtu_state {
	PATH_MTU_PENDING,
	PATH_MTU_KNOWN,  /* `mtu` has been answered for: packets of that size arrive */
	PATH_MTU_HOLE,   /* small ones arrive, those of `mtu` vanish */
	PATH_MTU_INSIDE, /* the way stays inside this host, or is so large that it does not matter
			  */
	PATH_MTU_UNKNOWN /* nobody answers datagrams; `mtu` is what the kernel goes by */
};

struct path_mtu_socket {
	int fd;
	bool ready;
	bool answered;
};

struct path_mtu {
	enum path_mtu_state state;
	int local;            /* what the kernel went by at the beginning */
	int mtu;              /* as far as is known */
	bool reduced;         /* a router has said that its next link is smaller: */
	struct addr reporter; /* the last one that has */
	int64_t took_ns;      /* until the answer */
	struct addr addr;
	struct path_mtu_socket large, small;
	int tries;
	int64_t start_ns, next_ns;
	struct purpose purpose;
};

/* Begin to measure the path to ADDR, which has to be done by itself after a second at most. */
void path_mtu_start(struct path_mtu *path_mtu, const struct run *run, const struct addr *addr);

/* Go on after a wait.  The state tells how it stands. */
void path_mtu_advance(struct path_mtu *path_mtu, const struct run *run, int64_t now_ns);

/* Add to SET what PATHMTU waits for. */
void path_mtu_want(struct path_mtu *path_mtu, struct pollset *set);

/* Close the sockets.  Safe to call twice. */
void path_mtu_close(struct path_mtu *path_mtu, const struct run *run);

#endif
