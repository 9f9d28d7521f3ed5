/* How much two words differ, for guesses at what was meant. */
#ifndef HANDSET_BASE_SPELL_H
#define HANDSET_BASE_SPELL_H

#include <stddef.h>

/* The longest word that is compared. */
#define SPELL_LONGEST 32

/* Returns how many letters have to be put in, left out, replaced, or swapped with the next one to
 * make a LEN byte WORD of another: the Damerau-Levenshtein distance in which no letter is edited
 * twice.  Of a word that is too long it is the length of the longer one. */
size_t spell_distance(const char *word, size_t len, const char *other);

#endif
