/* The trace as strace(1) would print it, so that what reads strace reads it too: calls only. */
#include "base/clock.h"
#include "base/text.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/sink.h"

void sink_strace(struct text *out, const struct trace_event *event, const struct sink_style *style)
{
	(void)style;
	if (!event->call)
		return;
	text_printf(out, "%12.6f %s(", (double)event->start_ns / NS_PER_SEC,
		    sysdesc[event->call->id].name);
	decode_args(out, event->call, NOTATION_STRACE);
	text_str(out, ") = ");
	decode_result(out, event->call);
	text_printf(out, " <%.6f>\n", (double)event->duration_ns / NS_PER_SEC);
}
