/* Messages that some receivers have still to get.  Each is kept once, however many wait for it, so
 * a slow receiver costs a position and no memory of its own; what is kept is bounded, and who is
 * too slow for it misses the oldest. */
#ifndef HANDSET_SERVE_MESSAGE_LOG_H
#define HANDSET_SERVE_MESSAGE_LOG_H

#include <stddef.h>
#include <stdint.h>

/* How much is kept at most, each message counted with what it costs besides its bytes. */
#define MESSAGES_BYTES (8 << 20)

struct message {
	size_t refs;        /* of receivers that are in the middle of it, and of the log */
	size_t waiting;     /* receivers that have not begun with it */
	const void *sender; /* who does not get it */
	size_t len;
	char data[];
};

/* The messages from number `first` to number `next`, which is still to come. */
struct message_log {
	struct message **ring;
	size_t size; /* of the ring, a power of two; 0 at first */
	uint64_t first, next;
	size_t bytes; /* of these messages */
	size_t held;  /* bytes of all messages that exist: those that somebody is in the middle of,
			 too */
};

/* A message of LEN bytes of DATA with one reference, the caller's; NULL without memory. */
struct message *message_new(struct message_log *log, const void *sender, const void *data,
			    size_t len);

/* Give up a reference. */
void message_drop(struct message_log *log, struct message *message);

/* Add MESSAGE, which WAITING receivers have still to get, and forget the oldest where there is too
 * much.  The log takes a reference of its own.  0, or -1 without memory. */
int message_log_add(struct message_log *log, struct message *message, size_t waiting);

/* The message NUMBER, which must be in the log; it is not given out. */
struct message *message_log_at(const struct message_log *log, uint64_t number);

/* One receiver less waits for the message NUMBER; messages that nobody waits for are forgotten. */
void message_log_taken(struct message_log *log, uint64_t number);

void message_log_close(struct message_log *log);

#endif
