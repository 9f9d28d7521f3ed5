/* Which options go together: each row of the table says what its option excludes and needs. */
#include "cli/rules.h"

#include <stdio.h>

#include "base/fault.h"
#include "cli/option_table.h"
#include "cli/options.h"

bool option_is_given(const struct options *options, const char *label)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (option_has_label(options->given[i], label))
			return true;
	return false;
}

/* "-4", or "--ping" where there is no letter. */
static const char *short_label(const struct option_row *row, char buffer[32])
{
	if (!row->letter)
		return option_label(row, buffer);
	snprintf(buffer, 32, "-%c", row->letter);
	return buffer;
}

/* The first of COUNT ROWS, but for EXCEPT, that has one of ROLES; NULL: none has. */
static const struct option_row *find_role(const struct option_row *const *rows, size_t count,
					  uint32_t roles, const struct option_row *except)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i] != except && (rows[i]->role & roles))
			return rows[i];
	return NULL;
}

static const struct option_row *find_needed(uint32_t role)
{
	const struct option_row *row = option_rows;
	while (row->role != role)
		row++;
	return row;
}

static int check_needs(const struct options *options, const struct option_row *row,
		       struct fault *fault)
{
	char first[32], second[32];
	if (!row->needs || find_role(options->given, options->given_count, row->needs, row))
		return 0;
	return fault_usage(fault, "%s needs %s", short_label(row, first),
			   short_label(find_needed(row->needs), second));
}

static int check_excludes(const struct options *options, const struct option_row *row,
			  struct fault *fault)
{
	char first[32], second[32];
	const struct option_row *other = find_role(options->given, options->given_count,
						   row->excludes, row);
	if (!other)
		return 0;
	return fault_usage(fault, "%s and %s do not go together", short_label(row, first),
			   short_label(other, second));
}

int rules_check(struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (check_needs(options, options->given[i], fault) != 0) {
			options->culprit = options->given[i]->letter;
			return -1;
		}
	for (size_t i = 0; i < options->given_count; i++)
		if (check_excludes(options, options->given[i], fault) != 0)
			return -1;
	return 0;
}
