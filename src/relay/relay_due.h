/* What is due in a relay, and when: its deadlines, and at its ends what ends.h decides. */
#ifndef HANDSET_RELAY_RELAY_DUE_H
#define HANDSET_RELAY_RELAY_DUE_H

#include <stdint.h>

struct relay;

/* Returns when something is due at the latest, whatever it is. */
int64_t relay_next_deadline(const struct relay *relay, int64_t now_ns);

/* Sees to the deadlines that have passed. */
void relay_check_deadlines(struct relay *relay, int64_t now_ns);

/* Does what is due at the ends. */
void relay_see_to_ends(struct relay *relay, int64_t now_ns);

/* The reader of stdout is gone: nothing more is read from the peer. */
void relay_reader_gone(struct relay *relay, int64_t now_ns);

/* The connection has broken off, as RELAY's fault says: what had come is still passed on, unless
 * the other side is a connection, too. */
void relay_broken(struct relay *relay, int64_t now_ns);

#endif
