/* Quantities as people read them. */
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

#include "unit.h"

static void bytes(void)
{
	static const struct {
		double bytes;
		const char *words;
	} rows[] = {{0, "0 bytes"},        {999, "999 bytes"}, {1000, "1 kB"},
		    {1536, "1.54 kB"},     {999499, "999 kB"}, {999500, "1 MB"},
		    {20300000, "20.3 MB"}, {1e9, "1 GB"},      {5.25e12, "5.25 TB"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[64];
		struct text text = TEXT_IN(line);
		units_bytes(&text, rows[i].bytes);
		CHECK_STR(line, rows[i].words);
	}
}

static void times(void)
{
	static const struct {
		int64_t ns;
		const char *time, *clock;
	} rows[] = {{0, "0 ms", "0:00"},
		    {250 * NS_PER_US, "0.25 ms", "0:00"},
		    {7 * NS_PER_SEC, "7.000 s", "0:07"},
		    {750 * NS_PER_SEC, "750.000 s", "12:30"},
		    {3605 * NS_PER_SEC, "3605.000 s", "1:00:05"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[64];
		struct text text = TEXT_IN(line);
		units_time(&text, rows[i].ns);
		CHECK_STR(line, rows[i].time);
		text = TEXT_IN(line);
		units_clock(&text, rows[i].ns);
		CHECK_STR(line, rows[i].clock);
	}
}

UNIT_MAIN(bytes, times)
