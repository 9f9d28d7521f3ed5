/* How much two words differ.  Pure. */
#include "base/spell.h"

#include <stdbool.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t spell_distance(const char *word, size_t len, const char *other)
{
	/* The distances of the beginnings of OTHER to those of WORD that have I, I - 1 and I - 2
	 * letters, each a row of the usual matrix. */
	size_t rows[3][SPELL_LONGEST + 1];
	size_t other_len = strlen(other);
	if (len > SPELL_LONGEST || other_len > SPELL_LONGEST)
		return len > other_len ? len : other_len;
	for (size_t k = 0; k <= other_len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= len; i++) {
		size_t *row = rows[i % 3];
		const size_t *before = rows[(i + 2) % 3];
		const size_t *second = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t k = 1; k <= other_len; k++) {
			bool same = word[i - 1] == other[k - 1];
			row[k] = least(least(row[k - 1], before[k]) + 1, before[k - 1] + !same);
			if (i > 1 && k > 1 && word[i - 1] == other[k - 2] &&
			    word[i - 2] == other[k - 1])
				row[k] = least(row[k], second[k - 2] + 1);
		}
	}
	return rows[len % 3][other_len];
}
