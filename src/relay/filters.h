/* What is done to the data of a pump that copies, between its read and its write: an ordered chain,
 * a row a filter.  A pump with none of them in use leaves the moving to the kernel where that is
 * possible. */
#ifndef HANDSET_RELAY_FILTERS_H
#define HANDSET_RELAY_FILTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pump;

/* Data on its way through the chain: in the pump's buffer. */
struct piece {
	char *data;
	size_t len;
};

/* Finds out which filters PUMP uses, by its configuration and what they have seen: sets `filters`
 * and `growth`. */
void filters_choose(struct pump *pump);

/* How many of SIZE bytes may be read now; 0: none, until what is on its way in the other direction
 * has gone. */
size_t filters_room(const struct pump *pump, size_t size);

/* PIECE has been read at NOW_NS: it becomes what is to be written. */
void filters_read(struct pump *pump, struct piece *piece, int64_t now_ns);

/* Cut PIECE to what of it may be written at NOW_NS in one go.  False: nothing, before the pump's
 * resume_ns. */
bool filters_share(struct pump *pump, struct piece *piece, int64_t now_ns);

/* PIECE has been written at NOW_NS: as much as one write took. */
void filters_written(struct pump *pump, const struct piece *piece, int64_t now_ns);

#endif
