/* Quantities as people read them. */
#include "base/units.h"

#include "base/clock.h"
#include "base/parse.h"
#include "unit.h"

static void bytes_have_the_units_of_a_size(void)
{
	static const struct {
		double bytes;
		const char *words;
	} rows[] = {{0, "0 bytes"},
		    {999, "999 bytes"},
		    {1000, "1000 bytes"},
		    {1023, "1023 bytes"},
		    {1024, "1 KiB"},
		    {1536, "1.5 KiB"},
		    {500 * 1024, "500 KiB"},
		    {1000 * 1024, "1000 KiB"},
		    {1023.4 * 1024, "1023 KiB"},
		    {1023.6 * 1024, "1 MiB"},
		    {20.3 * 1024 * 1024, "20.3 MiB"},
		    {1e9, "954 MiB"},
		    {5.25 * (1LL << 40), "5.25 TiB"},
		    {5000.0 * (1LL << 40), "5000 TiB"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(units_bytes(rows[i].bytes).chars, rows[i].words);
}

static void what_is_read_is_printed_with_the_same_unit(void)
{
	static const struct {
		const char *size, *words;
	} rows[] = {{"1", "1 bytes"},      {"64k", "64 KiB"},   {"500k", "500 KiB"},
		    {"1000k", "1000 KiB"}, {"1.5M", "1.5 MiB"}, {"1G", "1 GiB"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t bytes = 0;
		CHECK_INT(parse_size(rows[i].size, &bytes), 0);
		CHECK_STR(units_bytes((double)bytes).chars, rows[i].words);
	}
}

static void rates_are_bytes_a_second(void)
{
	CHECK_STR(units_rate(1024, NS_PER_SEC / 2).chars, "2 KiB/s");
	CHECK_STR(units_rate(1024, 0).chars, "0 bytes/s");
}

static void measured_times_have_three_digits(void)
{
	static const struct {
		int64_t ns;
		const char *words;
	} rows[] = {{-149 * NS_PER_US, "0 ms"},
		    {0, "0 ms"},
		    {1, "0.001 ms"},
		    {782, "0.001 ms"},
		    {1600, "0.002 ms"},
		    {50 * NS_PER_US, "0.050 ms"},
		    {87 * NS_PER_US, "0.087 ms"},
		    {250 * NS_PER_US, "0.250 ms"},
		    {782 * NS_PER_US, "0.782 ms"},
		    {999500, "1.00 ms"},
		    {1540 * NS_PER_US, "1.54 ms"},
		    {9995 * NS_PER_US, "10.0 ms"},
		    {37240 * NS_PER_US, "37.2 ms"},
		    {250 * NS_PER_MS, "250 ms"},
		    {999499 * NS_PER_US, "999 ms"},
		    {999500 * NS_PER_US, "1.00 s"},
		    {3400 * NS_PER_MS, "3.40 s"},
		    {3999430 * NS_PER_US, "4.00 s"},
		    {12345 * NS_PER_MS, "12.3 s"},
		    {750 * NS_PER_SEC, "750 s"},
		    {3605 * NS_PER_SEC, "3605 s"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(units_time(rows[i].ns).chars, rows[i].words);
}

static void limits_are_as_short_as_they_were_given(void)
{
	static const struct {
		const char *time, *words;
	} rows[] = {{"0", "0 s"},       {"0.0001", "0.1 ms"},
		    {"20ms", "20 ms"},  {"1.5ms", "1.5 ms"},
		    {"100ms", "0.1 s"}, {"0.35", "0.35 s"},
		    {"0.5", "0.5 s"},   {"2", "2 s"},
		    {"3.99943", "4 s"}, {"1.5m", "90 s"},
		    {"90.5", "90.5 s"}, {"1h", "3600 s"},
		    {"1.5h", "5400 s"}, {"87660h", "315576000 s"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = -1;
		CHECK_INT(parse_time(rows[i].time, &ns), 0);
		CHECK_STR(units_limit(ns).chars, rows[i].words);
	}
}

static void clocks_count_seconds(void)
{
	static const struct {
		int64_t ns;
		const char *words;
	} rows[] = {{0, "0:00"},
		    {7 * NS_PER_SEC, "0:07"},
		    {750 * NS_PER_SEC, "12:30"},
		    {3605 * NS_PER_SEC, "1:00:05"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(units_clock(rows[i].ns).chars, rows[i].words);
}

UNIT_MAIN(bytes_have_the_units_of_a_size, what_is_read_is_printed_with_the_same_unit,
	  rates_are_bytes_a_second, measured_times_have_three_digits,
	  limits_are_as_short_as_they_were_given, clocks_count_seconds)
