/* The trace as trace events, which Perfetto and chrome://tracing draw on a time line ("Trace Event
 * Format", the JSON array form): a call is a complete event with its duration, a note an instant.
 * An event begins with the comma that separates it from the one before, so that what has been
 * written is always whole but for the closing bracket, which the format lets out; the head and the
 * tail are in trace.c. */
#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/event_json.h"
#include "trace/sink.h"

/* Microseconds, the unit of the format. */
static void put_us(struct text *out, const char *key, int64_t ns)
{
	text_printf(out, ",\"%s\":%.3f", key, (double)ns / NS_PER_US);
}

static void put_call(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	const struct call *call = event->call;
	const struct sysdesc *desc = &sysdesc[call->id];
	text_printf(out, "\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\"", desc->name,
		    desc->level > 2 ? "data" : "step");
	put_us(out, "ts", event->start_ns);
	put_us(out, "dur", event->duration_ns);
	text_str(out, ",\"pid\":1,\"tid\":1,\"args\":{");
	event_json_result(out, call);
	event_json_purpose(out, event);
	text_str(out, ",\"args\":");
	decode_args(out, call, NOTATION_JSON);
	if (style->explain)
		event_json_lesson(out, call);
	text_char(out, '}');
}

/* An instant of the whole process, so that it is drawn as a line through all that goes on. */
static void put_note(struct text *out, const struct trace_event *event)
{
	const struct note *note = event->note;
	text_str(out, "\"name\":");
	json_string(out, note->event);
	text_str(out, ",\"cat\":\"note\",\"ph\":\"i\",\"s\":\"p\"");
	put_us(out, "ts", event->start_ns);
	text_str(out, ",\"pid\":1,\"tid\":1,\"args\":{\"summary\":");
	json_string(out, note->summary);
	event_json_fields(out, note);
	text_char(out, '}');
}

void sink_chrome(struct text *out, const struct trace_event *event, const struct sink_style *style)
{
	text_str(out, ",\n{");
	if (event->call)
		put_call(out, event, style);
	else
		put_note(out, event);
	text_char(out, '}');
}
