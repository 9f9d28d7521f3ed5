/* The console: all that is said on stderr for people.  Events are the trace's business. */
#include "trace/console.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/fault.h"
#include "base/text.h"
#include "trace/record.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* Upper bound for lines that are printed at once; a byte becomes four at most. */
#define LINES_MAX_SIZE 4096

/* Upper bound for the messages of a second that nobody has asked for, when others are served. */
#define WARNINGS_MOST 20

/* Where a line that is wrapped goes on, from where it began: causes are indented by two. */
#define HANG 4

/* How long messages wait for a reader of stderr that does not read, once, when others are served.
 */
#define PATIENCE_NS NS_PER_SEC

void console_open(struct console *console, struct trace *trace, const struct console_config *config)
{
	*console = (struct console){.config = *config, .trace = trace};
}

bool console_is_verbose(const struct console *console)
{
	return trace_shows(console->trace, 1);
}

bool console_color(const struct console *console, int fd)
{
	return color_wanted(console->config.color, fd);
}

/* ---- the drawn line ---- */

bool console_draws(const struct console *console)
{
	const char *terminal = getenv("TERM");
	return !trace_is_on_stderr(console->trace) && !console->config.quiet && terminal &&
	       strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
}

/* A reader that did not read is asked again, without a wait: 0 when it reads, and knows how much it
 * has not seen. */
static int resume(struct console *console)
{
	char line[128];
	struct text text = TEXT_IN(line);
	text_printf(&text,
		    "handset: %llu messages are missing here: nobody read them, or they were too "
		    "many\n",
		    (unsigned long long)console->lost);
	int err = record_write(STDERR_FILENO, line, text.len, clock_now());
	if (err == 0)
		console->lost = 0;
	return err;
}

/* Clients can bring about as many warnings as they like: of those that nobody has asked for by -v
 * only some in each second are printed. */
static bool is_too_many(struct console *console)
{
	int64_t now_ns = clock_now();
	if (!console->hurried || console_is_verbose(console) || console->ending)
		return false;
	if (now_ns >= console->second_ns + NS_PER_SEC) {
		console->second_ns = now_ns;
		console->printed = 0;
	}
	bool many = ++console->printed > WARNINGS_MOST;
	console->lost += many;
	return many;
}

/* Others are served by this process, too: they do not wait for a reader of stderr. */
static void write_hurried(struct console *console, const char *bytes, size_t len)
{
	int err = console->lost > 0 ? resume(console) : 0;
	int64_t until = deadline_min(console->trace->deadline_ns, clock_now() + PATIENCE_NS);
	if (err == 0)
		err = record_write(STDERR_FILENO, bytes, len, until);
	console->lost += err != 0;
}

static int write_stderr(const struct console *console, const char *bytes, size_t len)
{
	return record_write(STDERR_FILENO, bytes, len, console->trace->deadline_ns);
}

void console_hurry(struct console *console)
{
	console->hurried = true;
}

/* The last column stays free: a terminal may go to the next line there. */
void console_draw(struct console *console, const char *line)
{
	char bytes[512];
	struct text text = TEXT_IN(bytes);
	int columns = sys_columns(STDERR_FILENO);
	text_printf(&text, "\r%.*s\033[K", columns > 0 ? columns - 1 : 79, line);
	write_stderr(console, bytes, text.len);
	console->drawn = true;
}

static void wipe(struct console *console)
{
	static const char wiped[] = "\r\033[K";
	if (console->drawn)
		write_stderr(console, wiped, sizeof(wiped) - 1);
	console->drawn = false;
}

/* ---- messages ---- */

int console_write(struct console *console, const char *bytes, size_t len)
{
	int err = errno;
	trace_flush(console->trace);
	wipe(console);
	int failed = write_stderr(console, bytes, len);
	errno = err;
	return failed;
}

/* Writes a message behind what the trace has to say until now.  Keeps errno. */
static void write_message(struct console *console, const char *bytes, size_t len)
{
	if (!console->hurried || trace_is_on_stderr(console->trace)) {
		console_write(console, bytes, len);
		return;
	}
	int err = errno;
	trace_flush(console->trace);
	wipe(console);
	write_hurried(console, bytes, len);
	errno = err;
}

/* What does not fit on a line of the terminal goes on below it, further to the right than the lines
 * that are indented. */
static struct text_layout layout_of_stderr(void)
{
	return (struct text_layout){.hang = HANG, .width = sys_columns(STDERR_FILENO)};
}

/* Makes LINES harmless here, in case a caller forgot it. */
static void print_lines(struct console *console, const char *lines)
{
	char safe[4 * LINES_MAX_SIZE];
	struct text text = TEXT_IN(safe);
	struct text_layout layout = layout_of_stderr();
	text_wrapped(&text, lines, &layout);
	write_message(console, safe, text.len);
}

static void print_format(struct console *console, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The arguments may come from outside: the line is made harmless as a whole, its ends included. */
static void print_format(struct console *console, const char *format, va_list args)
{
	char raw[1024];
	char line[2048];
	struct text text = TEXT_IN(line);
	vsnprintf(raw, sizeof(raw), format, args);
	text_safe(&text, raw);
	print_lines(console, line);
}

/* Whether nothing is printed, or a trace for machines takes the place of messages on stderr. */
static bool is_silent(const struct console *console)
{
	const struct trace *trace = console->trace;
	return console->config.quiet || (trace_is_on_stderr(trace) && trace_is_for_machines(trace));
}

void console_print(struct console *console, const char *lines)
{
	if (!is_silent(console))
		print_lines(console, lines);
}

void console_status(struct console *console, const char *format, ...)
{
	if (!console_is_verbose(console) || is_silent(console))
		return;
	va_list args;
	va_start(args, format);
	print_format(console, format, args);
	va_end(args);
}

void console_report(struct console *console, const struct note *note, const char *lines)
{
	if (trace_is_for_machines(console->trace))
		trace_note(console->trace, note);
	if (!is_silent(console))
		print_lines(console, lines);
}

static void note_warning(struct trace *trace, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* A warning as an event. */
static void note_warning(struct trace *trace, const char *format, va_list args)
{
	char words[1024];
	struct note note;
	vsnprintf(words, sizeof(words), format, args);
	note_start(&note, "warning", "%.600s", words);
	note_text(&note, "text", words);
	trace_note(trace, &note);
}

void console_warn(struct console *console, const char *format, ...)
{
	if (console->config.quiet || is_too_many(console))
		return;
	va_list args;
	va_start(args, format);
	if (trace_is_whole(console->trace))
		note_warning(console->trace, format, args);
	else
		print_format(console, format, args);
	va_end(args);
}

/* ---- the error line ---- */

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
	note_text(&note, "cause", cause_name(fault->cause));
	note_text(&note, "detail", *fault->detail ? fault->detail : NULL);
	note_text(&note, "next", fault_advice(fault));
	note_seconds(&note, "dur", clock_now() - trace->start_ns);
	trace_note(trace, &note);
}

/* Between the steps on stderr the line for people is the note. */
static bool needs_note(const struct console *console)
{
	const struct trace *trace = console->trace;
	return !trace_is_on_stderr(trace) || trace_is_for_machines(trace) || console->config.quiet;
}

static void print_fault(struct console *console, const struct fault *fault)
{
	char head[sizeof(fault->action) + sizeof(fault->reason) + 32];
	char cause[sizeof(fault->detail) + 512];
	char lines[LINES_MAX_SIZE];
	struct text line = TEXT_IN(head);
	struct text causes = TEXT_IN(cause);
	struct text text = TEXT_IN(lines);
	struct text_layout layout = layout_of_stderr();
	bool color = console_color(console, STDERR_FILENO);
	if (console->config.quiet || is_too_many(console))
		return;
	text_printf(&line, "handset: %s%s%s", fault->action, *fault->reason ? " failed: " : "",
		    fault->reason);
	text_str(&causes, fault->detail);
	const char *next = console_is_verbose(console) ? fault_advice(fault) : NULL;
	if (next)
		text_printf(&causes, "%snext: %s", causes.len > 0 ? "\n" : "", next);
	text_str(&text, color ? "\033[1;31m" : "");
	text_wrapped(&text, head, &layout);
	text_str(&text, color ? "\033[0m" : "");
	layout.first = layout.rest = 2;
	text_wrapped(&text, cause, &layout);
	write_message(console, lines, text.len);
}

void console_fault(struct console *console, const struct fault *fault)
{
	if (needs_note(console))
		note_fault(console->trace, fault);
	if (!trace_is_whole(console->trace))
		print_fault(console, fault);
}

void console_last_fault(struct console *console, const struct fault *fault)
{
	bool told = fault->reported || trace_is_whole(console->trace);
	if (needs_note(console) || fault->reported)
		note_fault(console->trace, fault);
	trace_end(console->trace);
	console->ending = true;
	if (!told)
		print_fault(console, fault);
}
