/* The trace and all that handset says: steps, notes, status messages and the error line, in the
 * order in which they happened.  Lines gather in a buffer that is written before every wait, before
 * a message and at the end, so that a step is seen when it happens and a busy relay does not pay a
 * write a line. */
#ifndef HANDSET_TRACE_TRACE_H
#define HANDSET_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "trace/event.h"
#include "trace/sink.h"

struct fault;

enum trace_form { TRACE_TEXT, TRACE_JSON, TRACE_STRACE, TRACE_CHROME };
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct trace_config {
	int level; /* 0: silent, 1: status, 2: steps, 3: the data path too */
	enum trace_form form;
	const char *file; /* the trace goes there; NULL or "-": stderr */
	bool explain;     /* --explain */
	bool quiet;       /* --quiet: no error line, no status */
	enum color_mode color;
};

#define TRACE_BUFFER 131072 /* two of the longest lines */

struct trace {
	struct trace_config config;
	uint64_t mask;       /* bit (1 << enum sys_id): calls that are shown */
	int64_t start_ns;    /* of the program, CLOCK_MONOTONIC */
	int64_t deadline_ns; /* a reader of stderr that does not read holds nobody up beyond it */
	int fd;              /* where the trace goes: stderr, or the file */
	int write_errno;     /* the first failure to write the trace file; 0: none */
	struct sink_style style;
	sink_fn *sink;
	char *buffer;      /* of TRACE_BUFFER bytes; NULL until the first event */
	struct text lines; /* what has gathered in it */
	bool drawn;        /* a line is drawn on stderr (trace_draw) */
	bool begun;        /* the form's head is written, and its tail is due */
};

/* Start a trace as CONFIG wants it; START_NS is when the program began. 0, or -1 with FAULT (the
 * file cannot be opened); TRACE can report it even then. */
int trace_open(struct trace *trace, const struct trace_config *config, int64_t start_ns,
	       struct fault *fault);

/* Write what is left, close the file. 0, or -1 with FAULT when the trace could not be written
 * whole. */
int trace_close(struct trace *trace, struct fault *fault);

/* Whether steps (2) or status messages (1) or the data path (3) are shown. */
bool trace_shows(const struct trace *trace, int level);

/* A call has ended: used by sys.c alone.  Keeps errno. */
void trace_call(struct trace *trace, const struct call *call, int64_t start_ns);

/* Something happened that is no call (shown from level 2 on). */
void trace_note(struct trace *trace, const struct note *note);

/* A status message of -v on stderr, a line: the contract's words.  It is left out where the trace
 * itself is written to stderr in a form for machines, which has a note for it. */
void trace_status(struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A warning on stderr: as a status, but shown without -v too (not with --quiet). */
void trace_warn(struct trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Results: LINES, harmless for a terminal and each ended by \n, on stderr with and without -v; left
 * out as a status is, and with
 * --quiet. */
void trace_print(struct trace *trace, const char *lines);

/* Something that was asked for: LINES, harmless for a terminal and each ended by \n, on stderr; in
 * a trace for machines NOTE instead. */
void trace_report(struct trace *trace, const struct note *note, const char *lines);

/* Whether stderr is a terminal on which a line can be drawn anew, with nothing else of this program
 * on it but messages. */
bool trace_draws(const struct trace *trace);

/* Draw LINE, harmless and without an end, on the terminal, cut to its width, in the place of the
 * one before.  Whatever else is told wipes it first. */
void trace_draw(struct trace *trace, const char *line);

/* LEN bytes of LINES on stderr as they are, whatever else is shown there.  0, or the errno of what
 * could not be written. */
int trace_lines(struct trace *trace, const char *lines, size_t len);

/* The error line of FAULT on stderr and its cause, indented, and with -v what to do next; the
 * `error` note in the trace. */
void trace_fault(struct trace *trace, const struct fault *fault);

/* The same as the last thing that is told: the trace is whole before the line, in forms that have
 * an end. */
void trace_last_fault(struct trace *trace, const struct fault *fault);

/* Whether FD gets colours: asked for, or a terminal that has them and a user who did not object
 * (no-color.org). */
bool trace_color(const struct trace *trace, int fd);

/* Write what has gathered. Called before every wait. Keeps errno. */
void trace_flush(struct trace *trace);

#endif
