/* The trace: which calls are shown, and the buffer that events gather in.  How an event looks is
 * the sinks' business. */
#include "trace/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "trace/lessons.h"
#include "trace/purpose.h"
#include "trace/record.h"
#include "trace/sink_chrome.h"

/* The longest that one event becomes; the buffer is written out when less is left. */
#define LINE_MAX_SIZE (TRACE_BUFFER / 2)

static const struct {
	sink_fn *sink;
	bool for_people; /* messages may stand between its lines */
	void (*head)(struct text *out, const struct sink_style *style); /* in front of the first
									   event; NULL */
	const char *tail;                                               /* behind the last; NULL */
} forms[] = {
	[TRACE_TEXT] = {sink_text, true, NULL, NULL},
	[TRACE_JSON] = {sink_json, false, NULL, NULL},
	[TRACE_STRACE] = {sink_strace, false, NULL, NULL},
	[TRACE_CHROME] = {sink_chrome, false, sink_chrome_head, "\n]\n"},
};

void trace_open(struct trace *trace, const struct trace_config *config, int64_t start_ns)
{
	*trace = (struct trace){
		.config = *config, .start_ns = start_ns, .deadline_ns = NEVER, .fd = STDERR_FILENO};
	trace->sink = forms[config->form].sink;
	trace->style.explain = config->explain;
	trace->style.pid = getpid();
	trace->style.base_ns = start_ns;
}

const char *trace_file(const struct trace *trace)
{
	const char *file = trace->config.file;
	return trace->config.level >= 2 && file && strcmp(file, "-") != 0 ? file : NULL;
}

void trace_start(struct trace *trace, int fd, enum color_mode color, int columns)
{
	if (trace->config.level < 2)
		return;
	trace->fd = fd;
	trace->style.color = color_wanted(color, fd);
	trace->style.columns = columns;
	if (trace->config.explain)
		trace->lessons = calloc(1, sizeof(*trace->lessons));
	for (int id = 0; id < SYS_COUNT; id++)
		if (sysdesc[id].level <= trace->config.level)
			trace->mask |= 1ULL << id;
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
	if (forms[trace->config.form].head && !trace->begun)
		forms[trace->config.form].head(&trace->lines, &trace->style);
	trace->begun = true;
}

/* A file has its head and its tail even when nothing happened. */
void trace_end(struct trace *trace)
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
	trace_end(trace);
	trace_flush(trace);
	free(trace->buffer);
	trace->buffer = NULL;
	tracks_close(&trace->tracks);
	free(trace->lessons);
	trace->lessons = NULL;
	if (trace->fd != STDERR_FILENO && close(trace->fd) != 0 && trace->write_errno == 0)
		trace->write_errno = errno;
	trace->fd = STDERR_FILENO;
	if (trace->write_errno != 0)
		return fault_errno(fault, STEP_FILE, trace->write_errno, "write trace file %s",
				   trace->config.file);
	return 0;
}

bool trace_shows(const struct trace *trace, int level)
{
	return trace->config.level >= level;
}

bool trace_is_on_stderr(const struct trace *trace)
{
	return trace_shows(trace, 2) && trace->fd == STDERR_FILENO;
}

bool trace_is_for_machines(const struct trace *trace)
{
	return trace_shows(trace, 2) && !forms[trace->config.form].for_people;
}

bool trace_is_whole(const struct trace *trace)
{
	return trace_is_on_stderr(trace) && trace->config.form == TRACE_JSON;
}

/* Write all of BYTES to where the trace goes; what cannot be written is given up, with the reason
 * kept. */
static void write_out(struct trace *trace, const char *bytes, size_t len)
{
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

/* Whether the answer stands for the calls that serve a question. */
static bool hides_purposes(const struct trace *trace)
{
	return forms[trace->config.form].for_people && !trace_shows(trace, 3);
}

void trace_call(struct trace *trace, const struct call *call, int64_t start_ns)
{
	int err = errno;
	if (trace->purpose && hides_purposes(trace))
		return;
	struct trace_event event = {.call = call,
				    .purpose = trace->purpose ? trace->purpose->question : NULL,
				    .start_ns = start_ns - trace->start_ns,
				    .duration_ns = clock_now() - start_ns};
	char words[640] = "";
	struct text text = TEXT_IN(words);
	if (trace->lessons)
		lessons_call(&text, trace->lessons, call, start_ns, start_ns + event.duration_ns);
	event.explanation = text.len > 0 ? words : NULL;
	if (trace->config.form == TRACE_CHROME && !trace->purpose) {
		event.track = tracks_take(&trace->tracks, call);
		event.made = tracks_made(&trace->tracks, call);
	}
	trace_event(trace, &event);
	errno = err;
}

void trace_note(struct trace *trace, const struct note *note)
{
	if (!trace_shows(trace, 2))
		return;
	int err = errno;
	struct trace_event event = {.note = note, .start_ns = clock_now() - trace->start_ns};
	if (trace->config.form == TRACE_CHROME)
		event.track = note->apart ? tracks_new(&trace->tracks)
					  : tracks_of(&trace->tracks, note->fd);
	trace_event(trace, &event);
	errno = err;
}
