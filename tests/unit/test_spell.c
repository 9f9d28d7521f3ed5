/* How much two words differ. */
#include "base/spell.h"

#include "unit.h"

static void edits_are_counted_the_same_way_round_or_not(void)
{
	static const struct {
		const char *word, *other;
		size_t distance;
	} rows[] = {
		{"", "", 0},
		{"listen", "listen", 0},
		{"", "abc", 3},
		/* One letter left out, put in, replaced, swapped. */
		{"lsten", "listen", 1},
		{"liisten", "listen", 1},
		{"lixten", "listen", 1},
		{"lsiten", "listen", 1},
		{"listne", "listen", 1},
		{"ilstne", "listen", 2},
		{"wat", "wait", 1},
		{"ipv4", "ipv6", 1},
		{"kitten", "sitting", 3},
		{"abc", "xyz", 3},
		/* No letter is edited twice: without that rule it would be 2. */
		{"ca", "abc", 3},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *word = rows[i].word;
		const char *other = rows[i].other;
		CHECK_INT((long long)spell_distance(word, strlen(word), other),
			  (long long)rows[i].distance);
		CHECK_INT((long long)spell_distance(other, strlen(other), word),
			  (long long)rows[i].distance);
	}
}

static void a_word_may_be_part_of_another(void)
{
	CHECK_INT((long long)spell_distance("lsten=80", 5, "listen"), 1);
}

static void words_that_are_too_long_have_nothing_in_common(void)
{
	static const char longest[] = "12345678901234567890123456789012";
	static const char longer[] = "123456789012345678901234567890123";
	CHECK_INT((long long)spell_distance(longest, SPELL_LONGEST, longest), 0);
	CHECK_INT((long long)spell_distance(longer, SPELL_LONGEST + 1, longer), SPELL_LONGEST + 1);
	CHECK_INT((long long)spell_distance("", 0, longer), SPELL_LONGEST + 1);
}

UNIT_MAIN(edits_are_counted_the_same_way_round_or_not, a_word_may_be_part_of_another,
	  words_that_are_too_long_have_nothing_in_common)
