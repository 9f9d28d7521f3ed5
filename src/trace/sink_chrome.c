/* The trace as trace events, which Perfetto and chrome://tracing draw on a time line ("Trace Event
 * Format", the JSON array form).  A call is a slice; so is what has a duration: the look-up of a
 * name, a connect, a handshake, the transfer, a question.  Each note is an instant, too.  Each
 * connection has a track, and each look-up; what concerns none of them is on the track of the
 * process.  The clock is CLOCK_MONOTONIC, so that traces of several processes of one host can be
 * laid side by side.
 *
 * An event begins with the comma that separates it from the one before, so that what has been
 * written is always whole but for the closing bracket, which the format lets out; the tail is in
 * trace.c. */
#include "trace/sink_chrome.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "trace/decode.h"
#include "trace/decode_addr.h"
#include "trace/event.h"
#include "trace/event_json.h"
#include "trace/sink.h"

/* Numbers of tracks begin here, which no process has (pid_max, proc(5)). */
#define TRACKS 10000000

/* What notes that have a duration are slices of. */
static const struct {
	const char *event, *slice;
} slices[] = {
	{"resolve", "name"},    {"connected", "connect"}, {"failed", "connect"},
	{"handshake", "proxy"}, {"tls", "TLS"},           {"closed", "transfer"},
	{"exited", "program"},  {"asked", "asked"},
};

/* Microseconds, the unit of the format. */
static void put_us(struct text *out, const char *key, int64_t ns)
{
	text_printf(out, ",\"%s\":%lld.%03d", key, (long long)(ns / NS_PER_US),
		    (int)(ns % NS_PER_US));
}

static void put_track(struct text *out, const struct sink_style *style, int track)
{
	text_printf(out, ",\"pid\":%d,\"tid\":%d", style->pid,
		    track > 0 ? TRACKS + track : style->pid);
}

void sink_chrome_head(struct text *out, const struct sink_style *style)
{
	text_str(out, "[{\"name\":\"process_name\",\"ph\":\"M\"");
	put_track(out, style, 0);
	text_str(out, ",\"args\":{\"name\":\"handset\"}}");
}

/* The name of TRACK: WORDS, and the address in slot 1 of CALL. */
static void name_track(struct text *out, const struct sink_style *style, int track,
		       const char *words, const struct call *call)
{
	char name[256];
	struct text text = TEXT_IN(name);
	text_printf(&text, "%d: %s", track, words);
	if (call)
		decode_addr(&text, (const struct sockaddr *)(uintptr_t)call->arg[1],
			    call->id == SYS_ACCEPT4 ? (socklen_t)call->filled[1]
						    : (socklen_t)call->arg[2],
			    NOTATION_READABLE);
	text_str(out, ",\n{\"name\":\"thread_name\",\"ph\":\"M\"");
	put_track(out, style, track);
	text_str(out, ",\"args\":{\"name\":");
	json_string(out, name);
	text_str(out, "}}");
}

static void put_call(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	const struct call *call = event->call;
	const struct sysdesc *desc = &sysdesc[call->id];
	if (call->id == SYS_CONNECT && event->track > 0)
		name_track(out, style, event->track, "connection to ", call);
	else if (call->id == SYS_BIND && event->track > 0)
		name_track(out, style, event->track, "socket at ", call);
	else if (call->id == SYS_ACCEPT4 && event->made > 0)
		name_track(out, style, event->made, "connection from ", call);
	text_printf(out, ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\"", desc->name,
		    desc->level > 2 ? "data" : "step");
	put_us(out, "ts", style->base_ns + event->start_ns);
	put_us(out, "dur", event->duration_ns);
	put_track(out, style,
		  call->id == SYS_SOCKET && event->made > 0 ? event->made : event->track);
	text_str(out, ",\"args\":{");
	event_json_result(out, call);
	event_json_purpose(out, event);
	text_str(out, ",\"args\":");
	decode_args(out, call, NOTATION_JSON);
	if (style->explain)
		event_json_lesson(out, event);
	text_str(out, "}}");
}

static const char *slice_of(const struct note *note)
{
	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]) && note->start_ns != 0; i++)
		if (strcmp(slices[i].event, note->event) == 0)
			return slices[i].slice;
	return NULL;
}

static void put_note_end(struct text *out, const struct trace_event *event,
			 const struct sink_style *style)
{
	put_track(out, style, event->track);
	text_str(out, ",\"args\":{\"summary\":");
	json_string(out, event->note->summary);
	event_json_fields(out, event->note);
	text_str(out, "}}");
}

static void put_slice(struct text *out, const struct trace_event *event,
		      const struct sink_style *style, const char *name)
{
	text_printf(out, ",\n{\"name\":\"%s\",\"cat\":\"note\",\"ph\":\"X\"", name);
	put_us(out, "ts", event->note->start_ns);
	put_us(out, "dur", event->note->duration_ns);
	put_note_end(out, event, style);
}

/* An instant is a line through all that goes on, or through its connection. */
static void put_instant(struct text *out, const struct trace_event *event,
			const struct sink_style *style)
{
	text_str(out, ",\n{\"name\":");
	json_string(out, event->note->event);
	text_printf(out, ",\"cat\":\"note\",\"ph\":\"i\",\"s\":\"%s\"",
		    event->track > 0 ? "t" : "p");
	put_us(out, "ts", style->base_ns + event->start_ns);
	put_note_end(out, event, style);
}

static void put_note(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	const struct note *note = event->note;
	const char *slice = slice_of(note);
	if (note->apart && event->track > 0)
		name_track(out, style, event->track, note->summary, NULL);
	if (slice)
		put_slice(out, event, style, slice);
	put_instant(out, event, style);
}

void sink_chrome(struct text *out, const struct trace_event *event, const struct sink_style *style)
{
	if (event->call)
		put_call(out, event, style);
	else
		put_note(out, event, style);
}
