/* The values of an option that may be given several times. */
#ifndef HANDSET_BASE_WORDS_H
#define HANDSET_BASE_WORDS_H

#include <stddef.h>

#define WORDS_MOST 32

struct words {
	size_t count;
	const char *at[WORDS_MOST]; /* borrowed */
};

#endif
