/* The trace: which calls are shown, the buffer that lines gather in, and all that is said on
 * stderr.  How an event looks is the sinks' business. */
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "proto/advice.h"
#include "proto/xlat.h"
#include "trace/record.h"
#include "trace/sys.h"

/* The longest that one event becomes; the buffer is written out when less is left. */
#define LINE_MAX_SIZE (TRACE_BUFFER / 2)

/* What is told at once in lines for people; a byte becomes four at most. */
#define TOLD_MAX_SIZE 4096

static const struct {
	sink_fn *sink;
	bool for_people;  /* status messages may stand between its lines */
	const char *head; /* what stands in front of the first event, and behind the last; NULL */
	const char *tail;
} forms[] = {
	[TRACE_TEXT] = {sink_text, true, NULL, NULL},
	[TRACE_JSON] = {sink_json, false, NULL, NULL},
	[TRACE_STRACE] = {sink_strace, false, NULL, NULL},
	[TRACE_CHROME] = {sink_chrome, false,
			  "[{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":1,\"args\":{"
			  "\"name\":\"handset\"}}",
			  "\n]\n"},
};

/* Whether FD gets colours: asked for, or a terminal that has them and a user who did not object
 * (no-color.org). */
static bool color_wanted(const struct trace_config *config, int fd)
{
	if (config->color != COLOR_AUTO)
		return config->color == COLOR_ALWAYS;
	const char *refused = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");
	return !(refused && *refused) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fd);
}

int trace_open(struct trace *trace, const struct trace_config *config, int64_t start_ns,
	       struct fault *fault)
{
	*trace = (struct trace){
		.config = *config, .start_ns = start_ns, .deadline_ns = NEVER, .fd = STDERR_FILENO};
	trace->sink = forms[config->form].sink;
	trace->style.explain = config->explain;
	if (config->level < 2)
		return 0;
	if (config->file && strcmp(config->file, "-") != 0) {
		int fd = open(config->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0)
			return fault_errno(fault, STEP_FILE, errno, "open trace file %s",
					   config->file);
		trace->fd = fd;
	}
	trace->style.color = color_wanted(config, trace->fd);
	for (int id = 0; id < SYS_COUNT; id++)
		if (sysdesc[id].level <= config->level)
			trace->mask |= 1ULL << id;
	return 0;
}

static bool make_buffer(struct trace *trace)
{
	if (trace->buffer)
		return true;
	trace->buffer = malloc(TRACE_BUFFER);
	if (trace->buffer)
		trace->lines = text_in(trace->buffer, TRACE_BUFFER);
	return trace->buffer;
}

static void begin_form(struct trace *trace)
{
	const char *head = forms[trace->config.form].head;
	if (head && !trace->begun)
		text_str(&trace->lines, head);
	trace->begun = true;
}

/* No more events: what the form wants behind the last one.  A file has its head and its tail even
 * when nothing happened. */
static void end_form(struct trace *trace)
{
	if (!trace_shows(trace, 2))
		return;
	const char *tail = forms[trace->config.form].tail;
	if (trace->fd != STDERR_FILENO && make_buffer(trace))
		begin_form(trace);
	if (trace->begun && tail)
		text_str(&trace->lines, tail);
	trace->begun = false;
	trace->mask = 0;
	trace->config.level = trace->config.level > 1 ? 1 : trace->config.level;
}

int trace_close(struct trace *trace, struct fault *fault)
{
	end_form(trace);
	trace_flush(trace);
	free(trace->buffer);
	trace->buffer = NULL;
	if (trace->fd != STDERR_FILENO && close(trace->fd) != 0 && trace->write_errno == 0)
		trace->write_errno = errno;
	trace->fd = STDERR_FILENO;
	if (trace->write_errno != 0)
		return fault_errno(fault, STEP_FILE, trace->write_errno, "write trace file %s",
				   trace->config.file);
	return 0;
}

bool trace_color(const struct trace *trace, int fd)
{
	return color_wanted(&trace->config, fd);
}

bool trace_shows(const struct trace *trace, int level)
{
	return trace->config.level >= level;
}

bool trace_draws(const struct trace *trace)
{
	const char *terminal = getenv("TERM");
	bool steps = trace_shows(trace, 2) && trace->fd == STDERR_FILENO;
	return !steps && !trace->config.quiet && terminal && strcmp(terminal, "dumb") != 0 &&
	       isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
}

/* The last column stays free: a terminal may go to the next line there. */
void trace_draw(struct trace *trace, const char *line)
{
	char bytes[512];
	struct text text = TEXT_IN(bytes);
	int columns = sys_columns(STDERR_FILENO);
	text_printf(&text, "\r%.*s\033[K", columns > 0 ? columns - 1 : 79, line);
	record_write(STDERR_FILENO, bytes, text.len, trace->deadline_ns);
	trace->drawn = true;
}

static void wipe(struct trace *trace, int fd)
{
	static const char wiped[] = "\r\033[K";
	if (trace->drawn && fd == STDERR_FILENO)
		record_write(STDERR_FILENO, wiped, sizeof(wiped) - 1, trace->deadline_ns);
	trace->drawn = trace->drawn && fd != STDERR_FILENO;
}

/* Write all of BYTES to where the trace goes; what cannot be written is given up, with the reason
 * kept. */
static void write_out(struct trace *trace, const char *bytes, size_t len)
{
	wipe(trace, trace->fd);
	int err = record_write(trace->fd, bytes, len, trace->deadline_ns);
	if (err != 0 && trace->fd != STDERR_FILENO && trace->write_errno == 0)
		trace->write_errno = err;
}

void trace_flush(struct trace *trace)
{
	if (trace->lines.len == 0)
		return;
	int err = errno;
	write_out(trace, trace->buffer, trace->lines.len);
	trace->lines = text_in(trace->buffer, TRACE_BUFFER);
	errno = err;
}

static void trace_event(struct trace *trace, const struct trace_event *event)
{
	if (!make_buffer(trace))
		return;
	begin_form(trace);
	trace->sink(&trace->lines, event, &trace->style);
	if (trace->lines.len > TRACE_BUFFER - LINE_MAX_SIZE)
		trace_flush(trace);
}

void trace_call(struct trace *trace, const struct call *call, int64_t start_ns)
{
	int err = errno;
	struct trace_event event = {.call = call,
				    .start_ns = start_ns - trace->start_ns,
				    .duration_ns = clock_now() - start_ns};
	trace_event(trace, &event);
	errno = err;
}

void trace_note(struct trace *trace, const struct note *note)
{
	if (!trace_shows(trace, 2))
		return;
	int err = errno;
	struct trace_event event = {.note = note, .start_ns = clock_now() - trace->start_ns};
	trace_event(trace, &event);
	errno = err;
}

/* They come behind what the trace has to tell until now. */
int trace_lines(struct trace *trace, const char *lines, size_t len)
{
	int err = errno;
	trace_flush(trace);
	wipe(trace, STDERR_FILENO);
	int failed = record_write(STDERR_FILENO, lines, len, trace->deadline_ns);
	errno = err;
	return failed;
}

static void say_format(struct trace *trace, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* What the arguments bring may come from outside: the line is made harmless as a whole. */
static void say_format(struct trace *trace, const char *format, va_list args)
{
	char raw[1024];
	char line[2048];
	struct text text = TEXT_IN(line);
	vsnprintf(raw, sizeof(raw), format, args);
	text_safe(&text, raw);
	text_char(&text, '\n');
	trace_lines(trace, line, text.len);
}

/* Lines that were put together elsewhere: harmless, whoever has forgotten it there. */
static void say_lines(struct trace *trace, const char *lines)
{
	char safe[4 * TOLD_MAX_SIZE];
	struct text text = TEXT_IN(safe);
	text_safe_lines(&text, lines);
	trace_lines(trace, safe, text.len);
}

/* Whether what is said in lines is left out: a note in a trace for machines on stderr says it. */
static bool is_silent(const struct trace *trace)
{
	bool machine = trace_shows(trace, 2) && trace->fd == STDERR_FILENO &&
		       !forms[trace->config.form].for_people;
	return trace->config.quiet || machine;
}

void trace_print(struct trace *trace, const char *lines)
{
	if (!is_silent(trace))
		say_lines(trace, lines);
}

void trace_status(struct trace *trace, const char *format, ...)
{
	if (!trace_shows(trace, 1) || is_silent(trace))
		return;
	va_list args;
	va_start(args, format);
	say_format(trace, format, args);
	va_end(args);
}

void trace_report(struct trace *trace, const struct note *note, const char *lines)
{
	bool machine = trace_shows(trace, 2) && !forms[trace->config.form].for_people;
	if (machine)
		trace_note(trace, note);
	if (trace->config.quiet || (machine && trace->fd == STDERR_FILENO))
		return;
	say_lines(trace, lines);
}

void trace_warn(struct trace *trace, const char *format, ...)
{
	if (trace->config.quiet)
		return;
	va_list args;
	va_start(args, format);
	say_format(trace, format, args);
	va_end(args);
}

/* The `error` note: the same record as the error line. */
static void note_fault(struct trace *trace, const struct fault *fault)
{
	struct note note;
	note_start(&note, "error", "%s%s%s", fault->action, *fault->reason ? " failed: " : "",
		   fault->reason);
	note_text(&note, "action", fault->action);
	note_text(&note, "reason", *fault->reason ? fault->reason : NULL);
	note_text(&note, "errno", fault->err ? errno_name(fault->err) : NULL);
	note_number(&note, "status", fault->status);
	note_text(&note, "cause", fault->name);
	note_text(&note, "detail", *fault->cause ? fault->cause : NULL);
	note_text(&note, "next", advice_for(fault->name));
	trace_note(trace, &note);
}

/* The line for people, between the steps, is the note. */
static bool needs_note(const struct trace *trace)
{
	return trace->fd != STDERR_FILENO || !forms[trace->config.form].for_people ||
	       trace->config.quiet;
}

static void say_fault(struct trace *trace, const struct fault *fault)
{
	char line[4096];
	struct text text = TEXT_IN(line);
	bool color = color_wanted(&trace->config, STDERR_FILENO);
	if (trace->config.quiet)
		return;
	text_printf(&text, "%shandset: %s%s%s%s\n", color ? "\033[1;31m" : "", fault->action,
		    *fault->reason ? " failed: " : "", fault->reason, color ? "\033[0m" : "");
	for (const char *at = fault->cause; *at;) {
		size_t len = strcspn(at, "\n");
		text_printf(&text, "  %.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	const char *next = trace_shows(trace, 1) ? advice_for(fault->name) : NULL;
	if (next)
		text_printf(&text, "  next: %s\n", next);
	trace_lines(trace, line, text.len);
}

void trace_fault(struct trace *trace, const struct fault *fault)
{
	if (needs_note(trace))
		note_fault(trace, fault);
	say_fault(trace, fault);
}

void trace_last_fault(struct trace *trace, const struct fault *fault)
{
	if (needs_note(trace) || fault->reported)
		note_fault(trace, fault);
	end_form(trace);
	if (!fault->reported)
		say_fault(trace, fault);
}
