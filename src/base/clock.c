/* Monotonic time and absolute deadlines. */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

int64_t clock_wall(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

int64_t deadline_after(int64_t start_ns, int64_t limit_ns)
{
	if (limit_ns >= NEVER - start_ns)
		return NEVER;
	return start_ns + limit_ns;
}

int64_t deadline_min(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

int deadline_poll_ms(int64_t deadline_ns, int64_t now_ns)
{
	if (deadline_ns == NEVER)
		return -1;
	if (deadline_ns <= now_ns)
		return 0;
	int64_t ms = (deadline_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
