/* --broker: members and what they say to each other.  What is sent is in broker_send.c, the words
 * of --chat in broker_chat.c. */
#include "serve/broker.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "base/units.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport_stdio.h"
#include "serve/broker_chat.h"
#include "serve/broker_internal.h"
#include "serve/broker_send.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A member that has ended its side may be gone altogether, which only a probe finds out. */
#define PROBE_AFTER_S 60

/* Time between two looks whether the last of it is acknowledged, which poll does not tell. */
#define ACK_NS (20 * NS_PER_MS)

/* stdin waits this long for members that have fallen behind by half of the log. */
#define PATIENCE_NS (2 * NS_PER_SEC)

/* Members that may have ended their side, at the most. */
#define ENDED_MOST 1000

/* ---- members ---- */

/* Members that have ended their side are mostly gone, which nobody is told: of more than so many
 * the quietest goes. */
static void bound_ended(struct broker *broker)
{
	struct member *quietest = NULL;
	if (++broker->ended <= ENDED_MOST)
		return;
	for (struct member *member = broker->members; member; member = member->next)
		if (member->ended && !member->err &&
		    (!quietest || member->heard_ns < quietest->heard_ns))
			quietest = member;
	if (!quietest)
		return;
	console_status(broker->run->console,
		       "client %u, which had ended its side, was let go: there are %d of them",
		       quietest->number, ENDED_MOST);
	broker_break_off(quietest);
}

/* The member is gone for good some time after it has ended its side: TCP finds out. */
static void member_ended(struct member *member)
{
	const int on = 1;
	const int after = PROBE_AFTER_S;
	struct trace *trace = member->broker->run->trace;
	int fd = transport_socket(&member->net);
	member->ended = true;
	chat_flush(member);
	bound_ended(member->broker);
	if (!endpoint_is_tcp(&member->broker->config->endpoint))
		return;
	sys_setsockopt(trace, fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	sys_setsockopt(trace, fd, IPPROTO_TCP, TCP_KEEPIDLE, &after, sizeof(after));
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

/* With --send-only the others do not hear what MEMBER says. */
static void hear(struct member *member, size_t len)
{
	struct broker *broker = member->broker;
	if (broker->config->relay.send_only)
		return;
	dump_said(member, len);
	if (broker->config->chat)
		chat_hear(member, broker->buffer, len);
	else
		broker_say(broker, member, broker->buffer, len);
}

static void listen_to(struct member *member)
{
	struct broker *broker = member->broker;
	size_t len = 0;
	size_t size = broker->config->chat ? CHAT_READ : sizeof(broker->buffer);
	enum io io = transport_recv(&member->net, broker->buffer, size, &len);
	if (io == IO_FAILED)
		member->err = member->net.err;
	if (io == IO_AGAIN || io == IO_FAILED)
		return;
	member->heard_ns = clock_now();
	if (io == IO_EOF)
		member_ended(member);
	else
		hear(member, len);
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
	size_t len;
	enum io io = transport_recv(&member->net, &byte, sizeof(byte), &len);
	if (io != IO_AGAIN)
		member->err = io == IO_FAILED ? member->net.err : EPIPE;
}

static void finish_member(struct member *member)
{
	enum io io = transport_finish(&member->net);
	member->finishing = io == IO_AGAIN;
	member->finished = !member->finishing;
	if (io == IO_FAILED)
		member->err = member->net.err;
}

/* With --send-only stdin has ended: MEMBER is over when it has all of it and has ended, too, or its
 * kernel has acknowledged all.  What it still says is read until then, as a close with unread data
 * would be a reset. */
static void see_to_end(struct member *member)
{
	int unacknowledged = 0;
	const struct transport *net = &member->net;
	if (!member->broker->ending || member->lagging || member->err)
		return;
	if (!member->finished)
		finish_member(member);
	if (!member->finished || member->err)
		return;
	if (net->arrives ||
	    sys_ioctl_int(net->trace, transport_socket(net), SIOCOUTQ, &unacknowledged) != 0 ||
	    unacknowledged == 0)
		member->client.over = true;
}

/* With -w a member that has taken nothing for so long goes. */
static void see_to_idle(struct member *member, int64_t now_ns)
{
	if (now_ns < idle_deadline(member))
		return;
	member->client.over = true;
	if (member->lagging)
		console_warn(member->broker->run->console,
			     "handset: client %u has not taken all that it was sent, and nothing "
			     "for %s: it was let go",
			     member->number,
			     units_limit(member->broker->config->relay.idle_ns).chars);
}

static bool member_advance(struct client *client, int64_t now_ns)
{
	struct member *member = (struct member *)(void *)client;
	bool ready = member->ready;
	bool lagging = member->lagging;
	member->ready = false;
	if (ready && lagging)
		broker_catch_up(member);
	if (ready && !member->err && !member->ended)
		listen_to(member);
	else if (ready && !member->err && !lagging)
		look_at(member);
	/* What a layer holds, poll does not tell of. */
	member->ready = !member->ended && transport_pending(&member->net);
	see_to_end(member);
	see_to_idle(member, now_ns);
	client->over |= member->err != 0;
	return ready;
}

static void member_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	struct member *member = (struct member *)(void *)client;
	const struct transport *net = &member->net;
	bool writes = member->lagging || member->finishing;
	if (!member->ended)
		port_want(&net->in, set, &member->ready);
	if (writes)
		port_want(&net->out, set, &member->ready);
	if (member->ended && !writes)
		transport_watch(net, set, &member->ready);
	pollset_wake(set, idle_deadline(member));
	if (member->finished)
		pollset_wake(set, now_ns + ACK_NS);
}

static void member_report(const struct client *client)
{
	const struct member *member = (const struct member *)(const void *)client;
	char name[48], line[160];
	struct text who = TEXT_IN(name);
	struct text out = TEXT_IN(line);
	struct note note;
	text_printf(&who, "client %u", member->number);
	text_printf(&out, "state: %s: %s, %llu messages missed\n", name,
		    member->lagging ? "has still to get some" : "has all",
		    (unsigned long long)member->missed);
	note_start(&note, "state", "%s", name);
	note_text(&note, "member", name);
	note_bool(&note, "lagging", member->lagging);
	note_number(&note, "missed", (int64_t)member->missed);
	console_report(member->broker->run->console, &note, line);
}

static int64_t member_quiet_since(const struct client *client)
{
	const struct member *member = (const struct member *)(const void *)client;
	return member->ended && !member->err ? member->heard_ns : NEVER;
}

/* A member that is still there learns that this is no end. */
static void member_let_go(struct client *client)
{
	struct member *member = (struct member *)(void *)client;
	console_status(member->broker->run->console,
		       "client %u, which had ended its side, was let go for lack of descriptors",
		       member->number);
	broker_break_off(member);
}

static void member_close(struct client *client, struct fault *fault)
{
	struct member *member = (struct member *)(void *)client;
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
	broker->ended -= member->ended;
	broker_let_go(member);
	if (member->err && member->err != EPIPE && member->err != ECONNRESET)
		console_status(broker->run->console, "client %u has broken off: %s", member->number,
			       member->net.words ? member->net.words->reason
						 : errno_words(member->err));
	transport_close(&member->net);
	chat_left(member);
	free(member->line);
	free(member);
}

struct client *client_member(struct broker *broker, const struct transport *net,
			     const struct addr *peer, struct fault *fault)
{
	static const struct client_ops ops = {member_advance,     member_want,   member_report,
					      member_quiet_since, member_let_go, member_close};
	struct member *member = calloc(1, sizeof(*member));
	if (!member) {
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
		struct transport own = *net;
		transport_close(&own);
		return NULL;
	}
	member->client.ops = &ops;
	member->broker = broker;
	member->net = *net;
	member->number = ++broker->last_number;
	member->took_ns = member->heard_ns = clock_now();
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

/* Whether somebody has fallen far behind who has missed nothing yet. */
static bool is_far_behind(const struct broker *broker)
{
	const struct member *member = broker->log.bytes > MESSAGES_BYTES / 2 ? broker->members
									     : NULL;
	while (member && !(member->lagging && member->missed == 0))
		member = member->next;
	return member;
}

/* Whether stdin waits: with --send-only for the first subscriber, who is to have the beginning;
 * else for members that have fallen behind, a while. */
static bool local_waits(struct broker *broker, int64_t now_ns)
{
	if (broker->config->relay.send_only && broker->last_number == 0)
		return true;
	if (!is_far_behind(broker)) {
		broker->patient_until_ns = 0;
		return false;
	}
	if (broker->patient_until_ns == 0)
		broker->patient_until_ns = now_ns + PATIENCE_NS;
	return now_ns < broker->patient_until_ns;
}

/* stdin has ended, or failed with ERR. */
static int local_ended(struct broker *broker, int err, struct fault *fault)
{
	broker->local_over = true;
	broker->ending = broker->config->relay.send_only;
	if (err == 0 || !broker->ending)
		return 0;
	return fault_errno(fault, STEP_INPUT, err, "read standard input");
}

int broker_advance(struct broker *broker, int64_t now_ns, struct fault *fault)
{
	size_t len = 0;
	if (broker->local_over || !broker->local_ready || local_waits(broker, now_ns))
		return 0;
	broker->local_ready = broker->local.in.eager;
	switch (transport_recv(&broker->local, broker->buffer, sizeof(broker->buffer), &len)) {
	case IO_DONE:
		if (broker->announced.dump)
			dump_moved(&broker->announced, broker->buffer, len, clock_now());
		broker_say(broker, NULL, broker->buffer, len);
		return 1;
	case IO_AGAIN:
		broker->local_ready = false;
		return 0;
	case IO_EOF:
		return local_ended(broker, 0, fault) == 0 ? 1 : -1;
	default:
		return local_ended(broker, broker->local.err, fault);
	}
}

bool broker_is_ending(const struct broker *broker)
{
	return broker && broker->ending;
}

void broker_want(struct broker *broker, struct pollset *set, int64_t now_ns)
{
	if (broker->local_over)
		return;
	if (local_waits(broker, now_ns))
		pollset_wake(set, broker->patient_until_ns ? broker->patient_until_ns : NEVER);
	else if (!broker->local_ready)
		port_want(&broker->local.in, set, &broker->local_ready);
	else
		pollset_wake(set, now_ns);
}

bool broker_is_late(const struct broker *broker, int64_t now_ns, struct fault *fault)
{
	const struct run *run = broker->run;
	if (broker->count == 0 || now_ns < run->deadline_ns)
		return false;
	run_deadline_fault(run, fault, "broker with %zu client%s", broker->count,
			   broker->count == 1 ? "" : "s");
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
