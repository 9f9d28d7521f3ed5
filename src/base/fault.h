/* A failure as data: what was done, to what, why it failed, and the cause where it is known.  A
 * function that fails fills one in and returns a status; only main prints it and exits. */
#ifndef HANDSET_BASE_FAULT_H
#define HANDSET_BASE_FAULT_H

#include <stdbool.h>

#include "base/cause.h"
#include "base/status.h"

/* The step that failed.  It reads as the verb of the message, and together with errno it selects
 * the cause and the exit status (fault.c). */
enum step {
	STEP_NONE, /* no failure */
	STEP_USAGE,
	STEP_LOOKUP,  /* of a host */
	STEP_SERVICE, /* look-up of a port's name */
	STEP_SOCKET,
	STEP_OPTION,
	STEP_BIND,
	STEP_LISTEN,
	STEP_ACCEPT,
	STEP_CONNECT,
	STEP_READ,     /* from the socket */
	STEP_WRITE,    /* to the socket */
	STEP_DATAGRAM, /* send or receive a datagram */
	STEP_INPUT,    /* from stdin */
	STEP_OUTPUT,   /* to stdout */
	STEP_READER,   /* the reader of stdout has gone when all was done: the end, with status 0 */
	STEP_FILE,     /* open or write a file that an option names */
	STEP_PROGRAM,  /* start the program of -e or -c */
	STEP_STATUS,   /* that program has ended with a status other than 0, which becomes ours */
	STEP_WAIT,     /* a deadline of the whole run, or an idle relay, ran out */
	STEP_SIGNAL,   /* a signal that was caught asks to end; `err` is its number */
	STEP_LOCAL,    /* anything else on this host */
};

struct fault {
	enum step step;
	enum status status;
	int err;          /* errno, or 0 when `reason` alone tells */
	char action[512]; /* "connect to 127.0.0.1 port 81 (tcp)", harmless for a terminal */
	char reason[192]; /* "Connection refused" */
	enum cause cause;
	char detail[1024]; /* the cause in plain words, lines separated by \n, or empty */
	bool here;         /* the host that it is about is this one */
	bool reported;     /* stdout has it, as the answer to what was asked (--why, --path) */
	bool printed;      /* the error line is on stderr already */
};

/* Whether FAULT tells of a failure. */
bool fault_is_set(const struct fault *fault);

/* Fill in FAULT for STEP that failed with ERR; the status follows from both.  FORMAT gives the
 * action; what came from outside is made harmless here.  Returns -1, so that a caller can return it
 * on. */
int fault_errno(struct fault *fault, enum step step, int err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same with a reason in words and a status of the caller's choice. */
int fault_words(struct fault *fault, enum step step, enum status status, const char *reason,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A usage error: FORMAT is the whole message, there is no "failed". Returns -1. */
int fault_usage(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the cause and its detail in plain words, made harmless here; their lines stay lines.  The
 * arguments may be what FAULT has. */
void fault_cause(struct fault *fault, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds to FAULT the cause that follows from its step and errno alone, unless it has a detail, which
 * was found by evidence. */
void fault_explain(struct fault *fault);

/* Returns what to do next about FAULT; NULL: nothing is known. */
const char *fault_advice(const struct fault *fault);

/* Returns how much a failure with STATUS says of the way to the host: the further an attempt came,
 * the more. */
int fault_rank(enum status status);

/* The exit status that STEP failing with ERR has. */
enum status fault_status(enum step step, int err);

#endif
