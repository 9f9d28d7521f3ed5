/* The arguments of the program as the trace tells them: in the order in which they were given, and
 * without the passwords among them.  Pure, but for the event. */
#ifndef HANDSET_CLI_ARGUMENTS_H
#define HANDSET_CLI_ARGUMENTS_H

#include <stddef.h>

struct text;
struct trace;

#define ARGUMENTS_MOST 64  /* the others are not told */
#define ARGUMENT_SHOWN 256 /* so much of each is */

struct arguments {
	char at[ARGUMENTS_MOST][ARGUMENT_SHOWN];
	size_t count;
};

/* Keeps what ARGV is, without its passwords, before getopt_long(3) puts it in another order. */
void arguments_keep(struct arguments *arguments, int argc, char **argv);

/* Appends ARGUMENT, which stands behind BEFORE, with "***" in the place of a password: the login of
 * --proxy-auth, and what stands between ":" and "@" in anything else (an URL). */
void arguments_put(struct text *out, const char *argument, const char *before);

/* The `start` event, the first one of a trace for programs: wall-clock time, version, process,
 * arguments. */
void arguments_note(const struct arguments *arguments, struct trace *trace);

#endif
