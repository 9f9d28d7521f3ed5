/* Who or what ends a relay: one list (relay_ends.def), with the words for scripts and for people.
 */
#ifndef HANDSET_RELAY_RELAY_END_H
#define HANDSET_RELAY_RELAY_END_H

struct fault;
struct relay;

enum relay_end {
#define END(end, name, extent, words) RELAY_END_##end,
#include "relay/relay_ends.def"
#undef END
	RELAY_ENDS
};

/* Returns the stable name of END for scripts ("peer"). */
const char *relay_end_name(enum relay_end end);

/* Returns how END closes a connection: "by us, on a signal". */
const char *relay_end_words(enum relay_end end);

/* Returns which of two ends of one relay names it, FIRST or what comes AFTER it. */
enum relay_end relay_end_choose(enum relay_end first, enum relay_end after);

/* Returns the end of a relay that ends because FAULT ends the whole run; RELAY_END_US without a
 * fault. */
enum relay_end relay_end_of(const struct fault *fault);

/* Records that END has ended RELAY, unless an end before it names it. */
void relay_close_by(struct relay *relay, enum relay_end end);

#endif
