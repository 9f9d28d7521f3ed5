/* Quantities as people read them.  Each function returns the words by value, so that they can stand
 * in the list of arguments of a printf: units_time(ns).chars. */
#ifndef HANDSET_BASE_UNITS_H
#define HANDSET_BASE_UNITS_H

#include <stdint.h>

struct units_text {
	char chars[32];
};

/* Returns BYTES with the unit that fits, as a SIZE is read (powers of 1024): "512 bytes",
 * "1.5 KiB", "20.3 MiB". */
struct units_text units_bytes(double bytes);

/* Returns BYTES in NS as a rate: "1.5 KiB/s". */
struct units_text units_rate(double bytes, int64_t ns);

/* Returns a time that was measured, with three digits but none below a microsecond: "0.087 ms",
 * "12.3 ms", "3.40 s".  A negative time is 0. */
struct units_text units_time(int64_t ns);

/* Returns a time that was asked for, as short as it was given: "2 s", "0.35 s", "20 ms". */
struct units_text units_limit(int64_t ns);

/* Returns NS in whole seconds, as a clock: "0:07", "12:30", "1:00:05". */
struct units_text units_clock(int64_t ns);

#endif
