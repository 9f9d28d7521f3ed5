/* What members are sent: at once, or from the log when they have fallen behind. */
#include "serve/broker_send.h"

#include <errno.h>

#include "base/clock.h"
#include "net/run.h"
#include "serve/broker_internal.h"
#include "trace/console.h"

/* Send LEN bytes of DATA: how many went; a member that fails is marked. */
static size_t send_some(struct member *member, const char *data, size_t len)
{
	size_t sent = 0;
	enum io io = transport_send(&member->net, data, len, &sent);
	if (io == IO_DONE)
		member->took_ns = member->heard_ns = clock_now();
	else if (io != IO_AGAIN)
		member->err = member->net.err;
	return sent;
}

static void count_missed(struct member *member, uint64_t count)
{
	struct broker *broker = member->broker;
	if (member->missed == 0)
		console_warn(broker->run->console,
			     "handset: client %u reads too slowly and misses messages",
			     member->number);
	member->missed += count;
}

/* What the log no longer has, MEMBER will never get. */
static void skip_forgotten(struct member *member)
{
	const struct message_log *log = &member->broker->log;
	if (member->at >= log->first)
		return;
	count_missed(member, log->first - member->at);
	member->at = log->first;
}

/* The next message of the log that MEMBER has still to get; NULL when there is none. */
static struct message *next_message(struct member *member)
{
	struct message_log *log = &member->broker->log;
	skip_forgotten(member);
	while (member->at < log->next) {
		struct message *message = message_log_at(log, member->at++);
		if (message->sender == member)
			continue;
		message->refs++;
		message_log_taken(log, member->at - 1);
		return message;
	}
	return NULL;
}

/* Send what MEMBER has still to get, as far as it goes. */
void broker_catch_up(struct member *member)
{
	while (member->lagging && !member->err) {
		if (!member->current) {
			member->current = next_message(member);
			member->sent = 0;
		}
		if (!member->current) {
			member->lagging = false;
			member->broker->lagging--;
			return;
		}
		struct message *message = member->current;
		member->sent += send_some(member, message->data + member->sent,
					  message->len - member->sent);
		if (member->sent < message->len)
			return;
		message_drop(&member->broker->log, message);
		member->current = NULL;
	}
}

/* From now on MEMBER gets what it has to get from the log; of MESSAGE, if any, SENT bytes are sent.
 */
static void fall_behind(struct member *member, struct message *message, size_t sent)
{
	member->lagging = true;
	member->broker->lagging++;
	member->at = member->broker->log.next;
	member->current = message;
	member->sent = sent;
	message->refs++;
}

/* Give DATA to MEMBER now, as far as it goes; the rest stays in *KEPT, which is made when it is
 * needed. */
static void give(struct member *member, const void *sender, const char *data, size_t len,
		 struct message **kept)
{
	size_t sent = member->err ? len : send_some(member, data, len);
	if (sent == len || member->err)
		return;
	if (!*kept)
		*kept = message_new(&member->broker->log, sender, data, len);
	if (*kept)
		fall_behind(member, *kept, sent);
	else
		member->err = ENOMEM;
}

/* What MEMBER waited for in the log, nobody waits for any more. */
void broker_let_go(struct member *member)
{
	struct message *message;
	struct message_log *log = &member->broker->log;
	message_drop(log, member->current);
	member->current = NULL;
	if (!member->lagging)
		return;
	if (member->at < log->first)
		member->at = log->first;
	while ((message = next_message(member)))
		message_drop(log, message);
	member->broker->lagging--;
	member->lagging = false;
}

/* The member that has taken nothing for the longest time, of those in the middle of a message. */
static struct member *slowest_member(const struct broker *broker)
{
	struct member *slowest = NULL;
	for (struct member *member = broker->members; member; member = member->next)
		if (member->current && (!slowest || member->took_ns < slowest->took_ns))
			slowest = member;
	return slowest;
}

/* A message that was begun has to be kept for its receiver, so that many who stop in the middle of
 * one would keep many: the slowest are broken off. */
static void bound_memory(struct broker *broker)
{
	struct member *slowest;
	while (broker->log.held > BROKER_HELD && (slowest = slowest_member(broker))) {
		console_warn(broker->run->console,
			     "handset: client %u reads too slowly and was let go: what is kept for "
			     "such clients has reached %d MiB",
			     slowest->number, BROKER_HELD >> 20);
		broker_let_go(slowest);
		broker_break_off(slowest);
	}
}

void broker_break_off(struct member *member)
{
	transport_abort(&member->net);
	member->err = ECONNRESET;
}

void broker_send_to(struct member *member, const char *data, size_t len)
{
	struct message *kept = NULL;
	if (!member->lagging)
		give(member, NULL, data, len, &kept);
	message_drop(&member->broker->log, kept);
	bound_memory(member->broker);
}

void broker_say(struct broker *broker, const struct member *from, const char *data, size_t len)
{
	struct message *kept = NULL;
	size_t waiting = broker->lagging - (from && from->lagging);

	/* First into the log, so that who falls behind now begins after it. */
	bool logged = waiting > 0 && (kept = message_new(&broker->log, from, data, len)) != NULL &&
		      message_log_add(&broker->log, kept, waiting) == 0;
	for (struct member *member = broker->members; member; member = member->next) {
		if (member == from)
			continue;
		if (!member->lagging)
			give(member, from, data, len, &kept);
		else if (logged)
			skip_forgotten(member);
		else if (waiting > 0)
			count_missed(member, 1);
	}
	message_drop(&broker->log, kept);
	bound_memory(broker);
}
