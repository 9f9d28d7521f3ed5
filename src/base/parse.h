/* Numbers in text, with a range and without a silent wrap. Each returns 0, or -1 and leaves the
 * result alone. */
#ifndef HANDSET_BASE_PARSE_H
#define HANDSET_BASE_PARSE_H

#include <stdint.h>

#include "base/clock.h"

/* A whole decimal number (no sign but a leading '-' where MIN is negative, no space, nothing behind
 * it) from MIN to MAX. */
int parse_int(const char *text, int64_t min, int64_t max, int64_t *number);

/* The longest TIME: ten years. */
#define PARSE_TIME_MAX_NS (87660LL * 3600 * NS_PER_SEC)

/* A TIME: seconds, or with a suffix ms, s, m or h; a fraction is allowed ("0.5", "1.5m").  Not
 * negative.  The result is in nanoseconds; of more than ten years it is NEVER, which the caller has
 * to refuse. */
int parse_time(const char *text, int64_t *ns);

/* A SIZE: a number of bytes, or with a suffix k, M or G (1024s, either case).  At least 1. */
int parse_size(const char *text, int64_t *bytes);

#endif
