/* Messages that some receivers have still to get: a ring of references. */
#include "serve/message_log.h"

#include <stdlib.h>
#include <string.h>

/* What a message costs besides its bytes. */
#define OVERHEAD 64
#define FIRST_SIZE 64

struct message *message_new(struct message_log *log, const void *sender, const void *data,
			    size_t len)
{
	struct message *message = malloc(sizeof(*message) + len);
	if (!message)
		return NULL;
	*message = (struct message){.refs = 1, .sender = sender, .len = len};
	memcpy(message->data, data, len);
	log->held += len + OVERHEAD;
	return message;
}

void message_drop(struct message_log *log, struct message *message)
{
	if (!message || --message->refs > 0)
		return;
	log->held -= message->len + OVERHEAD;
	free(message);
}

struct message *message_log_at(const struct message_log *log, uint64_t number)
{
	return log->ring[number & (log->size - 1)];
}

static void forget_first(struct message_log *log)
{
	struct message *message = message_log_at(log, log->first++);
	log->bytes -= message->len + OVERHEAD;
	message_drop(log, message);
}

static int grow(struct message_log *log)
{
	size_t size = log->size ? 2 * log->size : FIRST_SIZE;
	struct message **ring = malloc(size * sizeof(struct message *));
	if (!ring)
		return -1;
	for (uint64_t number = log->first; number < log->next; number++)
		ring[number & (size - 1)] = message_log_at(log, number);
	free(log->ring);
	log->ring = ring;
	log->size = size;
	return 0;
}

int message_log_add(struct message_log *log, struct message *message, size_t waiting)
{
	if (log->next - log->first == log->size && grow(log) != 0)
		return -1;
	message->refs++;
	message->waiting = waiting;
	log->ring[log->next++ & (log->size - 1)] = message;
	log->bytes += message->len + OVERHEAD;
	while (log->bytes > MESSAGES_BYTES)
		forget_first(log);
	return 0;
}

void message_log_taken(struct message_log *log, uint64_t number)
{
	message_log_at(log, number)->waiting--;
	while (log->first < log->next && message_log_at(log, log->first)->waiting == 0)
		forget_first(log);
}

void message_log_close(struct message_log *log)
{
	while (log->first < log->next)
		forget_first(log);
	free(log->ring);
	*log = (struct message_log){.ring = NULL};
}
