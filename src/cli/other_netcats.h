/* Letters that mean something else in other netcats: one table, for the hints of usage errors and
 * for the manual page, which a lint compares with it. */
#ifndef HANDSET_CLI_OTHER_NETCATS_H
#define HANDSET_CLI_OTHER_NETCATS_H

#include <stdbool.h>
#include <stddef.h>

struct fault;

struct other_letter {
	char letter;
	bool takes;     /* it takes an argument there */
	bool same_form; /* its argument has the form of ours, so that no usage error comes of it */
	const char *netcat;  /* "OpenBSD's nc" */
	const char *meaning; /* what it is there, a noun */
	const char *here;    /* the option that is the same here; NULL: there is none */
};

extern const struct other_letter other_letters[];
extern const size_t other_letter_count;

/* FAULT is a usage error of a line on which LETTERS were given as options: add what those that may
 * have led to it mean elsewhere.  CULPRIT is the letter that it is about; 0: the operands. */
void other_netcats_explain(const char *letters, char culprit, struct fault *fault);

#endif
