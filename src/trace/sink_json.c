/* The trace for programs: one JSON object a line (handset(1), "JSON"). */
#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/event_json.h"
#include "trace/sink.h"

static void put_seconds(struct text *out, int64_t ns)
{
	text_printf(out, "%.9f", (double)ns / NS_PER_SEC);
}

static void put_call(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	const struct call *call = event->call;
	text_printf(out, "\"event\":\"syscall\",\"name\":\"%s\",\"args\":", sysdesc[call->id].name);
	decode_args(out, call, NOTATION_JSON);
	text_char(out, ',');
	event_json_result(out, call);
	event_json_purpose(out, event);
	text_str(out, ",\"dur\":");
	put_seconds(out, event->duration_ns);
	if (style->explain)
		event_json_lesson(out, event);
}

void sink_json(struct text *out, const struct trace_event *event, const struct sink_style *style)
{
	text_str(out, "{\"t\":");
	put_seconds(out, event->start_ns);
	text_char(out, ',');
	if (event->call) {
		put_call(out, event, style);
	} else {
		text_str(out, "\"event\":");
		json_string(out, event->note->event);
		event_json_fields(out, event->note);
	}
	text_str(out, "}\n");
}
