/* To try again before sleeping. */
#include "net/spin.h"

#include "trace/sys.h"

/* Longer brings no more; a tenth of it brings nothing. */
#define RETRY_NS 50000
/* What comes slower than that makes every try miss: after so many in a row most are left out. */
#define MISSES_MAX 8
/* One in so many is made all the same, as it may have become faster. */
#define MISSES_PROBE 64

static bool worth_it(const struct spin *spin)
{
	return spin->misses < MISSES_MAX || spin->misses % MISSES_PROBE == 0;
}

bool spin_again(struct spin *spin, bool moved, int64_t now_ns)
{
	if (moved) {
		if (spin->until_ns != 0)
			spin->misses = 0;
		spin->until_ns = 0;
		spin->moved = true;
		return false;
	}
	if (spin->until_ns == 0) {
		if (!spin->moved)
			return false;
		spin->moved = false;
		if (!worth_it(spin)) {
			spin->misses++;
			return false;
		}
		spin->until_ns = now_ns + RETRY_NS;
	}
	if (now_ns < spin->until_ns) {
		sys_yield();
		return true;
	}
	spin->until_ns = 0;
	spin->misses++;
	return false;
}
