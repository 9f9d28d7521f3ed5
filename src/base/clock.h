/* Monotonic time and absolute deadlines, in nanoseconds.  A deadline is computed once, where a
 * time limit begins, and passed down; nothing below recomputes it.  See clock_gettime(2). */
#ifndef HANDSET_BASE_CLOCK_H
#define HANDSET_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US 1000LL
#define NS_PER_MS 1000000LL
#define NS_PER_SEC 1000000000LL

/* The deadline that never passes; also the duration that means "no limit". */
#define NEVER INT64_MAX

/* CLOCK_MONOTONIC now, in nanoseconds. */
int64_t clock_now(void);

/* Returns the time of day, in nanoseconds since 1970 (CLOCK_REALTIME): only to tell it. */
int64_t clock_wall(void);

/* The deadline LIMIT_NS from START_NS on; NEVER when LIMIT_NS is NEVER or the sum overflows. */
int64_t deadline_after(int64_t start_ns, int64_t limit_ns);

/* The earlier of two deadlines. */
int64_t deadline_min(int64_t a_ns, int64_t b_ns);

/* Milliseconds from NOW_NS to DEADLINE_NS for poll(2): rounded up, so that a wait never ends before
 * the deadline; 0 when it has passed, -1 for NEVER. */
int deadline_poll_ms(int64_t deadline_ns, int64_t now_ns);

#endif
