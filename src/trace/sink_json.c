/* The trace for programs: one JSON object a line (handset(1), "JSON"). */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "proto/xlat.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/lessons.h"
#include "trace/note_json.h"
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
	text_printf(out, ",\"ret\":%" PRId64 ",\"errno\":", call->ret);
	if (call->ret == -1)
		json_string(out, errno_name(call->err) ? errno_name(call->err) : "E???");
	else
		text_str(out, "null");
	text_str(out, ",\"dur\":");
	put_seconds(out, event->duration_ns);
	if (style->explain) {
		char words[640];
		struct text text = TEXT_IN(words);
		lessons_call(&text, call);
		text_str(out, ",\"explain\":");
		json_string(out, words);
	}
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
		note_json_fields(out, event->note);
	}
	text_str(out, "}\n");
}
