/* The trace: calls and notes, in the order in which they happened.
 *
 * The way of a call.  A wrapper of sys.c tests one bit of `mask`; if it is not set, the syscall is
 * all that happens.  Else the call and what it returned go to trace_call as data (event.h), the
 * sink of the form makes text of them with the call's row of sysdesc.c (decode.c), and the text
 * gathers in `lines`.  Notes (trace_note) are the steps that are no call: they take the same way
 * from there.  A call that serves a question (purpose.h) carries it; the text of level 2 has the
 * question's answer instead of its calls.
 *
 * Writing.  `lines` is written before every wait that may last, before a message (console.h),
 * before a fork, when it is half full and at the end.  So a step is seen when it happens, and a
 * busy relay does not pay a write for each line.  A reader that does not read is waited for until
 * the run's deadline.
 *
 * States.  Open: messages may be printed, no call is shown.  Started (trace_start): the calls of
 * the level are shown.  Ended (trace_end): the form's tail is written, and no event follows it.
 * Closed: the file is closed; the first failure to write it is a fault of the run.
 *
 * Owners.  The trace owns its buffer, which the first event makes, and its file.  The pointers of a
 * call are the caller's and hold only while the sink runs.
 *
 * Invariants.  A call that is shown leaves errno as the kernel set it.  A sink is pure: it makes no
 * call and keeps nothing.  What is written of the trace is not in the trace (record.c).  Every call
 * that touches a socket, the data path or a route is made in sys.c: tests/lint/symbols proves it,
 * and tests/proof compares the trace with strace(1). */
#ifndef HANDSET_TRACE_TRACE_H
#define HANDSET_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "trace/color.h"
#include "trace/event.h"
#include "trace/sink.h"
#include "trace/tracks.h"

struct fault;
struct lessons;
struct purpose;

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
	uint64_t mask; /* bit (1 << enum sys_id): calls that are shown */
	struct purpose
		*purpose;    /* what the calls are made for at present; NULL: the conversation */
	int64_t start_ns;    /* of the program, CLOCK_MONOTONIC */
	int64_t deadline_ns; /* a reader of stderr that does not read holds nobody up beyond it */
	int fd;              /* where the trace goes: stderr, or the file */
	int write_errno;     /* the first failure to write the trace file; 0: none */
	struct sink_style style;
	sink_fn *sink;
	struct lessons *lessons; /* --explain: what has been said; NULL without it */
	struct tracks tracks;    /* of the chrome form */
	char *buffer;            /* of TRACE_BUFFER bytes; NULL until the first event */
	struct text lines;       /* what has gathered in it */
	bool begun;              /* the form's head is written, and its tail is due */
};

/* Begins a trace as CONFIG wants it, which can report faults but shows no calls yet; START_NS is
 * when the program began. */
void trace_open(struct trace *trace, const struct trace_config *config, int64_t start_ns);

/* Returns the file that the trace is to go to; NULL: stderr. */
const char *trace_file(const struct trace *trace);

/* Shows calls from here on, on FD, which becomes the trace's unless it is stderr, colored as COLOR
 * says; COLUMNS are the terminal's, 0: it is none. */
void trace_start(struct trace *trace, int fd, enum color_mode color, int columns);

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

/* Returns whether the trace is all that may be on stderr: even errors and warnings are events. */
bool trace_is_whole(const struct trace *trace);

/* Ends the trace's form: no event is shown after it. */
void trace_end(struct trace *trace);

/* Write what has gathered. Called before every wait. Keeps errno. */
void trace_flush(struct trace *trace);

#endif
