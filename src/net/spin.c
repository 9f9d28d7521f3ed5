/* To try again before sleeping. */
#include "net/spin.h"

#include "trace/sys.h"

/* Longer brings no more; a tenth of it brings nothing. */
#define RETRY_NS 50000
/* What comes slower than that makes every try miss: after so many in a row most are left out. */
#define MISSES_MAX 8
/* One in so many is made all the same, as it may have become faster. */
#define MISSES_PROBE 64

static bool worth_it(const struct retry *retry)
{
	return retry->misses < MISSES_MAX || retry->misses % MISSES_PROBE == 0;
}

bool retry_again(struct retry *retry, bool moved, int64_t now_ns)
{
	if (moved) {
		if (retry->until_ns != 0)
			retry->misses = 0;
		retry->until_ns = 0;
		retry->moved = true;
		return false;
	}
	if (retry->until_ns == 0) {
		if (!retry->moved)
			return false;
		retry->moved = false;
		if (!worth_it(retry)) {
			retry->misses++;
			return false;
		}
		retry->until_ns = now_ns + RETRY_NS;
	}
	if (now_ns < retry->until_ns) {
		sys_yield();
		return true;
	}
	retry->until_ns = 0;
	retry->misses++;
	return false;
}
