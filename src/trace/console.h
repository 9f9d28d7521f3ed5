/* The console: all that handset says on stderr for people.
 *
 * Status lines, warnings, results, the drawn progress line and the error line.  The trace may be
 * written to stderr too, so the console flushes it before each message, and the order on stderr is
 * the order in which things happened.  A trace in a form for machines on stderr takes the place of
 * the messages: its notes carry the same facts. */
#ifndef HANDSET_TRACE_CONSOLE_H
#define HANDSET_TRACE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/color.h"
#include "trace/event.h"

struct fault;
struct trace;

struct console_config {
	bool quiet; /* --quiet: no error line, no status */
	enum color_mode color;
};

struct console {
	struct console_config config;
	struct trace *trace; /* flushed before each message; its level and deadline hold here too */
	bool hurried;        /* others are served: a reader of stderr is not waited for */
	uint64_t lost;       /* messages that were left out since the last one that was written */
	int64_t second_ns;   /* when the second began in which: */
	unsigned printed;    /* messages without -v were due */
	bool ending;         /* the last message is not left out for being one of many */
	bool drawn;          /* a line is drawn on the terminal (console_draw) */
};

/* Begins a console beside TRACE, which outlives it. */
void console_open(struct console *console, struct trace *trace,
		  const struct console_config *config);

/* From now on clients are served that must not wait for a reader of stderr.  Messages wait a second
 * for one that does not read, and then are left out until it reads again; without -v
 * warnings and errors are left out as well when there are more than 20 in a second, as clients can
 * bring about as many as they like.  The next one that is written says how many are missing.  Steps
 * of a trace on stderr, which is to be complete, wait as before, and messages between them. */
void console_hurry(struct console *console);

/* Returns whether status lines are shown (-v). */
bool console_is_verbose(const struct console *console);

/* Prints a status line of -v, in the contract's words. */
void console_status(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints a warning: like a status line, but without -v too, and beside a trace for machines; it is
 * an event where the trace is all that may be on stderr. */
void console_warn(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints results, with and without -v: LINES, each ended by \n.  Control characters in LINES are
 * made harmless. */
void console_print(struct console *console, const char *lines);

/* Prints something that was asked for: LINES as console_print does, and NOTE instead in a trace for
 * machines. */
void console_report(struct console *console, const struct note *note, const char *lines);

/* Returns whether stderr is a terminal on which a line can be drawn anew, with nothing else of this
 * program on it but messages. */
bool console_draws(const struct console *console);

/* Draws LINE, harmless and without an end, cut to the width of the terminal, in the place of the
 * one before.  Any message wipes it first. */
void console_draw(struct console *console, const char *line);

/* Writes LEN BYTES to stderr as they are, whatever else is shown there.  Returns 0, or the errno of
 * what could not be written. */
int console_write(struct console *console, const char *bytes, size_t len);

/* Prints the error line of FAULT with its cause, indented, and with -v what to do next; writes the
 * `error` note to the trace. */
void console_fault(struct console *console, const struct fault *fault);

/* The same for the last message: the trace is complete before the line, in forms that have an
 * end. */
void console_last_fault(struct console *console, const struct fault *fault);

/* Returns whether what is written to FD gets colors. */
bool console_color(const struct console *console, int fd);

#endif
