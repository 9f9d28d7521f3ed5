/* Lines of a hex dump. */
#include "base/hexdump.h"

#include <inttypes.h>

#include "base/text.h"
#include "unit.h"

static const char *line(const struct hexdump_head *head, const void *bytes, size_t len)
{
	static char buffer[256];
	struct text text = TEXT_IN(buffer);
	hexdump_line(&text, head, bytes, len);
	return buffer;
}

static void every_length_has_its_columns(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *line;
	} rows[] = {
		{"", 0,
		 ">     0.001234 00000010                                                    ||\n"},
		{"H", 1,
		 ">     0.001234 00000010  48                                                "
		 "|H|\n"},
		{"Hello, w", 8,
		 ">     0.001234 00000010  48 65 6c 6c 6f 2c 20 77                           "
		 "|Hello, w|\n"},
		{"Hello, wo", 9,
		 ">     0.001234 00000010  48 65 6c 6c 6f 2c 20 77  6f                       "
		 "|Hello, wo|\n"},
		{"Hello, world\r\n\t ", 16,
		 ">     0.001234 00000010  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 0d 0a 09 20  "
		 "|Hello, world... |\n"},
	};
	const struct hexdump_head head = {
		.direction = '>', .tag = "", .time_ns = 1234000, .offset = 16};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(line(&head, rows[i].bytes, rows[i].len), rows[i].line);
}

static void no_byte_harms_a_terminal(void)
{
	const struct hexdump_head head = {.direction = '<', .tag = ""};
	for (int byte = 0; byte < 256; byte++) {
		char c = (char)byte;
		for (const char *at = line(&head, &c, 1); *at; at++)
			CHECK((*at >= ' ' && *at <= '~') || (*at == '\n' && at[1] == '\0'));
	}
}

static void a_stream_of_many_is_named(void)
{
	const struct hexdump_head head = {.direction = '<',
					  .tag = "[::1]:80",
					  .time_ns = 12345678901234,
					  .offset = UINT64_C(0x123456789a)};
	CHECK_STR(line(&head, "\xff\x00", 2), "< [::1]:80 12345.678901 123456789a  ff 00           "
					      "                                  |..|\n");
}

static void the_longest_line_is_as_long_as_told(void)
{
	const struct hexdump_head head = {
		.direction = '<', .tag = "", .time_ns = INT64_MAX, .offset = UINT64_MAX};
	CHECK(strlen(line(&head, "0123456789abcdef", 16)) < HEXDUMP_LINE);
}

UNIT_MAIN(every_length_has_its_columns, no_byte_harms_a_terminal, a_stream_of_many_is_named,
	  the_longest_line_is_as_long_as_told)
