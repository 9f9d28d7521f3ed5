/* What is due in a relay, and when.  What is told of it then is in relay_explain.c. */
#include "relay/relay_due.h"

#include <errno.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/run.h"
#include "net/transport.h"
#include "relay/progress.h"
#include "relay/relay.h"
#include "relay/relay_explain.h"
#include "relay/telnet_replies.h"
#include "trace/console.h"

/* ---- deadlines ---- */

static int64_t last_moved(const struct relay *relay)
{
	return relay->in.moved_ns > relay->out.moved_ns ? relay->in.moved_ns : relay->out.moved_ns;
}

/* With -w 0 there is none: nothing is waited for. */
static int64_t idle_deadline(const struct relay *relay)
{
	return relay->config->idle_ns > 0
		       ? deadline_after(last_moved(relay), relay->config->idle_ns)
		       : NEVER;
}

int64_t relay_next_deadline(const struct relay *relay, int64_t now_ns)
{
	int64_t next = deadline_min(relay->run->deadline_ns, idle_deadline(relay));
	next = deadline_min(next, relay->due_ns);
	if (relay->in.resume_ns > now_ns)
		next = deadline_min(next, relay->in.resume_ns);
	if (relay->out.resume_ns > now_ns)
		next = deadline_min(next, relay->out.resume_ns);
	if (relay->config->services->progress)
		next = deadline_min(next, relay->config->services->progress->due_ns);
	return next;
}

void relay_check_deadlines(struct relay *relay, int64_t now_ns)
{
	if (now_ns >= relay->run->deadline_ns)
		relay_end_deadline(relay);
	else if (now_ns >= idle_deadline(relay))
		relay_end_idle(relay);
}

/* ---- the ends ---- */

static enum ends_input input_of(const struct relay *relay)
{
	if (relay->config->no_stdin || relay->config->recv_only)
		return INPUT_NONE;
	return relay->in.state == PUMP_DONE ? INPUT_ENDED : INPUT_OPEN;
}

/* Whether it has to be asked what the peer has acknowledged. */
static bool needs_acknowledged(const struct relay *relay)
{
	return relay->ends.input == INPUT_ENDED && !relay->ends.packets &&
	       (relay->ends.send_only || relay->ends.reader_gone);
}

static void gather(struct relay *relay)
{
	struct ends *ends = &relay->ends;
	int64_t received_ns = relay->out.moved_ns;
	ends->input = input_of(relay);
	ends->peer_over = pump_is_over(&relay->out);
	ends->answered = relay->out.reads > 0;
	ends->received_ns = received_ns > relay->stirred_ns ? received_ns : relay->stirred_ns;
	ends->sent_ns = relay->in.moved_ns;
	ends->unacknowledged = needs_acknowledged(relay) && relay_unacknowledged(relay) > 0;
}

/* Whether the silence of the peer is our own: data of it waits for stdout, or what was sent has not
 * arrived. */
static bool is_under_way(const struct relay *relay)
{
	return pump_pending(&relay->out) > 0 || relay_unread(relay) > 0 ||
	       (relay->ends.proxied && relay_unacknowledged(relay) > 0);
}

static void shut_down(struct relay *relay, int64_t now_ns)
{
	if (ends_wait(&relay->ends) != WAIT_NONE && !relay->ends.peer_over && is_under_way(relay)) {
		relay->stirred_ns = now_ns;
		relay->due_ns = now_ns;
		return;
	}
	relay->ends.shut_ns = now_ns;
	relay_close_by(relay, relay->local_is_program ? RELAY_END_PROGRAM : RELAY_END_STDIN);
	pump_finish(&relay->in);
	if (relay->replies)
		relay->replies->closed = true;
}

/* The relay ends before the peer does, and nobody is told but with -v. */
static void end_unwanted(struct relay *relay)
{
	relay_close_by(relay, RELAY_END_STDOUT);
	console_status(relay->run->console,
		       "the reader of standard output has gone, and all of standard input is sent: "
		       "that is the end");
	*relay->fault = (struct fault){.step = STEP_READER, .status = STATUS_OK};
	relay->over = true;
}

static void end_broken_pipe(struct relay *relay)
{
	relay_close_by(relay, RELAY_END_STDOUT);
	if (!fault_is_set(relay->fault))
		fault_errno(relay->fault, STEP_OUTPUT, EPIPE, "write standard output");
	relay->over = true;
}

/* The reset is told at once, although stdout is stuck. */
static void report_break(struct relay *relay)
{
	if (!relay->ends.reset || relay->fault->printed ||
	    (pump_pending(&relay->out) == 0 && relay_unread(relay) == 0))
		return;
	fault_explain(relay->fault);
	console_fault(relay->run->console, relay->fault);
	relay->fault->printed = true;
}

/* Whether something is still to be written behind all data. */
static bool is_finishing(const struct relay *relay)
{
	return pump_owes_replies(&relay->in) || pump_is_finishing(&relay->in) ||
	       pump_is_finishing(&relay->out);
}

static void act(struct relay *relay, enum ends_action action, int64_t now_ns)
{
	switch (action) {
	case ENDS_GO_ON:
		report_break(relay);
		break;
	case ENDS_SHUT_DOWN:
		shut_down(relay, now_ns);
		break;
	case ENDS_TAKE_REST:
		pump_drain(&relay->out);
		break;
	case ENDS_WELL:
		relay->over = !is_finishing(relay);
		break;
	case ENDS_UNWANTED:
		end_unwanted(relay);
		break;
	case ENDS_BROKEN_PIPE:
		end_broken_pipe(relay);
		break;
	case ENDS_BREAK:
		relay->over = true;
		break;
	}
}

/* An end that is handed on to a proxy waits as our own would. */
static void hand_on(struct relay *relay, int64_t now_ns)
{
	struct ends *handed = &relay->handed;
	if (!handed->proxied || handed->input != INPUT_ENDED || handed->shut_ns)
		return;
	handed->received_ns = relay->in.moved_ns;
	handed->sent_ns = relay->out.moved_ns;
	struct ends_due due = ends_due(handed, now_ns);
	relay->due_ns = deadline_min(relay->due_ns, due.wake_ns);
	if (due.action != ENDS_SHUT_DOWN)
		return;
	handed->shut_ns = now_ns;
	pump_finish(&relay->out);
}

void relay_see_to_ends(struct relay *relay, int64_t now_ns)
{
	const struct ends *ends = &relay->ends;
	bool flows = !pump_is_over(&relay->in) && !pump_is_over(&relay->out);
	relay->due_ns = NEVER;
	if (relay->over || (flows && !ends->reader_gone && !ends->reset))
		return;
	gather(relay);
	struct ends_due due = ends_due(ends, now_ns);
	relay->due_ns = due.wake_ns;
	act(relay, due.action, now_ns);
	/* After the shutdown something else may be due. */
	if (due.action == ENDS_SHUT_DOWN && ends->shut_ns) {
		due = ends_due(ends, now_ns);
		relay->due_ns = due.wake_ns;
		act(relay, due.action, now_ns);
	}
	if (!relay->over)
		hand_on(relay, now_ns);
}

void relay_reader_gone(struct relay *relay, int64_t now_ns)
{
	if (relay->ends.reader_gone)
		return;
	relay->ends.reader_gone = true;
	relay->ends.reader_gone_ns = now_ns;
	pump_stop(&relay->out);
	relay->out_reported = true;
	/* What stdin has, its end perhaps, decides how this ends. */
	pump_retry(&relay->in);
}

void relay_broken(struct relay *relay, int64_t now_ns)
{
	relay->ends.reset = true;
	relay->ends.reset_ns = now_ns;
	pump_drain(&relay->out);
}
