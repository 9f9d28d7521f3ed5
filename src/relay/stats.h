/* --stats and SIGUSR1: what a session has moved, how long each phase took, how the connection does,
 * and who ended it. */
#ifndef HANDSET_RELAY_STATS_H
#define HANDSET_RELAY_STATS_H

struct session;

/* --stats, at the end: before the socket is closed, as TCP_INFO is asked (tcp(7)). */
void stats_final(const struct session *session);

/* SIGUSR1: the state of the connection. */
void stats_state(const struct session *session);

#endif
