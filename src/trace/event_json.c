/* What the sinks for programs have in common. */
#include "trace/event_json.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"
#include "proto/xlat.h"
#include "trace/event.h"

static void put_text(struct text *out, const char *text)
{
	if (text)
		json_string(out, text);
	else
		text_str(out, "null");
}

static void put_seconds(struct text *out, int64_t ns)
{
	text_printf(out, "%.9f", (double)ns / NS_PER_SEC);
}

static void put_list(struct text *out, const struct field *field)
{
	text_char(out, '[');
	for (int64_t i = 0; i < field->number; i++) {
		text_str(out, i ? "," : "");
		if (field->kind == FIELD_TEXTS)
			put_text(out, field->texts[i]);
		else if (field->periods[i] < 0)
			put_text(out, NULL);
		else
			put_seconds(out, field->periods[i]);
	}
	text_char(out, ']');
}

static void put_field(struct text *out, const struct field *field)
{
	text_printf(out, ",\"%s\":", field->key);
	switch (field->kind) {
	case FIELD_TEXT:
		put_text(out, field->text);
		break;
	case FIELD_TEXTS:
	case FIELD_PERIODS:
		put_list(out, field);
		break;
	case FIELD_NUMBER:
		text_printf(out, "%" PRId64, field->number);
		break;
	case FIELD_SECONDS:
		put_seconds(out, field->number);
		break;
	case FIELD_BOOL:
		text_str(out, field->number ? "true" : "false");
		break;
	}
}

void event_json_fields(struct text *out, const struct note *note)
{
	for (size_t i = 0; i < note->count; i++)
		put_field(out, &note->fields[i]);
}

void event_json_result(struct text *out, const struct call *call)
{
	text_printf(out, "\"ret\":%" PRId64 ",\"errno\":", call->ret);
	if (call->ret == -1)
		json_string(out, errno_name(call->err) ? errno_name(call->err) : "E???");
	else
		text_str(out, "null");
}

void event_json_purpose(struct text *out, const struct trace_event *event)
{
	if (!event->purpose)
		return;
	text_str(out, ",\"for\":");
	json_string(out, event->purpose);
}

void event_json_lesson(struct text *out, const struct trace_event *event)
{
	text_str(out, ",\"explain\":");
	put_text(out, event->explanation);
}
