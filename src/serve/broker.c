/* --broker: members and what they say to each other.  What is sent is in broker_send.c, the words
 * of --chat in broker_chat.c. */
#include "serve/broker.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/pollset.h"
#include "net/run.h"
#include "serve/broker_chat.h"
#include "serve/broker_internal.h"
#include "serve/broker_send.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A member that has ended its side may be gone altogether, which only a probe finds out. */
#define PROBE_AFTER_S 60

/* ---- members ---- */

/* The member is gone for good some time after it has ended its side: TCP finds out. */
static void member_ended(struct member *member)
{
	const int on = 1;
	const int after = PROBE_AFTER_S;
	struct trace *trace = member->broker->run->trace;
	member->ended = true;
	chat_flush(member);
	if (!endpoint_is_tcp(&member->broker->config->endpoint))
		return;
	sys_setsockopt(trace, member->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	sys_setsockopt(trace, member->fd, IPPROTO_TCP, TCP_KEEPIDLE, &after, sizeof(after));
}

/* A dump has what is said, once, and not what each of the others gets of it. */
static void dump_said(struct member *member, size_t len)
{
	char name[32];
	struct text tag = TEXT_IN(name);
	struct broker *broker = member->broker;
	struct dump_stream stream = {broker->config->relay.services->dump, '<', name, NULL,
				     member->said};
	if (!stream.dump || len == 0)
		return;
	text_printf(&tag, "client%u", member->number);
	dump_moved(&stream, broker->buffer, len, member->heard_ns);
	member->said = stream.offset;
}

static void listen_to(struct member *member)
{
	struct broker *broker = member->broker;
	ssize_t n = sys_recv(broker->run->trace, member->fd, broker->buffer, sizeof(broker->buffer),
			     0);
	if (n < 0) {
		if (errno != EAGAIN)
			member->err = errno;
		return;
	}
	member->heard_ns = clock_now();
	dump_said(member, (size_t)n);
	if (n == 0)
		member_ended(member);
	else if (broker->config->chat)
		chat_hear(member, broker->buffer, (size_t)n);
	else
		broker_say(broker, member, broker->buffer, (size_t)n);
}

/* With -w: nothing said and nothing taken for so long. */
static int64_t idle_deadline(const struct member *member)
{
	return deadline_after(member->heard_ns, member->broker->config->relay.idle_ns);
}

/* A member that has ended its side is watched for errors alone: now there is one, or it has closed
 * altogether. */
static void look_at(struct member *member)
{
	char byte;
	ssize_t n = sys_recv(member->broker->run->trace, member->fd, &byte, sizeof(byte), 0);
	if (n >= 0 || errno != EAGAIN)
		member->err = n < 0 ? errno : EPIPE;
}

static bool member_advance(struct client *client, int64_t now_ns)
{
	struct member *member = (struct member *)client;
	bool ready = member->ready;
	bool lagging = member->lagging;
	member->ready = false;
	if (ready && lagging)
		broker_catch_up(member);
	if (ready && !member->err && !member->ended)
		listen_to(member);
	else if (ready && !member->err && !lagging)
		look_at(member);
	client->over = member->err != 0 || now_ns >= idle_deadline(member);
	return ready;
}

static void member_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	struct member *member = (struct member *)client;
	short events = (short)((member->ended ? 0 : POLLIN) | (member->lagging ? POLLOUT : 0));
	(void)now_ns;
	pollset_add(set, member->fd, events, &member->ready);
	pollset_wake(set, idle_deadline(member));
}

static void member_report(const struct client *client)
{
	const struct member *member = (const struct member *)client;
	char name[48], line[160];
	struct text who = TEXT_IN(name);
	struct text out = TEXT_IN(line);
	struct note note;
	text_printf(&who, "client %u", member->number);
	text_printf(&out, "state: %s: %s, %llu messages missed\n", name,
		    member->lagging ? "has still to get some" : "has all",
		    (unsigned long long)member->missed);
	note_start(&note, "state", "%s", name);
	note_text(&note, "peer", name);
	note_bool(&note, "lagging", member->lagging);
	note_number(&note, "missed", (int64_t)member->missed);
	console_report(member->broker->run->console, &note, line);
}

static int64_t member_quiet_since(const struct client *client)
{
	const struct member *member = (const struct member *)client;
	return member->ended && !member->err ? member->heard_ns : NEVER;
}

/* A member that is still there learns that this is no end. */
static void member_let_go(struct client *client)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	struct member *member = (struct member *)client;
	const struct run *run = member->broker->run;
	console_status(run->console,
		       "client %u, which had ended its side, was let go for lack of descriptors",
		       member->number);
	sys_setsockopt(run->trace, member->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	member->err = ECONNRESET;
}

static void member_close(struct client *client, struct fault *fault)
{
	struct member *member = (struct member *)client;
	struct broker *broker = member->broker;
	uint64_t missed_before = member->missed;

	*fault = (struct fault){.step = STEP_NONE};
	if (missed_before > 0)
		console_warn(broker->run->console, "handset: client %u has missed %llu messages",
			     member->number, (unsigned long long)missed_before);
	if (member->prev)
		member->prev->next = member->next;
	else
		broker->members = member->next;
	if (member->next)
		member->next->prev = member->prev;
	broker->count--;
	broker_let_go(member);
	sys_close(broker->run->trace, &member->fd);
	if (member->err && member->err != EPIPE && member->err != ECONNRESET)
		console_status(broker->run->console, "client %u has broken off: %s", member->number,
			       strerror(member->err));
	chat_left(member);
	free(member->line);
	free(member);
}

struct client *client_member(struct broker *broker, int fd, const struct addr *peer,
			     struct fault *fault)
{
	static const struct client_ops ops = {member_advance,     member_want,   member_report,
					      member_quiet_since, member_let_go, member_close};
	struct member *member = calloc(1, sizeof(*member));
	if (!member) {
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
		sys_close(broker->run->trace, &fd);
		return NULL;
	}
	member->client.ops = &ops;
	member->broker = broker;
	member->fd = fd;
	member->number = ++broker->last_number;
	member->heard_ns = clock_now();
	member->ready = true; /* what it says is often there already */
	chat_joins(member, peer);
	member->next = broker->members;
	if (broker->members)
		broker->members->prev = member;
	broker->members = member;
	broker->count++;
	return &member->client;
}

/* ---- the broker ---- */

struct broker *broker_open(const struct run *run, const struct serve_config *config,
			   struct fault *fault)
{
	struct broker *broker = calloc(1, sizeof(*broker));
	if (!broker) {
		fault_errno(fault, STEP_LOCAL, errno, "open a broker of %zu bytes",
			    sizeof(*broker));
		return NULL;
	}
	broker->run = run;
	broker->config = config;
	broker->spoken = TEXT_IN(broker->spoken_buffer);
	broker->announced = (struct dump_stream){config->relay.services->dump, '>', "all", NULL, 0};
	transport_stdio(&broker->local, run->trace, config->relay.stdin_closed);
	broker->local_over = config->relay.no_stdin || broker->local.idle_input;
	broker->local_ready = broker->local.in.eager;
	return broker;
}

bool broker_advance(struct broker *broker)
{
	size_t len = 0;
	if (broker->local_over || !broker->local_ready)
		return false;
	broker->local_ready = broker->local.in.eager;
	switch (broker->local.ops->recv(&broker->local, broker->buffer, sizeof(broker->buffer),
					&len)) {
	case IO_DONE:
		if (broker->announced.dump)
			dump_moved(&broker->announced, broker->buffer, len, clock_now());
		broker_say(broker, NULL, broker->buffer, len);
		return true;
	case IO_AGAIN:
		broker->local_ready = false;
		return false;
	default:
		broker->local_over = true;
		return false;
	}
}

void broker_want(struct broker *broker, struct pollset *set)
{
	if (!broker->local_over && !broker->local_ready)
		pollset_add(set, broker->local.in.fd, POLLIN, &broker->local_ready);
}

bool broker_is_late(const struct broker *broker, int64_t now_ns, struct fault *fault)
{
	const struct run *run = broker->run;
	if (broker->count == 0 || now_ns < run->deadline_ns)
		return false;
	fault_words(fault, STEP_WAIT, STATUS_TIMEOUT, "Connection timed out",
		    "broker with %zu client%s", broker->count, broker->count == 1 ? "" : "s");
	fault_cause(fault, CAUSE_DEADLINE, "the deadline of %g s has passed",
		    (double)run->limit_ns / NS_PER_SEC);
	return true;
}

void broker_ends(struct broker *broker)
{
	if (broker)
		broker->closing = true;
}

void broker_close(struct broker *broker)
{
	if (!broker)
		return;
	message_log_close(&broker->log);
	free(broker);
}
