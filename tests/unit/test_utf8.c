/* UTF-8: what is cut in the middle of a character. */
#include "base/utf8.h"

#include "unit.h"

static void a_character_that_is_cut_is_known(void)
{
	static const struct {
		const char *bytes;
		size_t begun;
	} rows[] = {
		{"", 0},
		{"abc", 0},
		{"ab\xc3", 1},
		{"ab\xc3\xa4", 0},
		{"ab\xe2", 1},
		{"ab\xe2\x82", 2},
		{"ab\xe2\x82\xac", 0},
		{"\xf0\x9f\x98", 3},
		{"\xf0\x9f\x98\x80", 0},
		{"\x80\x80\x80\x80", 0},
		{"ab\xc0", 0},
		{"ab\xff", 0},
		{"\x80", 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT((long long)utf8_begun(rows[i].bytes, strlen(rows[i].bytes)),
			  (long long)rows[i].begun);
}

UNIT_MAIN(a_character_that_is_cut_is_known)
