/* What calls are made for: a stack of questions, whose uppermost one the calls serve. */
#include "trace/purpose.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "trace/event.h"
#include "trace/trace.h"

/* Appends what FORMAT makes of ARGS, harmless for a terminal: the names in it may come from
 * outside. */
static void put_harmless(struct text *out, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void put_harmless(struct text *out, const char *format, va_list args)
{
	char raw[512];
	vsnprintf(raw, sizeof(raw), format, args);
	text_safe(out, raw);
}

/* Whether the trace of PURPOSE shows it at all. */
static bool is_asked(const struct purpose *purpose)
{
	return purpose->trace != NULL;
}

static bool begin(struct purpose *purpose, struct trace *trace)
{
	*purpose = (struct purpose){.trace = NULL};
	if (!trace_shows(trace, 2))
		return false;
	purpose->trace = trace;
	purpose->start_ns = clock_now();
	return true;
}

void purpose_begin(struct purpose *purpose, struct trace *trace, const char *whom,
		   const char *format, ...)
{
	va_list args;
	if (!begin(purpose, trace))
		return;
	struct text text = TEXT_IN(purpose->question);
	va_start(args, format);
	put_harmless(&text, format, args);
	va_end(args);
	purpose->whom = whom;
	purpose_resume(purpose);
}

void purpose_enter(struct purpose *purpose, struct trace *trace, const char *format, ...)
{
	va_list args;
	if (trace->purpose || !begin(purpose, trace)) {
		purpose->trace = NULL;
		return;
	}
	struct text text = TEXT_IN(purpose->question);
	va_start(args, format);
	put_harmless(&text, format, args);
	va_end(args);
	purpose_resume(purpose);
}

void purpose_resume(struct purpose *purpose)
{
	if (!is_asked(purpose) || purpose->open)
		return;
	purpose->outer = purpose->trace->purpose;
	purpose->trace->purpose = purpose;
	purpose->open = true;
}

void purpose_leave(struct purpose *purpose)
{
	if (!is_asked(purpose) || !purpose->open)
		return;
	purpose->waits = true;
	purpose->trace->purpose = purpose->outer;
	purpose->open = false;
}

void purpose_end(struct purpose *purpose, const char *format, ...)
{
	char answer[512];
	struct text text = TEXT_IN(answer);
	struct note note;
	va_list args;
	int err = errno;
	if (!is_asked(purpose))
		return;
	int64_t took_ns = clock_now() - purpose->start_ns;
	va_start(args, format);
	put_harmless(&text, format, args);
	va_end(args);
	bool waited = purpose->waits;
	purpose_leave(purpose);
	note_start(&note, "asked", "asked %s %s: %s <%.3fms>", purpose->whom, purpose->question,
		   answer, (double)took_ns / NS_PER_MS);
	note_text(&note, "whom", purpose->whom);
	note_text(&note, "for", purpose->question);
	note_text(&note, "answer", answer);
	note_span(&note, purpose->start_ns, took_ns);
	note.apart = waited;
	trace_note(purpose->trace, &note);
	purpose->trace = NULL;
	errno = err;
}
