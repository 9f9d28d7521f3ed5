/* What calls are made for, where they are no step of the conversation: a question to this host or
 * to a name server, asked to find a cause.  The calls between purpose_begin and purpose_end serve
 * it.  The text of level 2 has one line for all of them, the question with its answer; the other
 * forms, and the text of level 3, have the calls as well, which carry the question.
 *
 * A question may need another one: the calls of that serve it alone, and it ends first.  What has
 * to wait for an answer leaves its purpose before the wait and resumes it after that. */
#ifndef HANDSET_TRACE_PURPOSE_H
#define HANDSET_TRACE_PURPOSE_H

#include <stdbool.h>
#include <stdint.h>

struct trace;

struct purpose {
	struct trace *trace;   /* NULL: the trace shows no steps, or it has ended */
	struct purpose *outer; /* the one that was served before */
	const char *whom;      /* "this host", "the name servers" */
	char question[320];    /* "who listens on port 81", harmless for a terminal */
	int64_t start_ns;
	bool open;  /* calls serve it now */
	bool waits; /* it was left in between */
};

/* Begins a question to WHOM, a string that outlives PURPOSE.  FORMAT makes the question, which goes
 * behind "asked this host" and stands alone as well. */
void purpose_begin(struct purpose *purpose, struct trace *trace, const char *whom,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for calls whose outcome another event tells: purpose_leave is its end.  A question that
 * is being asked already stays. */
void purpose_enter(struct purpose *purpose, struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the question with its answer, which FORMAT makes: the `asked` event.  Nothing when it has
 * ended already.  Keeps errno. */
void purpose_end(struct purpose *purpose, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Calls no longer serve PURPOSE. */
void purpose_leave(struct purpose *purpose);

/* They do again. */
void purpose_resume(struct purpose *purpose);

#endif
