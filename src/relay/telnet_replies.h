/* What is sent between the data of a pump, and is none of it: the replies to telnet commands.  The
 * pump of the other direction puts them in, and stops reading when there is no room for what it
 * would have to reply. */
#ifndef HANDSET_RELAY_TELNET_REPLIES_H
#define HANDSET_RELAY_TELNET_REPLIES_H

#include <stdbool.h>
#include <stddef.h>

#define TELNET_REPLIES_SIZE 4096

struct telnet_replies {
	char bytes[TELNET_REPLIES_SIZE];
	size_t start, end; /* what of them is still to be written */
	bool closed;       /* nothing can be sent any more */
};

/* How many more bytes can be put in.  Nothing is kept of what is put in when they are closed. */
size_t telnet_replies_room(const struct telnet_replies *telnet_replies);

/* Where the next ones go: telnet_replies_room bytes at least.  Who puts some in adds to `end`. */
char *telnet_replies_at_end(struct telnet_replies *telnet_replies);

/* Whether there are some to write. */
bool telnet_replies_wait(const struct telnet_replies *telnet_replies);

#endif
