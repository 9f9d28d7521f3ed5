/* What is due at the ends of a relay. */
#include "relay/ends.h"

#include "base/clock.h"

/* A peer that takes a half-close for a hang-up is silent for this long before it gets one. */
#define SILENCE_NS (2 * NS_PER_SEC)
/* A peer that ends so soon after our shutdown may have ended because of it. */
#define HANGUP_NS NS_PER_SEC
/* Time for standard input to end after the reader of standard output has gone: programs close the
 * two one after the other, as git does. */
#define CLOSING_NS (100 * NS_PER_MS)
/* Time for the peer's kernel to acknowledge what was sent, once nobody waits for an answer. */
#define ACKNOWLEDGE_NS NS_PER_SEC
/* How often it is asked whether all is acknowledged: nothing reports it. */
#define ASK_NS (10 * NS_PER_MS)
/* Time for a reader of standard output that takes nothing, once the peer has reset. */
#define STUCK_NS NS_PER_SEC

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct ends_due at_once(enum ends_action action)
{
	return (struct ends_due){.action = action, .wake_ns = NEVER};
}

/* ACTION when its time has come, and a wake-up until then. */
static struct ends_due at(enum ends_action action, int64_t when_ns, int64_t now_ns)
{
	if (when_ns <= now_ns)
		return at_once(action);
	return (struct ends_due){.action = ENDS_GO_ON, .wake_ns = when_ns};
}

/* Whether all is acknowledged is asked again and again, until UNTIL_NS. */
static struct ends_due ask_until(int64_t until_ns, enum ends_action action, int64_t now_ns)
{
	if (until_ns <= now_ns)
		return at_once(action);
	return (struct ends_due){.wake_ns = deadline_min(until_ns, now_ns + ASK_NS)};
}

/* What had come before the reset is still written to stdout, as long as its reader takes it. */
static struct ends_due after_reset(const struct ends *ends, int64_t now_ns)
{
	if (ends->connections || ends->peer_over || ends->reader_gone)
		return at_once(ENDS_BREAK);
	return at(ENDS_BREAK, later(ends->reset_ns, ends->received_ns) + STUCK_NS, now_ns);
}

static struct ends_due without_reader(const struct ends *ends, int64_t now_ns)
{
	if (ends->input == INPUT_NONE || (ends->input == INPUT_OPEN && ends->terminal))
		return at_once(ENDS_BROKEN_PIPE);
	if (ends->input == INPUT_OPEN)
		return at(ENDS_BROKEN_PIPE, ends->reader_gone_ns + CLOSING_NS, now_ns);
	if (!ends->packets && ends->unacknowledged)
		return ask_until(later(ends->reader_gone_ns, ends->input_ended_ns) + ACKNOWLEDGE_NS,
				 ENDS_BROKEN_PIPE, now_ns);
	return at_once(ENDS_UNWANTED);
}

/* --send-only is over when the peer's kernel has it all. */
static struct ends_due after_sending(const struct ends *ends, int64_t now_ns)
{
	if (ends->input == INPUT_NONE || ends->packets || !ends->unacknowledged)
		return at_once(ENDS_WELL);
	return ask_until(NEVER, ENDS_WELL, now_ns);
}

/* When -q or -w 0 ends the relay; NEVER. */
static int64_t quit_at(const struct ends *ends)
{
	int64_t after_ns = ends->waitless ? 0 : ends->quit_ns;
	if (ends->input == INPUT_ENDED)
		return deadline_after(ends->input_ended_ns, after_ns);
	if (ends->input == INPUT_NONE && (ends->null_input || ends->waitless))
		return deadline_after(ends->start_ns, after_ns);
	return NEVER;
}

enum ends_wait ends_wait(const struct ends *ends)
{
	if (ends->at_once || ends->packets || ends->send_only)
		return WAIT_NONE;
	if (ends->request && !ends->connections)
		return WAIT_REQUEST;
	return ends->proxied ? WAIT_PROXY : WAIT_NONE;
}

/* Whether there is nothing left to shut down: an end of ours is told even to a peer that has ended
 * before. */
static bool is_shut(const struct ends *ends)
{
	return ends->input != INPUT_ENDED || ends->no_shutdown || ends->shut_ns;
}

/* When the write side is shut down; NEVER. */
static int64_t shut_down_at(const struct ends *ends)
{
	if (is_shut(ends))
		return NEVER;
	int64_t quiet_ns = later(ends->received_ns, ends->input_ended_ns) + SILENCE_NS;
	switch (ends_wait(ends)) {
	case WAIT_REQUEST:
		return ends->answered ? quiet_ns : NEVER;
	case WAIT_PROXY:
		return later(quiet_ns, ends->sent_ns + SILENCE_NS);
	case WAIT_NONE:
		break;
	}
	return ends->input_ended_ns;
}

static struct ends_due after_input(const struct ends *ends, int64_t now_ns)
{
	struct ends_due quit = at(ENDS_TAKE_REST, quit_at(ends), now_ns);
	struct ends_due shut = at(ENDS_SHUT_DOWN, shut_down_at(ends), now_ns);
	/* The end is sent first, where both are due. */
	struct ends_due first = quit.action == ENDS_GO_ON || shut.action != ENDS_GO_ON ? shut
										       : quit;
	if (first.action == ENDS_GO_ON)
		first.wake_ns = deadline_min(quit.wake_ns, shut.wake_ns);
	return first;
}

struct ends_due ends_due(const struct ends *ends, int64_t now_ns)
{
	bool sent = ends->input != INPUT_OPEN;
	if (ends->reset)
		return after_reset(ends, now_ns);
	if (ends->reader_gone && !ends->send_only && !ends->connections)
		return without_reader(ends, now_ns);
	if (sent && ends->peer_over)
		return at_once(is_shut(ends) ? ENDS_WELL : ENDS_SHUT_DOWN);
	struct ends_due due = after_input(ends, now_ns);
	if (due.action == ENDS_GO_ON && sent && ends->send_only)
		return after_sending(ends, now_ns);
	return due;
}

bool ends_is_hangup(const struct ends *ends, int64_t now_ns)
{
	return ends->shut_ns && !ends->connections && !ends->packets &&
	       now_ns - ends->shut_ns <= HANGUP_NS && ends->received_ns <= ends->shut_ns;
}

bool ends_cuts_off(const struct ends *ends)
{
	return ends->input == INPUT_OPEN && !ends->terminal && !ends->connections &&
	       !ends->keeps_turn;
}

enum ends_found ends_judge_watch(const struct ends_watch *watch)
{
	if (watch->program)
		return watch->data_from_it ? FOUND_UNREAD : FOUND_OVER;
	if (watch->error || watch->data_for_it)
		return FOUND_BREAK;
	return watch->data_from_it || watch->input ? FOUND_NOTHING : FOUND_OVER;
}
