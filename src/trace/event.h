/* One event of the trace, as data.  No text is made until a sink asks. */
#ifndef HANDSET_TRACE_EVENT_H
#define HANDSET_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "trace/sysdesc.h"

/* The value of a field of a note. */
enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_SECONDS, FIELD_BOOL };

struct field {
	const char *key;
	enum field_kind kind;
	const char *text; /* FIELD_TEXT; NULL prints as null.  Raw: the sink makes it harmless. */
	int64_t number;   /* FIELD_NUMBER; FIELD_SECONDS: nanoseconds; FIELD_BOOL */
};

#define NOTE_FIELDS 40

/* Something that happened which is no call: "connected", "eof", "closed", "error". */
struct note {
	const char *event; /* its name in JSON */
	char summary[640]; /* one line for the text form, harmless for a terminal */
	size_t count;
	struct field fields[NOTE_FIELDS];
};

/* A finished call.  The pointers in `arg` are the caller's and valid only while the sink runs. */
struct call {
	enum sys_id id;
	uint64_t arg[SYS_ARGS];
	size_t filled[SYS_ARGS]; /* the bytes at the pointer in the same slot that the call has
				    filled, never more than it has room for, whatever the call
				    returned (MSG_TRUNC) */
	int64_t ret;
	int err; /* errno when ret is -1, else 0 */
};

struct trace_event {
	const struct call *call; /* either this */
	const struct note *note; /* or that */
	const char *purpose;     /* of a call: the question that it serves (purpose.h), or NULL */
	int64_t start_ns;        /* since the start of the program */
	int64_t duration_ns;     /* 0 for a note */
};

/* Build a note; a key and a text must outlive it. */
void note_start(struct note *note, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void note_text(struct note *note, const char *key, const char *text);
void note_number(struct note *note, const char *key, int64_t number);
void note_seconds(struct note *note, const char *key, int64_t ns); /* a negative time is 0 */
void note_bool(struct note *note, const char *key, bool value);

/* Adds CAUSE by its name, and what to do next; null for CAUSE_NONE. */
void note_cause(struct note *note, enum cause cause);

#endif
