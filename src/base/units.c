/* Quantities as people read them. */
#include "base/units.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/text.h"

void units_bytes(struct text *out, double bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	size_t unit = 0;
	for (; bytes >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		bytes /= 1000;
	text_printf(out, unit == 0 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
}

void units_rate(struct text *out, double bytes, int64_t ns)
{
	units_bytes(out, ns > 0 ? bytes * NS_PER_SEC / (double)ns : 0);
	text_str(out, "/s");
}

void units_time(struct text *out, int64_t ns)
{
	if (ns < NS_PER_SEC)
		text_printf(out, "%.3g ms", (double)ns / NS_PER_MS);
	else
		text_printf(out, "%.3f s", (double)ns / NS_PER_SEC);
}

void units_clock(struct text *out, int64_t ns)
{
	long long seconds = ns / NS_PER_SEC;
	if (seconds >= 3600)
		text_printf(out, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
			    seconds % 60);
	else
		text_printf(out, "%lld:%02lld", seconds / 60, seconds % 60);
}
