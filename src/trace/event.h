/* One event of the trace, as data.  No text is made until a sink asks. */
#ifndef HANDSET_TRACE_EVENT_H
#define HANDSET_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "trace/sysdesc.h"

/* The value of a field of a note. */
enum field_kind {
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_SECONDS,
	FIELD_BOOL,
	FIELD_TEXTS,  /* a list of texts */
	FIELD_PERIODS /* a list of times */
};

struct field {
	const char *key;
	enum field_kind kind;
	const char *text; /* FIELD_TEXT; NULL prints as null.  Raw: the sink makes it harmless. */
	int64_t number;   /* FIELD_NUMBER; FIELD_SECONDS: nanoseconds; FIELD_BOOL; of a list, how
			     many */
	const char *const *texts; /* FIELD_TEXTS, each as `text` */
	const int64_t *periods;   /* FIELD_PERIODS, nanoseconds; -1 prints as null */
};

#define NOTE_FIELDS 40

/* Something that happened which is no call: "connected", "eof", "closed", "error". */
struct note {
	const char *event; /* its name in JSON */
	char summary[640]; /* one line for the text form, harmless for a terminal */
	bool apart;        /* it goes on beside the calls, on a track of its own */
	int fd;            /* of the connection that it is about; -1: of none */
	int64_t start_ns;  /* when that began which it tells of, monotonic; 0: it has no duration */
	int64_t duration_ns;
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
	const char *explanation; /* of a call: what it means (lessons.h), or NULL */
	const char *purpose;     /* of a call: the question that it serves (purpose.h), or NULL */
	int64_t start_ns;        /* since the start of the program */
	int64_t duration_ns;     /* 0 for a note */
	int track, made; /* of the connection that it is about, and that it made (tracks.h); 0 */
};

/* Build a note; a key and a text must outlive it. */
void note_start(struct note *note, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void note_text(struct note *note, const char *key, const char *text);
void note_number(struct note *note, const char *key, int64_t number);
void note_seconds(struct note *note, const char *key, int64_t ns); /* a negative time is 0 */
void note_bool(struct note *note, const char *key, bool value);
void note_texts(struct note *note, const char *key, const char *const *texts, size_t count);
void note_periods(struct note *note, const char *key, const int64_t *periods, size_t count);

/* NOTE tells of what the connection FD is, or does (`fd`). */
void note_connection(struct note *note, int fd);

/* NOTE tells of the end of something that began at START_NS and took DURATION_NS (`dur`). */
void note_span(struct note *note, int64_t start_ns, int64_t duration_ns);

/* The same of something that ends now. */
void note_end(struct note *note, int64_t start_ns);

/* Adds CAUSE by its name, and what to do next; null for CAUSE_NONE. */
void note_cause(struct note *note, enum cause cause);

#endif
