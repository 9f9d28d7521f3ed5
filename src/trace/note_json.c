/* The fields of a note in JSON. */
#include "trace/note_json.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "trace/event.h"

static void put_field(struct text *out, const struct field *field)
{
	text_printf(out, ",\"%s\":", field->key);
	switch (field->kind) {
	case FIELD_TEXT:
		if (field->text)
			json_string(out, field->text);
		else
			text_str(out, "null");
		break;
	case FIELD_NUMBER:
		text_printf(out, "%" PRId64, field->number);
		break;
	case FIELD_SECONDS:
		text_printf(out, "%.9f", (double)field->number / NS_PER_SEC);
		break;
	case FIELD_BOOL:
		text_str(out, field->number ? "true" : "false");
		break;
	}
}

void note_json_fields(struct text *out, const struct note *note)
{
	for (size_t i = 0; i < note->count; i++)
		put_field(out, &note->fields[i]);
}
