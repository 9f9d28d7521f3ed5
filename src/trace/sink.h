/* Sinks: pure functions from an event to bytes.  A trace format is one sink_*.c and one row in
 * trace.c. */
#ifndef HANDSET_TRACE_SINK_H
#define HANDSET_TRACE_SINK_H

#include <stdbool.h>
#include <stdint.h>

struct text;
struct trace_event;

struct sink_style {
	bool explain;    /* add what the step means, in plain words */
	bool color;      /* ANSI colors */
	int columns;     /* of the terminal; 0: it is none, or they are not known */
	int pid;         /* of this process */
	int64_t base_ns; /* when the program began, CLOCK_MONOTONIC */
};

/* Append EVENT to OUT, as whole lines where the form is one of lines. */
typedef void sink_fn(struct text *out, const struct trace_event *event,
		     const struct sink_style *style);

/* Text for people (handset(1), "Text"): "      0.412ms socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC,
 * IPPROTO_TCP) = 3 <0.011ms>". */
sink_fn sink_text;

/* One JSON object (RFC 8259) a line: t, event and the event's own members. */
sink_fn sink_json;

/* strace(1)'s own notation, as `strace -r -T` would print it: calls only, notes are left out. */
sink_fn sink_strace;

/* Trace events for Perfetto and chrome://tracing: ",\n{...}" each, to follow a first one. */
sink_fn sink_chrome;

#endif
