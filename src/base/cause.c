/* What is said of each cause.  A row without words, or with anything but ADVICE("...") or
 * NO_ADVICE("...") in its last place, does not compile: its literals are glued to empty ones, and
 * its last part to AS_. */
#include "base/cause.h"

#include <stddef.h>

struct advice {
	const char *next;   /* NULL: there is none, because of */
	const char *reason; /* else NULL */
};

static const struct {
	const char *name, *words, *verdict;
	struct advice advice;
	enum status status;
} rows[CAUSE_COUNT] = {
	[CAUSE_NONE] = {NULL, NULL, NULL, {NULL, NULL}, STATUS_FAILED},
#define NO_VERDICT NULL
#define AS_ADVICE(next)       \
	{                     \
		"" next, NULL \
	}
#define AS_NO_ADVICE(reason)    \
	{                       \
		NULL, "" reason \
	}
#define CAUSE(cause, name, status, words, verdict, advice) \
	[CAUSE_##cause] = {"" name, "" words, verdict, AS_##advice, status},
#include "base/causes.def"
#undef CAUSE
};

#define CAUSE(cause, name, status, words, verdict, advice) \
	_Static_assert(sizeof(name) > 1 && sizeof(words) > 1, "a cause has a name and words");
#include "base/causes.def"
#undef CAUSE

const char *cause_name(enum cause cause)
{
	return rows[cause].name;
}

enum status cause_status(enum cause cause)
{
	return rows[cause].status;
}

const char *cause_words(enum cause cause)
{
	return rows[cause].words;
}

const char *cause_verdict(enum cause cause)
{
	return rows[cause].verdict;
}

const char *cause_advice(enum cause cause)
{
	return rows[cause].advice.next;
}

const char *cause_no_advice(enum cause cause)
{
	return rows[cause].advice.reason;
}
