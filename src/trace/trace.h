/* The trace: calls and notes, in the order in which they happened.  Lines gather in a buffer that
 * is written before every wait, before a message (trace/console.h) and at the end, so that a step
 * is seen when it happens and a busy relay does not pay a write a line. */
#ifndef HANDSET_TRACE_TRACE_H
#define HANDSET_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "trace/color.h"
#include "trace/event.h"
#include "trace/sink.h"

struct fault;

enum trace_form { TRACE_TEXT, TRACE_JSON, TRACE_STRACE, TRACE_CHROME };

struct trace_config {
	int level; /* 0: silent, 1: status, 2: steps, 3: the data path too */
	enum trace_form form;
	const char *file; /* the trace goes there; NULL or "-": stderr */
	bool explain;     /* --explain */
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
	bool begun;        /* the form's head is written, and its tail is due */
};

/* Begins a trace as CONFIG wants it, which can report faults but shows no calls yet; START_NS is
 * when the program began. */
void trace_open(struct trace *trace, const struct trace_config *config, int64_t start_ns);

/* Returns the file that the trace is to go to; NULL: stderr. */
const char *trace_file(const struct trace *trace);

/* Shows calls from here on, on FD, which becomes the trace's unless it is stderr, colored as COLOR
 * says. */
void trace_start(struct trace *trace, int fd, enum color_mode color);

/* Write what is left, close the file. 0, or -1 with FAULT when the trace could not be written
 * whole. */
int trace_close(struct trace *trace, struct fault *fault);

/* Whether steps (2) or status messages (1) or the data path (3) are shown. */
bool trace_shows(const struct trace *trace, int level);

/* A call has ended: used by sys.c alone.  Keeps errno. */
void trace_call(struct trace *trace, const struct call *call, int64_t start_ns);

/* Something happened that is no call (shown from level 2 on). */
void trace_note(struct trace *trace, const struct note *note);

/* Returns whether steps are shown on stderr, between the messages. */
bool trace_is_on_stderr(const struct trace *trace);

/* Returns whether steps are shown in a form for machines, which no message may interrupt. */
bool trace_is_for_machines(const struct trace *trace);

/* Ends the trace's form: no event is shown after it. */
void trace_end(struct trace *trace);

/* Write what has gathered. Called before every wait. Keeps errno. */
void trace_flush(struct trace *trace);

#endif
