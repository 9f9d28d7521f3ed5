/* What is sent between the data of a pump, and is none of it: the replies to telnet commands.  The pump of the other direction
 * puts them in, and stops reading when there is no room for what it would have to reply. */
#ifndef HANDSET_RELAY_TELNET_REPLIES_H
#define HANDSET_RELAY_TELNET_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pump;

#define ASIDES_SIZE 4096

struct asides {
	char bytes[ASIDES_SIZE];
	size_t start, end; /* what of them is still to be written */
	bool closed;       /* nothing can be sent any more */
};

/* How many more bytes can be put in.  Nothing is kept of what is put in when they are closed. */
size_t asides_room(const struct asides *asides);

/* Where the next ones go: asides_room bytes at least.  Who puts some in adds to `end`. */
char *asides_at_end(struct asides *asides);

/* Whether PUMP has some to write before anything else.  They wait for the end of a piece that has been written in part, so that
 * no sequence in the data is torn apart. */
bool asides_are_due(const struct pump *pump);

/* Write what can be written, as a lane does. */
bool asides_write(struct pump *pump, int64_t now_ns);

#endif
