/* Which options go together: the verdict on every pair of options, against the contract written out
 * as lists.  The table of options says the same as roles; it is not to be read here. */
#include "cli/rules.h"

#include <string.h>

#include "base/fault.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "unit.h"

/* None of the first goes together with any of the second, and the error names them in this order.
 */
static const struct {
	const char *first, *second;
} exclusions[] = {
	{"-4", "-6 -U"},
	{"-6 -p --allow --deny --allowfile --denyfile --interface --mark --reuse-port", "-U"},
	{"--seqpacket --backlog", "-u"},
	{"--mptcp -S --fastopen --nodelay --keepalive --user-timeout --congestion", "-U -u"},
	{"--sctp", "--broker --chat --congestion --fastopen --keepalive --mptcp --path --proxy "
		   "--user-timeout --why -S -U -u -x"},
	{"--vsock",
	 "--allow --allowfile --congestion --deny --denyfile --fastopen --interface --keepalive "
	 "--mark --mptcp --nodelay --path --proxy --reuse-port --sctp --user-timeout --why -4 -6 "
	 "-I -M -O -S -T -U -b -m -r -s -u -x"},
	{"-z", "--ping -l"},
	{"--ping", "--hex-dump --path --until-open --why -F -c -e -l -o -u"},
	{"--until-open", "--path --why -l -u"},
	{"--why", "--fastopen --hex-dump --path -c -e -l -o -z"},
	{"--path", "--fastopen --hex-dump --mptcp -U -c -e -l -o -p -r -z"},
	{"--to", "--recv-only --send-only -d"},
	{"-e", "--broker --chat --to -c -d -z"},
	{"-c", "--broker --chat --to -d -z"},
	{"-F", "--hex-dump --limit-rate --path --recv-only --send-only --stats --why -C -W -c -e "
	       "-l -o -t -z"},
	{"--broker --chat", "--to -u"},
	{"-x", "--proxy"},
	{"--connect-timeout", "-l"},
	{"-N", "--no-shutdown"},
	{"-C", "--broker --chat --recv-only --to"},
	{"-i --delay", "--broker --chat --to"},
	{"-q -W --recv-only --exit-on-eof --stats --limit-rate", "--broker --chat"},
	{"--send-only", "--chat --recv-only -W -d"},
	{"-t", "--broker --chat --recv-only --seqpacket --to -u"},
	{"--progress", "--broker --chat --path --ping --why -F -c -e -z"},
	{"-o --hex-dump", "-z"},
};

static const struct {
	const char *first, *second;
} needs[] = {
	{"-k --to --allow --deny --allowfile --denyfile --max-conns --broker --chat --backlog",
	 "-l"},
	{"--seqpacket", "-U"},
};

static const char *label(const struct option_row *row, char buffer[32])
{
	return option_label(row, false, buffer);
}

/* Whether ROW is one of the words of LIST. */
static bool is_in(const struct option_row *row, const char *list)
{
	char buffer[32];
	const char *word = label(row, buffer);
	size_t len = strlen(word);
	for (const char *at = list; *at; at += strspn(at, " ")) {
		size_t next = strcspn(at, " ");
		if (next == len && strncmp(at, word, len) == 0)
			return true;
		at += next;
	}
	return false;
}

static bool excludes(const struct option_row *first, const struct option_row *second)
{
	for (size_t i = 0; i < sizeof(exclusions) / sizeof(exclusions[0]); i++)
		if (is_in(first, exclusions[i].first) && is_in(second, exclusions[i].second))
			return true;
	return false;
}

/* What ROW needs; NULL: nothing. */
static const char *needed_by(const struct option_row *row)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (is_in(row, needs[i].first))
			return needs[i].second;
	return NULL;
}

static void give(struct options *options, const struct option_row *row)
{
	options->given[options->given_count++] = (struct option_given){row, false};
}

/* Give what ROW needs, where it is not there yet. */
static void satisfy(struct options *options, const struct option_row *row)
{
	const char *needed = needed_by(row);
	if (needed && !option_is_given(options, needed))
		give(options, option_by_letter(needed[1]));
}

/* Append the verdicts that are right for what OPTIONS has been given, a line each. */
static void put_expected(struct text *out, const struct options *options)
{
	char first[32], second[32];
	for (size_t i = 0; i < options->given_count; i++)
		for (size_t k = 0; k < options->given_count; k++)
			if (i != k && excludes(options->given[i].row, options->given[k].row))
				text_printf(out, "%s and %s do not go together\n",
					    label(options->given[i].row, first),
					    label(options->given[k].row, second));
}

static void check_pair(const struct option_row *one, const struct option_row *two)
{
	char lines[1024], first[32], second[32];
	struct text expected = TEXT_IN(lines);
	struct options options = {.given_count = 0};
	struct fault fault = {.step = STEP_NONE};

	give(&options, one);
	give(&options, two);
	satisfy(&options, one);
	satisfy(&options, two);
	put_expected(&expected, &options);
	int status = rules_check(&options, &fault);
	bool right = status == 0 ? expected.len == 0 : strstr(lines, fault.action) != NULL;
	if (!right)
		printf("# %s with %s: %s\n", label(one, first), label(two, second),
		       status == 0 ? "taken" : fault.action);
	CHECK(right);
}

static void every_pair_is_judged_as_the_contract_says(void)
{
	for (size_t i = 0; i < option_row_count; i++)
		for (size_t k = 0; k < option_row_count; k++)
			if (i != k)
				check_pair(&option_rows[i], &option_rows[k]);
}

static void what_an_option_needs_is_named(void)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		const char *needed = needed_by(row);
		struct options options = {.given_count = 0};
		struct fault fault = {.step = STEP_NONE};
		char expected[80], buffer[32];
		give(&options, row);
		CHECK_INT(rules_check(&options, &fault), needed ? -1 : 0);
		snprintf(expected, sizeof(expected), "%s needs %s", label(row, buffer),
			 needed ? needed : "");
		CHECK_STR(needed ? fault.action : "", needed ? expected : "");
	}
}

UNIT_MAIN(every_pair_is_judged_as_the_contract_says, what_an_option_needs_is_named)
