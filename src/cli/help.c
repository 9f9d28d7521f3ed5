/* --help and --dump-options, from the table of options, --dump-causes, from that of causes,
 * and --dump-letters, from that of other netcats. */
#include "cli/help.h"

#include <string.h>

#include "base/cause.h"
#include "cli/option_table.h"
#include "cli/other_netcats.h"

#define HELP_COLUMN 24

static const char name[] =
	"handset: netcat that tells what happened at each step, and why it failed\n\n";

static const char first[] =
	"  handset HOST PORT         connect, and relay standard input and output\n"
	"  handset -l PORT           wait for a client; with -k for one after the other\n"
	"  handset -z HOST PORT...   scan: which of 22 80,443 8000-8080 are open?\n"
	"  handset --why HOST PORT   why does it fail? layer by layer, with a verdict\n"
	"  handset --path HOST PORT  where is it lost? the routers on the way\n"
	"\n"
	"  -v, -vv, -vvv   what happens; each system call; those of the data, too\n"
	"  --explain       each system call, with what it means\n"
	"  -u, -U          datagrams (UDP); Unix sockets: handset -U PATH\n"
	"  -4, -6, -n      IPv4 only; IPv6 only; no look-up of names\n"
	"  -w TIME         give up after TIME: 2, 500ms, 1m\n"
	"  -e PROG         run PROG on the connection\n"
	"  --to HOST:PORT  with -l and -k: relay each client to there\n"
	"\n";

static const char usage[] =
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

static void print_group(FILE *out, enum option_group group)
{
	fprintf(out, "%s:\n", option_group_title(group));
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].group == group)
			print_row(out, &option_rows[i]);
}

static void print_first(FILE *out)
{
	fputs(first, out);
	fputs("More: --help=all, every option; man handset, with examples; --help=TOPIC:\n ", out);
	for (const struct xlat *topic = option_topics; topic->value != TOPIC_ALL; topic++)
		fprintf(out, " %s", topic->name);
	fputs("\n", out);
}

static void print_all(FILE *out)
{
	fputs(usage, out);
	for (enum option_group group = 0; group < GROUP_HIDDEN; group++) {
		fputs("\n", out);
		print_group(out, group);
	}
	fputs("\nExit status: 0 done, 2 usage, 3 name, 4 refused, 5 timed out, 6 unreachable,\n"
	      "7 local, 8 broken off, 9 proxy, 1 other.  See handset(1).\n",
	      out);
}

void help_print(FILE *out, int topic)
{
	if (topic == TOPIC_FIRST || topic == TOPIC_ALL)
		fputs(name, out);
	if (topic == TOPIC_FIRST)
		print_first(out);
	else if (topic == TOPIC_ALL)
		print_all(out);
	else
		print_group(out, (enum option_group)topic);
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
