/* What is watched while no direction waits for it: the sockets of a relay, which may break off
 * while both ways are full, and the reader of stdout, which may go while nothing flows. */
#ifndef HANDSET_RELAY_RELAY_WATCH_H
#define HANDSET_RELAY_RELAY_WATCH_H

#include <stdint.h>

struct pollset;
struct relay;

/* Adds to SET what RELAY does not wait for and has to hear of all the same. */
void relay_watch(struct relay *relay, struct pollset *set, int64_t now_ns);

/* Sees to what poll has reported. */
void relay_check_watches(struct relay *relay, int64_t now_ns);

#endif
