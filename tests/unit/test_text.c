/* What may go to a terminal of what came from the network, in messages (text_safe) and in JSON, and
 * strings as in C. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#include "unit.h"

static const struct {
	const char *in, *safe, *json;
} rows[] = {
	{"plain", "plain", "\"plain\""},
	{"", "", "\"\""},
	{"say \"a\\b\"", "say \"a\\b\"", "\"say \\\"a\\\\b\\\"\""},
	/* Controls: C0, DEL and C1, that one as a byte alone and as a character. */
	{"\a\x1b[2J\x7f", "\\x07\\x1b[2J\\x7f", "\"\\u0007\\u001b[2J\\u007f\""},
	{"a\x9b"
	 "b",
	 "a\\x9b"
	 "b",
	 "\"a\\u009bb\""},
	{"\xc2\x9b[2J", "\\xc2\\x9b[2J", "\"\\u009b[2J\""},
	/* What turns the text around. */
	{"\xe2\x80\xaegpj.exe", "\\xe2\\x80\\xaegpj.exe", "\"\\u202egpj.exe\""},
	{"\xd8\x9cx", "\\xd8\\x9cx", "\"\\u061cx\""},
	/* Letters, from two bytes to four. */
	{"\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\x9e", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\x9e",
	 "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\x9e\""},
	/* Overlong, a surrogate, beyond the last, cut off: bytes. */
	{"\xc0\xa2", "\\xc0\\xa2", "\"\\u00c0\\u00a2\""},
	{"\xe0\x80\xa2", "\\xe0\\x80\\xa2", "\"\\u00e0\\u0080\\u00a2\""},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80", "\"\\u00ed\\u00a0\\u0080\""},
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\"\\u00f4\\u0090\\u0080\\u0080\""},
	{"\xe2\x82", "\\xe2\\x82", "\"\\u00e2\\u0082\""},
};

static void what_is_written(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char safe[100];
		char json[100];
		struct text out = TEXT_IN(safe);
		text_safe(&out, rows[i].in);
		CHECK_STR(safe, rows[i].safe);
		out = TEXT_IN(json);
		json_string(&out, rows[i].in);
		CHECK_STR(json, rows[i].json);
	}
}

/* strace(1) fills an escape up to three digits where an octal digit follows, and only there. */
static void strings_as_strace_has_them(void)
{
	char out[64];
	struct text text = TEXT_IN(out);
	text_c_escaped(&text, "\0038\0037\t\"\377", 7);
	CHECK_STR(out, "\\38\\0037\\t\\\"\\377");
}

static void lines_are_indented(void)
{
	static const struct {
		const char *lines;
		int first, rest;
		const char *want;
	} blocks[] = {
		{"", 2, 2, ""},
		{"one", 2, 2, "  one\n"},
		{"one\n", 2, 2, "  one\n"},
		{"one\ntwo\nthree", 0, 3, "one\n   two\n   three\n"},
		{"a\033\nb", 1, 1, " a\\x1b\n b\n"},
	};
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		char buffer[64];
		struct text text = TEXT_IN(buffer);
		text_indented(&text, blocks[i].lines, blocks[i].first, blocks[i].rest);
		CHECK_STR(buffer, blocks[i].want);
	}
}

static void lines_are_wrapped_at_the_width(void)
{
	static const struct {
		const char *lines;
		struct text_layout layout;
		const char *want;
	} blocks[] = {
		{"one two three", {.width = 0}, "one two three\n"},
		{"one two three", {.width = 13}, "one two three\n"},
		{"one two three", {.width = 12}, "one two\nthree\n"},
		{"one two three", {.width = 3}, "one\ntwo\nthree\n"},
		/* A line goes on further to the right than it began. */
		{"one two three four", {.hang = 4, .width = 10}, "one two\n    three\n    four\n"},
		{"head\n  one two three", {.hang = 2, .width = 12}, "head\n  one two\n    three\n"},
		{"one two\nthree four",
		 {.first = 1, .rest = 2, .hang = 1, .width = 9},
		 " one two\n  three\n   four\n"},
		/* Something stands in front of the first line. */
		{"one two\nthree",
		 {.used = 4, .rest = 4, .width = 10},
		 "one\n    two\n    three\n"},
		/* A word stays whole, and has a line of its own. */
		{"a twelve-or-more b", {.hang = 2, .width = 8}, "a\n  twelve-or-more\n  b\n"},
		{"twelve-or-more", {.width = 8}, "twelve-or-more\n"},
		/* Columns of a table stay where they are; space at a break goes. */
		{"1/tcp   open", {.width = 12}, "1/tcp   open\n"},
		{"1/tcp   open", {.hang = 2, .width = 11}, "1/tcp\n  open\n"},
		{"one  ", {.width = 3}, "one  \n"},
		{"", {.width = 8}, ""},
		{"\n\n", {.width = 8}, "\n\n"},
		/* A character is a column, whatever its bytes; what is not harmless is four. */
		{"\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x82\xac",
		 {.width = 5},
		 "\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x82\xac\n"},
		{"\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x82\xac",
		 {.width = 4},
		 "\xc3\xa4\xc3\xb6\xc3\xbc\n\xe2\x82\xac\n"},
		{"ab \033c", {.width = 7}, "ab\n\\x1bc\n"},
		{"ab \033c", {.width = 8}, "ab \\x1bc\n"},
		/* Half of a narrow terminal is left for words. */
		{"one two three",
		 {.used = 0, .first = 9, .hang = 9, .width = 10},
		 "         one\n     two\n     three\n"},
	};
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		char buffer[100];
		struct text text = TEXT_IN(buffer);
		text_wrapped(&text, blocks[i].lines, &blocks[i].layout);
		CHECK_STR(buffer, blocks[i].want);
	}
}

UNIT_MAIN(what_is_written, strings_as_strace_has_them, lines_are_indented,
	  lines_are_wrapped_at_the_width)
