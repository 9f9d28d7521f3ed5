/* Building notes. */
#include "trace/event.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

void note_start(struct note *note, const char *event, const char *format, ...)
{
	va_list args;
	note->event = event;
	note->count = 0;
	note->apart = false;
	note->fd = -1;
	note->start_ns = 0;
	note->duration_ns = 0;
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

void note_texts(struct note *note, const char *key, const char *const *texts, size_t count)
{
	add(note,
	    (struct field){
		    .key = key, .kind = FIELD_TEXTS, .number = (int64_t)count, .texts = texts});
}

void note_periods(struct note *note, const char *key, const int64_t *periods, size_t count)
{
	add(note, (struct field){.key = key,
				 .kind = FIELD_PERIODS,
				 .number = (int64_t)count,
				 .periods = periods});
}

void note_connection(struct note *note, int fd)
{
	note->fd = fd;
	if (fd >= 0)
		note_number(note, "fd", fd);
}

void note_span(struct note *note, int64_t start_ns, int64_t duration_ns)
{
	note->start_ns = start_ns;
	note->duration_ns = duration_ns;
	note_seconds(note, "dur", duration_ns);
}

void note_end(struct note *note, int64_t start_ns)
{
	note_span(note, start_ns, clock_now() - start_ns);
}
