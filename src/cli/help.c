/* --help and --dump-options, from the table of options, --dump-causes, from that of causes,
 * and --dump-letters, from that of other netcats. */
#include "cli/help.h"

#include <string.h>

#include "base/cause.h"
#include "cli/option_table.h"
#include "cli/other_netcats.h"

#define HELP_COLUMN 24

static const char usage[] =
	"handset: netcat that tells what happened at each step, and why it failed\n"
	"\n"
	"usage: handset [options] HOST PORT | HOST:PORT      connect\n"
	"       handset [options] -z HOST PORT...            scan: 80, 1-99, 80,443\n"
	"       handset [options] -U PATH                    connect to a Unix socket\n"
	"       handset [options] -l [HOST] PORT             listen\n"
	"       handset [options] -l -U PATH                 listen on a Unix socket\n"
	"\n"
	"TIME is seconds, or 500ms, 2s, 1m, 1h.  SIZE is bytes, or 64k, 1M.\n";

static void print_row(FILE *out, const struct option_row *row)
{
	char label[64];
	char letter[8] = "    ";
	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c%s", row->letter, row->name ? ", " : "");
	int len = snprintf(label, sizeof(label), "  %s%s%s%s%s", letter, row->name ? "--" : "",
			   row->name ? row->name : "",
			   row->argument && !option_argument_is_optional(row) ? " " : "",
			   row->argument ? row->argument : "");
	if (len >= HELP_COLUMN)
		fprintf(out, "%s\n%*s%s\n", label, HELP_COLUMN, "", row->help);
	else
		fprintf(out, "%-*s%s\n", HELP_COLUMN, label, row->help);
}

void help_print(FILE *out)
{
	fputs(usage, out);
	for (enum option_group group = 0; group < GROUP_HIDDEN; group++) {
		fprintf(out, "\n%s:\n", option_group_title(group));
		for (size_t i = 0; i < option_row_count; i++)
			if (option_rows[i].group == group)
				print_row(out, &option_rows[i]);
	}
	fputs("\nExit status: 0 done, 2 usage, 3 name, 4 refused, 5 timed out, 6 unreachable,\n"
	      "7 local, 8 broken off, 9 proxy, 1 other.  See handset(1).\n",
	      out);
}

void help_dump_options(FILE *out)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		char letter[] = {row->letter ? row->letter : '-', '\0'};
		if (row->group != GROUP_HIDDEN)
			fprintf(out, "%s\t%s\t%s\n", row->name ? row->name : "-", letter,
				row->argument ? row->argument : "-");
	}
}

void help_dump_causes(FILE *out)
{
	for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		const char *advice = cause_advice(cause);
		fprintf(out, "%s\t%d\t%s\t", cause_name(cause), (int)cause_status(cause),
			cause_words(cause));
		fprintf(out, advice ? "%s\n" : "(%s)\n", advice ? advice : cause_no_advice(cause));
	}
}

void help_dump_letters(FILE *out)
{
	for (size_t i = 0; i < other_letter_count; i++) {
		const struct other_letter *other = &other_letters[i];
		fprintf(out, "%c\t%s\t%s\t%s\n", other->letter, other->netcat, other->meaning,
			other->here ? other->here : "-");
	}
}
