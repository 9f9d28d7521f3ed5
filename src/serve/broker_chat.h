/* The words of --chat: who speaks, who comes and who goes.  Nothing is said without --chat. */
#ifndef HANDSET_SERVE_BROKER_CHAT_H
#define HANDSET_SERVE_BROKER_CHAT_H

#include <stddef.h>

struct addr;
struct member;

/* MEMBER, of PEER, is about to join its broker: announce it to the others, and the others to it. */
void chat_joins(struct member *member, const struct addr *peer);

/* MEMBER has said LEN bytes of DATA: each whole line goes to the others with its name in front,
 * control characters made harmless. */
void chat_hear(struct member *member, const char *data, size_t len);

/* MEMBER says nothing more: send the line that it has begun. */
void chat_flush(struct member *member);

/* MEMBER has left its broker: announce it. */
void chat_left(struct member *member);

#endif
