/* What members are sent: at once, or from the log when they have fallen behind. */
#ifndef HANDSET_SERVE_BROKER_SEND_H
#define HANDSET_SERVE_BROKER_SEND_H

#include <stddef.h>

struct broker;
struct member;

/* Give LEN bytes of DATA to all but FROM, which may be NULL. */
void broker_say(struct broker *broker, const struct member *from, const char *data, size_t len);

/* Give LEN bytes of DATA to MEMBER alone. */
void broker_send_to(struct member *member, const char *data, size_t len);

/* Send what MEMBER has still to get, as far as it goes. */
void broker_catch_up(struct member *member);

/* MEMBER goes: the log keeps nothing for it any more. */
void broker_let_go(struct member *member);

/* Breaks MEMBER off: it gets a reset, which it cannot mistake for an end. */
void broker_break_off(struct member *member);

#endif
