/* Quantities as people read them. */
#include "base/units.h"

#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"

static struct units_text format_bytes(double bytes, const char *suffix)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	struct units_text words;
	size_t unit = 0;
	for (; bytes >= 1023.5 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		bytes /= 1024;
	/* %g would write 1000 and more with an exponent. */
	snprintf(words.chars, sizeof(words.chars),
		 unit == 0 || bytes >= 999.5 ? "%.0f %s%s" : "%.3g %s%s", bytes, units[unit],
		 suffix);
	return words;
}

struct units_text units_bytes(double bytes)
{
	return format_bytes(bytes, "");
}

struct units_text units_rate(double bytes, int64_t ns)
{
	return format_bytes(ns > 0 ? bytes * NS_PER_SEC / (double)ns : 0, "/s");
}

/* As many decimals as make three digits of NS in units of UNIT_NS, 3 at most.  Whole numbers
 * decide: a double may have more digits in a register than in memory. */
static int decimals(int64_t ns, int64_t unit_ns)
{
	if (ns < unit_ns / 10000 * 9995)
		return 3;
	if (ns < unit_ns / 1000 * 9995)
		return 2;
	return ns < unit_ns / 100 * 9995 ? 1 : 0;
}

struct units_text units_time(int64_t ns)
{
	struct units_text words = {"0 ms"};
	if (ns <= 0)
		return words;
	/* What took a time took some. */
	if (ns < NS_PER_US)
		ns = NS_PER_US;
	int64_t unit_ns = ns < 999500 * NS_PER_US ? NS_PER_MS : NS_PER_SEC;
	snprintf(words.chars, sizeof(words.chars), "%.*f %s", decimals(ns, unit_ns),
		 (double)ns / (double)unit_ns, unit_ns == NS_PER_MS ? "ms" : "s");
	return words;
}

struct units_text units_limit(int64_t ns)
{
	struct units_text words;
	double seconds = (double)ns / NS_PER_SEC;
	if (ns > 0 && ns < 100 * NS_PER_MS)
		snprintf(words.chars, sizeof(words.chars), "%.3g ms", seconds * 1000);
	else
		snprintf(words.chars, sizeof(words.chars), seconds < 999.5 ? "%.3g s" : "%.0f s",
			 seconds);
	return words;
}

struct units_text units_clock(int64_t ns)
{
	struct units_text words;
	long long seconds = ns / NS_PER_SEC;
	if (seconds >= 3600)
		snprintf(words.chars, sizeof(words.chars), "%lld:%02lld:%02lld", seconds / 3600,
			 seconds / 60 % 60, seconds % 60);
	else
		snprintf(words.chars, sizeof(words.chars), "%lld:%02lld", seconds / 60,
			 seconds % 60);
	return words;
}
