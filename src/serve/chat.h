/* The words of --chat: who speaks, who comes and who goes.  Nothing is said without --chat. */
#ifndef HANDSET_SERVE_CHAT_H
#define HANDSET_SERVE_CHAT_H

#include <stddef.h>

struct addr;
struct member;

/* MEMBER, of PEER, comes into its room, in which it is not yet: the others are told, and it is told
 * of them. */
void chat_joins(struct member *member, const struct addr *peer);

/* MEMBER has said LEN bytes of DATA: each whole line goes to the others with its name in front,
 * control characters made harmless. */
void chat_hear(struct member *member, const char *data, size_t len);

/* It says nothing more: the line that it has begun goes out. */
void chat_flush(struct member *member);

/* MEMBER has left its room. */
void chat_left(struct member *member);

#endif
