/* The relay: when its directions end, and what follows from that. */
#include "relay/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport.h"
#include "relay/progress.h"
#include "relay/relay_explain.h"
#include "relay/relay_icmp.h"
#include "relay/telnet_replies.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* How often --send-only looks whether the peer's kernel has acknowledged everything: nothing tells
 * of it. */
#define LINGER_NS (10 * NS_PER_MS)

/* The first failure is the one that is told. */
static bool first_fault(const struct relay *relay)
{
	return !fault_is_set(relay->fault);
}

static void note_eof(const struct relay *relay, const char *side, uint64_t bytes)
{
	struct note note;
	if (!trace_shows(relay->run->trace, 2))
		return;
	note_start(&note, "eof", "end of file from %s after %llu bytes", side,
		   (unsigned long long)bytes);
	note_text(&note, "side", side);
	note_number(&note, "bytes", (int64_t)bytes);
	trace_note(relay->run->trace, &note);
}

static void in_failed(struct relay *relay)
{
	if (relay->in.read_err) {
		if (relay->local_name)
			relay_socket_failed(relay, relay->local, STEP_READ, relay->in.read_err);
		else if (first_fault(relay))
			fault_errno(relay->fault, STEP_INPUT, relay->in.read_err,
				    "read standard input");
		relay_close_by(relay, RELAY_END_INPUT);
		relay->over = true;
		return;
	}
	relay_socket_failed(relay, relay->net, STEP_WRITE, relay->in.write_err);
	/* What had arrived before the reset is still delivered. */
	pump_drain(&relay->out);
}

static void finish_net(struct relay *relay)
{
	pump_finish(&relay->in);
	if (relay->replies)
		relay->replies->closed = true;
}

/* stdin has ended and all of it is sent. */
static void in_done(struct relay *relay, int64_t now_ns)
{
	relay_close_by(relay, relay->local_is_program ? RELAY_END_PROGRAM : RELAY_END_STDIN);
	note_eof(relay, relay->local_is_program ? "program" : "stdin", relay->in.bytes);
	if (!relay->config->no_shutdown)
		finish_net(relay);
	relay->quit_at_ns = deadline_after(now_ns, relay->config->quit_ns);
	relay->lingering = relay->config->send_only;
}

static void out_failed(struct relay *relay)
{
	if (relay->out.write_err) {
		if (relay->local_name)
			relay_socket_failed(relay, relay->local, STEP_WRITE, relay->out.write_err);
		else if (first_fault(relay))
			fault_errno(relay->fault, STEP_OUTPUT, relay->out.write_err,
				    "write standard output");
		relay_close_by(relay, RELAY_END_STDOUT);
		relay->over = true;
		return;
	}
	relay_socket_failed(relay, relay->net, STEP_READ, relay->out.read_err);
	pump_end(&relay->in);
	relay->over = true;
}

/* The peer has said all, and it is written. */
static void out_done(struct relay *relay)
{
	bool limit = relay->config->recv_limit > 0 &&
		     relay->out.reads >= (uint64_t)relay->config->recv_limit;
	if (first_fault(relay))
		relay_close_by(relay, limit                ? RELAY_END_LIMIT
				      : relay->out.closing ? RELAY_END_QUIT
							   : RELAY_END_PEER);
	if (limit || relay->out.closing) {
		relay->over = true;
		return;
	}
	relay->peer_eof = true;
	note_eof(relay, "peer", relay->out.bytes);
	pump_finish(&relay->out);
	if (relay->config->exit_on_eof || relay->local->terminal)
		pump_end(&relay->in);
}

static bool relay_reads_stdin(const struct relay *relay)
{
	return !relay->config->no_stdin && !relay->config->recv_only;
}

/* A program that has ended, or closed its input, is no failure: nothing more is read from it, or
 * written to it. */
static void forgive_program(struct relay *relay)
{
	struct pump *in = &relay->in;
	struct pump *out = &relay->out;
	if (in->state == PUMP_FAILED && in->read_err == ECONNRESET)
		pump_stop(in);
	if (out->state == PUMP_FAILED &&
	    (out->write_err == EPIPE || out->write_err == ECONNRESET)) {
		pump_stop(out);
		relay->out_reported = true;
	}
}

/* Deal with a pump that has come to its end, once. */
static void settle(struct relay *relay, int64_t now_ns)
{
	struct pump *in = &relay->in;
	struct pump *out = &relay->out;

	if (relay->local_is_program)
		forgive_program(relay);
	if (in->state == PUMP_FAILED && !relay->in_reported &&
	    relay_forgives(relay, in, in->write_err))
		return;
	if (out->state == PUMP_FAILED && !relay->out_reported &&
	    relay_forgives(relay, out, out->read_err))
		return;
	if (pump_is_over(in) && !relay->in_reported) {
		relay->in_reported = true;
		if (in->state == PUMP_FAILED)
			in_failed(relay);
		else if (relay_reads_stdin(relay))
			in_done(relay, now_ns);
	}
	if (pump_is_over(out) && !relay->out_reported) {
		relay->out_reported = true;
		if (out->state == PUMP_FAILED)
			out_failed(relay);
		else
			out_done(relay);
	}
	bool finishing = pump_is_finishing(in) || pump_is_finishing(out);
	if (pump_is_over(in) && pump_is_over(out) && !pump_owes_replies(in) && !finishing)
		relay->over = true;
	if (relay->lingering && !finishing &&
	    (relay->net->packets || relay_unacknowledged(relay) == 0))
		relay->over = true;
}

static void want(struct pump *pump, struct pollset *set, int64_t now_ns)
{
	if (pump_wants_from(pump))
		port_want(&pump->from->in, set, &pump->from_ready);
	if (pump_wants_to(pump, now_ns))
		port_want(&pump->to->out, set, &pump->to_ready);
}

/* A peer that has ended its side may still reset, and nothing else looks at its socket while the
 * other side is silent. */
static bool is_silent(const struct pump *from_peer, const struct pump *to_peer)
{
	return pump_is_over(from_peer) && !pump_is_over(to_peer);
}

/* The watch has fired.  Without an error it is a Unix peer that has closed both ways: nobody is
 * left to send to, which is an end like any other when nothing was under way. */
static void look_at_socket(struct relay *relay, const struct transport *transport,
			   const struct pump *to_peer)
{
	relay->over = true;
	if (transport == relay->local && relay->local_is_program) {
		pump_stop(&relay->out);
		return;
	}
	int err = transport_take_error(transport);
	if (err != 0 || pump_pending(to_peer) > 0)
		relay_socket_failed(relay, transport, STEP_WRITE, err ? err : EPIPE);
}

/* ---- deadlines and waits ---- */

static int64_t idle_deadline(const struct relay *relay)
{
	int64_t moved = relay->in.moved_ns > relay->out.moved_ns ? relay->in.moved_ns
								 : relay->out.moved_ns;
	return deadline_after(moved, relay->config->idle_ns);
}

static int64_t next_deadline(const struct relay *relay, int64_t now_ns)
{
	int64_t next = deadline_min(relay->run->deadline_ns, idle_deadline(relay));
	if (!relay->out.closing)
		next = deadline_min(next, relay->quit_at_ns);
	if (relay->in.resume_ns > now_ns)
		next = deadline_min(next, relay->in.resume_ns);
	if (relay->out.resume_ns > now_ns)
		next = deadline_min(next, relay->out.resume_ns);
	if (relay->config->services->progress)
		next = deadline_min(next, relay->config->services->progress->due_ns);
	if (relay->lingering)
		next = deadline_min(next, now_ns + LINGER_NS);
	return next;
}

static void check_deadlines(struct relay *relay, int64_t now_ns)
{
	if (now_ns >= relay->run->deadline_ns)
		relay_end_deadline(relay);
	else if (now_ns >= idle_deadline(relay))
		relay_end_idle(relay);
	else if (now_ns >= relay->quit_at_ns)
		pump_drain(&relay->out);
}

void relay_want(struct relay *relay, struct pollset *set, int64_t now_ns)
{
	relay->asked = pump_wants_from(&relay->out);
	want(&relay->out, set, now_ns);
	want(&relay->in, set, now_ns);
	if (is_silent(&relay->out, &relay->in))
		transport_watch(relay->net, set, &relay->net_watched);
	if (relay->local_name && is_silent(&relay->in, &relay->out))
		transport_watch(relay->local, set, &relay->local_watched);
	/* A pump that drains has what there was when poll finds nothing more to read. */
	pollset_wake(set,
		     relay->out.closing && relay->asked ? now_ns : next_deadline(relay, now_ns));
}

/* What the wait has brought, apart from data. */
static void after_wait(struct relay *relay)
{
	if (relay->out.closing && relay->asked && !relay->out.from_ready)
		pump_end(&relay->out);
	relay->asked = false;
	if (relay->net_watched)
		look_at_socket(relay, relay->net, &relay->in);
	if (relay->local_watched)
		look_at_socket(relay, relay->local, &relay->out);
	relay->net_watched = false;
	relay->local_watched = false;
}

/* Before a wait, the pumps try for a while what poll would tell them.  A trace of the data path is
 * not filled with that, and of data that is thrown away the more is dealt with at a time the longer
 * it is left. */
static bool try_again(struct relay *relay, bool moved, int64_t now_ns)
{
	if (moved && relay->out.lane == LANE_DISCARD && relay->out.moved_ns > relay->in.moved_ns)
		return false;
	if (trace_shows(relay->run->trace, 3) || relay->over ||
	    !spin_again(&relay->spin, moved, now_ns))
		return false;
	pump_retry(&relay->out);
	pump_retry(&relay->in);
	return true;
}

/* A dump that is not whole is worth nothing: the relay ends with it. */
static void flush_dump(struct relay *relay)
{
	struct fault fault;
	if (dump_flush(relay->config->services->dump, &fault) == 0)
		return;
	if (first_fault(relay))
		*relay->fault = fault;
	relay_close_by(relay, RELAY_END_DUMP);
	relay->over = true;
}

static void report_progress(struct relay *relay, int64_t now_ns)
{
	struct progress *progress = relay->config->services->progress;
	if (!progress)
		return;
	progress_moved(progress, relay->in.bytes - relay->sent, relay->out.bytes - relay->received,
		       now_ns);
	relay->sent = relay->in.bytes;
	relay->received = relay->out.bytes;
}

bool relay_advance(struct relay *relay, int64_t now_ns)
{
	after_wait(relay);
	if (!relay->over)
		check_deadlines(relay, now_ns);
	if (relay->over)
		return true;
	bool moved = pump_step(&relay->out, now_ns);
	moved |= pump_step(&relay->in, now_ns);
	report_progress(relay, now_ns);
	settle(relay, now_ns);
	moved |= try_again(relay, moved, now_ns);
	if (!moved || relay->over)
		flush_dump(relay);
	return moved;
}

bool relay_is_plain(const struct relay_config *config)
{
	bool bounded = config->quit_ns != NEVER || config->idle_ns != NEVER ||
		       config->interval_ns > 0 || config->rate > 0 || config->recv_limit > 0;
	bool one_way = config->no_stdin || config->send_only || config->recv_only;
	return !bounded && !one_way && !config->no_shutdown && !config->exit_on_eof &&
	       !config->crlf && !config->telnet && !config->stats;
}

static void make_replies(struct relay *relay)
{
	if (!relay->config->telnet)
		return;
	relay->replies = calloc(1, sizeof(*relay->replies));
	if (relay->replies)
		return;
	fault_errno(relay->fault, STEP_LOCAL, errno, "relay with %s", relay->peer);
	relay->over = true;
}

void relay_open(struct relay *relay, int64_t now_ns)
{
	const struct relay_config *config = relay->config;
	const struct relay_services *services = config->services;
	bool see_data = trace_shows(relay->run->trace, 3);
	make_replies(relay);
	struct pump_config in = {.buffers = services->buffers,
				 .see_data = see_data,
				 .crlf = config->crlf,
				 .interval_ns = config->interval_ns,
				 .rate = config->rate,
				 .replies = relay->replies,
				 .sent = {services->dump, '>', relay->tag, relay->net, 0}};
	struct pump_config out = {.buffers = services->buffers,
				  .see_data = see_data,
				  .discard = config->send_only,
				  .limit = config->recv_limit,
				  .rate = config->rate,
				  .telnet = relay->replies,
				  .received = {services->dump, '<', relay->tag, relay->net, 0}};

	pump_open(&relay->in, relay->local, relay->net, &in, now_ns);
	pump_open(&relay->out, relay->net, relay->local, &out, now_ns);
	relay->quit_at_ns = NEVER;
	relay->start_ns = now_ns;
	if (services->progress)
		progress_begin(services->progress, now_ns);
	if (!relay_reads_stdin(relay))
		pump_stop(&relay->in);
}

void relay_abort(const struct relay *relay)
{
	if (relay->net->packets)
		return;
	transport_abort(relay->net);
	transport_abort(relay->local);
}

void relay_close(struct relay *relay)
{
	pump_close(&relay->in);
	pump_close(&relay->out);
	free(relay->replies);
	relay->replies = NULL;
}
