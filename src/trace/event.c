/* Building notes. */
#include "trace/event.h"

#include <stdarg.h>
#include <stdio.h>

void note_start(struct note *note, const char *event, const char *format, ...)
{
	va_list args;
	note->event = event;
	note->count = 0;
	va_start(args, format);
	vsnprintf(note->summary, sizeof(note->summary), format, args);
	va_end(args);
}

static void add(struct note *note, struct field field)
{
	if (note->count < NOTE_FIELDS)
		note->fields[note->count++] = field;
}

void note_text(struct note *note, const char *key, const char *text)
{
	add(note, (struct field){.key = key, .kind = FIELD_TEXT, .text = text});
}

void note_number(struct note *note, const char *key, int64_t number)
{
	add(note, (struct field){.key = key, .kind = FIELD_NUMBER, .number = number});
}

void note_seconds(struct note *note, const char *key, int64_t ns)
{
	add(note, (struct field){.key = key, .kind = FIELD_SECONDS, .number = ns > 0 ? ns : 0});
}

void note_bool(struct note *note, const char *key, bool value)
{
	add(note, (struct field){.key = key, .kind = FIELD_BOOL, .number = value});
}

void note_cause(struct note *note, enum cause cause)
{
	note_text(note, "cause", cause_name(cause));
	note_text(note, "next", cause_advice(cause));
}
