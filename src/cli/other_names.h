/* Long options that other programs have, and what does the same here: one table, for the guesses at
 * an option that is not there. */
#ifndef HANDSET_CLI_OTHER_NAMES_H
#define HANDSET_CLI_OTHER_NAMES_H

#include <stddef.h>

struct other_name {
	const char *name;
	const char *here;  /* the options that do the same, spaces between; or NULL: */
	const char *words; /* what there is instead */
};

extern const struct other_name other_names[];
extern const size_t other_name_count;

/* Returns the row of NAME, LEN bytes without dashes; NULL: there is none. */
const struct other_name *other_name_find(const char *name, size_t len);

/* Returns a row whose name is NAME but for one letter; NULL: there is none. */
const struct other_name *other_name_alike(const char *name, size_t len);

#endif
