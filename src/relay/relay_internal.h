/* A relay at work.  Private to flow/relay*.c. */
#ifndef HANDSET_RELAY_RELAY_INTERNAL_H
#define HANDSET_RELAY_RELAY_INTERNAL_H

#include <stdint.h>

struct relay;

/* When the next deadline passes, whatever it means. */
int64_t relay_next_deadline(const struct relay *relay, int64_t now_ns);

/* See to those that have passed. */
void relay_check_deadlines(struct relay *relay, int64_t now_ns);

#endif
