/* The list of causes: each row is whole, and written as the others are. */
#include "base/cause.h"

#include <ctype.h>

#include "unit.h"

/* The names of the constants, for the comparison with the stable names. */
static const char *const constants[] = {
	"NONE",
#define CAUSE(cause, name, status, words, verdict, advice) #cause,
#include "base/causes.def"
#undef CAUSE
};

static void a_name_is_the_constant_in_small_letters(void)
{
	CHECK_STR(cause_name(CAUSE_NONE), NULL);
	for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		char name[64] = "";
		const char *at = constants[cause];
		for (size_t i = 0; at[i] && i < sizeof(name) - 1; i++)
			name[i] = at[i] == '_' ? '-' : (char)tolower((unsigned char)at[i]);
		CHECK_STR(cause_name(cause), name);
	}
}

/* Whether TEXT is one line that can stand within a sentence. */
static bool is_part_of_a_sentence(const char *text)
{
	size_t len = strlen(text);
	bool word = isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]);
	return len > 0 && (word || text[0] == 'U' || !isupper((unsigned char)text[0])) &&
	       text[len - 1] != '.' && !strpbrk(text, "\n\t");
}

static void each_has_words_and_advice_or_a_reason_for_none(void)
{
	for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		const char *advice = cause_advice(cause);
		const char *reason = cause_no_advice(cause);
		const char *verdict = cause_verdict(cause);
		CHECK(is_part_of_a_sentence(cause_words(cause)));
		CHECK(!verdict || is_part_of_a_sentence(verdict));
		CHECK((advice == NULL) != (reason == NULL));
		CHECK(is_part_of_a_sentence(advice ? advice : reason));
	}
	CHECK_STR(cause_advice(CAUSE_NONE), NULL);
	CHECK_STR(cause_no_advice(CAUSE_NONE), NULL);
}

static void each_has_a_status(void)
{
	CHECK_INT(cause_status(CAUSE_REFUSED), STATUS_REFUSED);
	CHECK_INT(cause_status(CAUSE_ACCEPT_QUEUE_OVERFLOW), STATUS_OK);
	for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++)
		CHECK(cause_status(cause) <= STATUS_PROXY);
}

UNIT_MAIN(a_name_is_the_constant_in_small_letters, each_has_words_and_advice_or_a_reason_for_none,
	  each_has_a_status)
