/* The causes of failures and of warnings: one list (base/causes.def), with all that is said of
 * each.  A cause is a constant of the program, so that a slip does not compile; scripts match its
 * name. */
#ifndef HANDSET_BASE_CAUSE_H
#define HANDSET_BASE_CAUSE_H

#include "base/status.h"

enum cause {
	CAUSE_NONE, /* not known */
#define CAUSE(cause, name, status, words, verdict, advice) CAUSE_##cause,
#include "base/causes.def"
#undef CAUSE
	CAUSE_COUNT
};

/* The stable name of CAUSE for scripts ("refused"); NULL for CAUSE_NONE. */
const char *cause_name(enum cause cause);

/* The exit status that CAUSE alone leads to; STATUS_FAILED for CAUSE_NONE. */
enum status cause_status(enum cause cause);

/* CAUSE in plain words, one line without an end; NULL for CAUSE_NONE. */
const char *cause_words(enum cause cause);

/* What CAUSE means for a user who wants to connect, a sentence without a capital and a stop; NULL:
 * what was found says it better. */
const char *cause_verdict(enum cause cause);

/* The next thing to do, one sentence without a stop, in the imperative ("start the service, or
 * ..."); NULL: there is nothing to advise. */
const char *cause_advice(enum cause cause);

/* Why there is nothing to advise; NULL where there is advice, and for CAUSE_NONE. */
const char *cause_no_advice(enum cause cause);

#endif
