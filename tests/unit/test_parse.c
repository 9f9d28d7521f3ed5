/* Numbers, times and sizes as the command line has them. */
#include "base/parse.h"

#include <stdint.h>

#include "base/clock.h"
#include "unit.h"

#define KEPT (-77) /* what a failed parse must leave alone */

static void whole_numbers_have_a_range(void)
{
	static const struct {
		const char *text;
		int64_t min, max;
		int status;
		int64_t number;
	} rows[] = {
		{"0", 0, 9, 0, 0},
		{"7", 0, 9, 0, 7},
		{"007", 0, 9, 0, 7},
		{"9", 0, 9, 0, 9},
		{"10", 0, 9, -1, KEPT},
		{"-1", 0, 9, -1, KEPT},
		{"-0", 0, 9, -1, KEPT},
		{"-0", -1, 9, 0, 0},
		{"-1", -1, 9, 0, -1},
		{"-2", -1, 9, -1, KEPT},
		{"9223372036854775807", 0, INT64_MAX, 0, INT64_MAX},
		{"9223372036854775808", 0, INT64_MAX, -1, KEPT},
		{"-9223372036854775809", INT64_MIN, INT64_MAX, -1, KEPT},
		{"18446744073709551617", 0, 9, -1, KEPT},
		{"", 0, 9, -1, KEPT},
		{"-", -9, 9, -1, KEPT},
		{"--1", -9, 9, -1, KEPT},
		{"+1", 0, 9, -1, KEPT},
		{" 1", 0, 9, -1, KEPT},
		{"1 ", 0, 9, -1, KEPT},
		{"1x", 0, 9, -1, KEPT},
		{"0x1", 0, 9, -1, KEPT},
		{"1.0", 0, 9, -1, KEPT},
		{"1e0", 0, 9, -1, KEPT},
		{"\xd9\xa1", 0, 9, -1, KEPT},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t number = KEPT;
		CHECK_INT(parse_int(rows[i].text, rows[i].min, rows[i].max, &number),
			  rows[i].status);
		CHECK_INT(number, rows[i].number);
	}
}

static void times_have_units_and_fractions(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {
		{"0", 0},
		{"1", NS_PER_SEC},
		{"2s", 2 * NS_PER_SEC},
		{"500ms", 500 * NS_PER_MS},
		{"1m", 60 * NS_PER_SEC},
		{"1h", 3600 * NS_PER_SEC},
		{"2S", 2 * NS_PER_SEC},
		{"0.5", NS_PER_SEC / 2},
		{".5", NS_PER_SEC / 2},
		{"5.", 5 * NS_PER_SEC},
		{"1.5m", 90 * NS_PER_SEC},
		{"0.001ms", NS_PER_US},
		{"0.0000000001", 0},
		{"0.0000000009", 1},
		{"87660h", PARSE_TIME_MAX_NS},
		{"315576000", PARSE_TIME_MAX_NS},
		{"315576001", NEVER},
		{"999999999999999999999999", NEVER},
		{"99999999999h", NEVER},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = KEPT;
		CHECK_INT(parse_time(rows[i].text, &ns), 0);
		CHECK_INT(ns, rows[i].ns);
	}
}

static void what_is_no_time_is_refused(void)
{
	static const char *const rows[] = {"",      ".",        "s",     "ms",  "-1",  "+1",
					   " 1",    "1 ",       "1 s",   "1us", "1d",  "1,5",
					   "1.2.3", "1e3",      "0x10",  "inf", "nan", "NaN",
					   "INF",   "infinity", "1m30s", "1mm", "one", "1\n"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = KEPT;
		CHECK_INT(parse_time(rows[i], &ns), -1);
		CHECK_INT(ns, KEPT);
	}
}

static void sizes_have_units_of_1024(void)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} rows[] = {
		{"1", 1},          {"4096", 4096},  {"64k", 65536},
		{"64K", 65536},    {"1M", 1048576}, {"1m", 1048576},
		{"2G", 1LL << 31}, {"0.5k", 512},   {"1.5M", 1536 * 1024},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t bytes = KEPT;
		CHECK_INT(parse_size(rows[i].text, &bytes), 0);
		CHECK_INT(bytes, rows[i].bytes);
	}
}

static void what_is_no_size_is_refused(void)
{
	static const char *const rows[] = {"",
					   "0",
					   "0k",
					   "0.5",
					   "-1",
					   "k",
					   "1kb",
					   "1T",
					   "1 k",
					   "0x10",
					   "99999999999999999999",
					   "99999999999G"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t bytes = KEPT;
		CHECK_INT(parse_size(rows[i], &bytes), -1);
		CHECK_INT(bytes, KEPT);
	}
}

UNIT_MAIN(whole_numbers_have_a_range, times_have_units_and_fractions, what_is_no_time_is_refused,
	  sizes_have_units_of_1024, what_is_no_size_is_refused)
