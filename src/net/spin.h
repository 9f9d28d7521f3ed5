/* To try again before sleeping, for a few tens of microseconds and only while data, or clients,
 * keep coming.  To be woken costs more than that when the peer runs on another CPU, and giving the
 * CPU away lets the peer run when it shares ours. */
#ifndef HANDSET_NET_SPIN_H
#define HANDSET_NET_SPIN_H

#include <stdbool.h>
#include <stdint.h>

struct spin {
	int64_t until_ns; /* of the tries that are under way; 0: there are none */
	unsigned misses;  /* so often in a row they brought nothing */
	bool moved;       /* something has, since the last tries ended */
};

/* After a round: whether anything MOVED in it.  True when the next round is to follow at once (the
 * CPU has been given away in between); false when it is time to sleep, or when something moved and
 * the question does not arise. */
bool spin_again(struct spin *spin, bool moved, int64_t now_ns);

#endif
