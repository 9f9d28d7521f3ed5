/* Who or what ends a relay: a row each, and which of two ends names it. */
#include "relay/relay_end.h"

#include <ctype.h>

#include "base/fault.h"
#include "unit.h"

/* The names of the constants, for the comparison with the stable names. */
static const char *const constants[] = {
#define END(end, name, extent, words) #end,
#include "relay/relay_ends.def"
#undef END
};

static void each_end_has_a_name_and_words(void)
{
	for (enum relay_end end = RELAY_END_US; end < RELAY_ENDS; end++) {
		char name[32] = "";
		const char *at = constants[end];
		for (size_t i = 0; at[i] && i < sizeof(name) - 1; i++)
			name[i] = (char)tolower((unsigned char)at[i]);
		CHECK_STR(relay_end_name(end), name);
		CHECK(strncmp(relay_end_words(end), "by ", 3) == 0 ||
		      strncmp(relay_end_words(end), "first by ", 9) == 0);
		for (enum relay_end other = RELAY_END_US; other < end; other++)
			CHECK(strcmp(relay_end_words(end), relay_end_words(other)) != 0);
	}
}

static void what_ends_all_counts_for_more_than_one_side(void)
{
	static const struct {
		enum relay_end first, after, want;
	} rows[] = {
		{RELAY_END_US, RELAY_END_PEER, RELAY_END_PEER},
		{RELAY_END_PEER, RELAY_END_US, RELAY_END_PEER},
		{RELAY_END_STDIN, RELAY_END_PEER, RELAY_END_STDIN},
		{RELAY_END_STDIN, RELAY_END_RESET, RELAY_END_STDIN},
		{RELAY_END_STDIN, RELAY_END_QUIT, RELAY_END_QUIT},
		{RELAY_END_STDIN, RELAY_END_LIMIT, RELAY_END_LIMIT},
		{RELAY_END_PEER, RELAY_END_IDLE, RELAY_END_IDLE},
		{RELAY_END_PROGRAM, RELAY_END_DEADLINE, RELAY_END_DEADLINE},
		{RELAY_END_PEER, RELAY_END_SIGNAL, RELAY_END_SIGNAL},
		{RELAY_END_DUMP, RELAY_END_SIGNAL, RELAY_END_DUMP},
		{RELAY_END_STDOUT, RELAY_END_DUMP, RELAY_END_STDOUT},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(relay_end_choose(rows[i].first, rows[i].after), rows[i].want);
}

static void a_fault_of_the_run_ends_its_relays(void)
{
	CHECK_INT(relay_end_of(&(struct fault){.step = STEP_NONE}), RELAY_END_US);
	CHECK_INT(relay_end_of(&(struct fault){.step = STEP_SIGNAL}), RELAY_END_SIGNAL);
	CHECK_INT(relay_end_of(&(struct fault){.step = STEP_WAIT}), RELAY_END_DEADLINE);
	CHECK_INT(relay_end_of(&(struct fault){.step = STEP_FILE}), RELAY_END_DUMP);
	CHECK_INT(relay_end_of(&(struct fault){.step = STEP_LISTEN}), RELAY_END_US);
}

UNIT_MAIN(each_end_has_a_name_and_words, what_ends_all_counts_for_more_than_one_side,
	  a_fault_of_the_run_ends_its_relays)
