/* Which options exclude each other, and which need another.  Private to cli/. */
#ifndef HANDSET_CLI_RULES_H
#define HANDSET_CLI_RULES_H

#include <stdbool.h>

#include "cli/option_table.h"

struct fault;
struct options;

/* Whether the option LABEL ("--wait", or "-4") was given. */
bool option_is_given(const struct options *options, const char *label);

/* Returns the option LABEL as it was typed, "-w" or "--wait", and LABEL when it was not.  Valid as
 * long as BUFFER. */
const char *option_spelling(const struct options *options, const char *label,
			    char buffer[OPTION_LABEL]);

/* Hold what was given against the rules: 0, or -1 with FAULT for the first that is broken, and the
 * option's letter as OPTIONS' culprit. */
int rules_check(struct options *options, struct fault *fault);

#endif
