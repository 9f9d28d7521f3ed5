/* Quantities as people read them. Pure. */
#ifndef HANDSET_BASE_UNITS_H
#define HANDSET_BASE_UNITS_H

#include <stdint.h>

struct text;

/* Append BYTES with the unit that fits: "512 bytes", "1.5 kB", "20.3 MB" (powers of 1000). */
void units_bytes(struct text *out, double bytes);

/* Append BYTES in NS as a rate: "1.5 kB/s". */
void units_rate(struct text *out, double bytes, int64_t ns);

/* Append a time of NS: "0.25 ms", "3.400 s". */
void units_time(struct text *out, int64_t ns);

/* Append NS in whole seconds, as a clock: "0:07", "12:30", "1:00:05". */
void units_clock(struct text *out, int64_t ns);

#endif
