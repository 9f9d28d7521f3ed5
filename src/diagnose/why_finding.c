/* A line of the answer to --why: how a layer does, for people and as data. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "diagnose/why_internal.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "trace/sys.h"
#include "trace/trace.h"

#define PLAIN "\033[0m"

/* A word for everybody; a sign and a color for a terminal. */
static const struct {
	const char *word, *sign, *color, *data;
} marks[] = {
	[MARK_GOOD] = {"ok", "\xe2\x9c\x93", "\033[32m", "ok"},
	[MARK_BAD] = {"FAIL", "\xe2\x9c\x97", "\033[1;31m", "failed"},
	[MARK_ODD] = {"odd", "!", "\033[33m", "odd"},
	[MARK_OPEN] = {"-", "\xc2\xb7", "\033[2m", "unknown"},
};

/* The column of the fact, and where it goes on below. */
#define COLUMN 17
#define HANG 2

struct text finding_start(struct finding *finding, enum mark mark, const char *layer,
			  int64_t took_ns)
{
	*finding = (struct finding){.mark = mark, .layer = layer, .took_ns = took_ns};
	note_start(&finding->note, "layer", "%s", layer);
	note_text(&finding->note, "layer", layer);
	note_text(&finding->note, "result", marks[mark].data);
	return TEXT_IN(finding->fact);
}

static void put_head(struct text *out, const struct finding *finding, bool color)
{
	if (color)
		text_printf(out, "%s%s%s    ", marks[finding->mark].color,
			    marks[finding->mark].sign, PLAIN);
	else
		text_printf(out, "%-5s", marks[finding->mark].word);
	text_printf(out, " %-10s ", finding->layer);
}

/* The fact, with the time that it took behind its first line. */
static void put_fact(struct text *out, const struct finding *finding)
{
	size_t first = strcspn(finding->fact, "\n");
	text_bytes(out, finding->fact, first);
	if (finding->took_ns >= 0)
		text_printf(out, " (%s)", units_time(finding->took_ns).chars);
	text_str(out, finding->fact + first);
}

static void note_finding(struct finding *finding, struct why *why)
{
	struct note *note = &finding->note;
	snprintf(note->summary, sizeof(note->summary), "%s: %.600s", finding->layer, finding->fact);
	note_text(note, "fact", finding->fact);
	if (finding->took_ns >= 0)
		note_seconds(note, "dur", finding->took_ns);
	if (finding->fault) {
		note_text(note, "cause", cause_name(finding->fault->cause));
		note_text(note, "detail",
			  finding->fault->detail[0] ? finding->fault->detail : NULL);
		note_number(note, "status", finding->fault->status);
	}
	trace_note(why->run->trace, note);
}

void finding_print(struct finding *finding, struct why *why)
{
	char lines[3072];
	char fact[sizeof(finding->fact) + 32];
	struct text text = TEXT_IN(lines);
	struct text told = TEXT_IN(fact);
	struct text_layout layout = {
		.used = COLUMN, .rest = COLUMN, .hang = HANG, .width = sys_columns(STDOUT_FILENO)};
	put_head(&text, finding, stdout_color(why->run));
	put_fact(&told, finding);
	text_wrapped(&text, fact, &layout);
	layout.used = 0;
	layout.first = COLUMN;
	if (finding->fault)
		text_wrapped(&text, finding->fault->detail, &layout);
	note_finding(finding, why);
	if (!fault_is_set(why->printed))
		stdout_write(why->run, lines, text.len, why->printed);
}
