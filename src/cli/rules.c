/* Which options go together: each row of the table says what its option excludes and needs. */
#include "cli/rules.h"

#include <stdint.h>

#include "base/fault.h"
#include "cli/option_table.h"
#include "cli/options.h"

static const struct option_given *find_given(const struct options *options, const char *label)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (option_has_label(options->given[i].row, label))
			return &options->given[i];
	return NULL;
}

bool option_is_given(const struct options *options, const char *label)
{
	return find_given(options, label) != NULL;
}

const char *option_spelling(const struct options *options, const char *label,
			    char buffer[OPTION_LABEL])
{
	const struct option_given *given = find_given(options, label);
	return given ? option_label(given->row, given->by_name, buffer) : label;
}

/* The first option that was given, but for EXCEPT, and has one of ROLES; NULL: none has. */
static const struct option_given *find_role(const struct options *options, uint32_t roles,
					    const struct option_given *except)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (&options->given[i] != except && (options->given[i].row->role & roles))
			return &options->given[i];
	return NULL;
}

static const struct option_row *find_needed(uint32_t role)
{
	const struct option_row *row = option_rows;
	while (row->role != role)
		row++;
	return row;
}

static int check_needs(const struct options *options, const struct option_given *given,
		       struct fault *fault)
{
	char first[OPTION_LABEL], second[OPTION_LABEL];
	uint32_t needs = given->row->needs;
	if (!needs || find_role(options, needs, given))
		return 0;
	return fault_usage(fault, "%s needs %s", option_label(given->row, given->by_name, first),
			   option_label(find_needed(needs), false, second));
}

static int check_excludes(const struct options *options, const struct option_given *given,
			  struct fault *fault)
{
	char first[OPTION_LABEL], second[OPTION_LABEL];
	const struct option_given *other = find_role(options, given->row->excludes, given);
	if (!other)
		return 0;
	return fault_usage(fault, "%s and %s do not go together",
			   option_label(given->row, given->by_name, first),
			   option_label(other->row, other->by_name, second));
}

int rules_check(struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (check_needs(options, &options->given[i], fault) != 0) {
			options->culprit = options->given[i].row->letter;
			return -1;
		}
	for (size_t i = 0; i < options->given_count; i++)
		if (check_excludes(options, &options->given[i], fault) != 0)
			return -1;
	return 0;
}
