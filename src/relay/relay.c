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
#include "relay/relay_due.h"
#include "relay/relay_explain.h"
#include "relay/relay_icmp.h"
#include "relay/relay_watch.h"
#include "relay/telnet_replies.h"
#include "trace/sys.h"
#include "trace/trace.h"

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
	note_text(&note, "peer", relay->address);
	note_connection(&note, transport_socket(relay->net));
	note_end(&note, relay->start_ns);
	trace_note(relay->run->trace, &note);
}

static void in_failed(struct relay *relay, int64_t now_ns)
{
	if (relay->in.read_err && relay->local_name) {
		relay_socket_failed(relay, relay->local, STEP_READ, relay->in.read_err);
		relay_broken(relay, now_ns);
		return;
	}
	if (relay->in.read_err) {
		if (first_fault(relay))
			fault_errno(relay->fault, STEP_INPUT, relay->in.read_err,
				    "read standard input");
		relay_close_by(relay, RELAY_END_INPUT);
		relay->over = true;
		return;
	}
	relay_socket_failed(relay, relay->net, STEP_WRITE, relay->in.write_err);
	relay_broken(relay, now_ns);
}

/* stdin has ended and all of it is sent. */
static void in_done(struct relay *relay, int64_t now_ns)
{
	relay->ends.input_ended_ns = now_ns;
	relay->ends.request = relay->request.verdict == HTTP_REQUEST;
	note_eof(relay, relay->local_is_program ? "program" : "stdin", relay->in.bytes);
	if (relay->config->no_shutdown)
		relay_close_by(relay,
			       relay->local_is_program ? RELAY_END_PROGRAM : RELAY_END_STDIN);
	else if (!pump_is_over(&relay->out))
		relay_report_wait(relay);
}

/* Whether a write to stdout has failed as nobody reads it any more. */
static bool is_unread(const struct relay *relay)
{
	const struct pump *out = &relay->out;
	return !relay->local_name &&
	       (out->write_err == EPIPE ||
		(out->write_err == EIO && relay->local->out.kind == PORT_TERMINAL));
}

static void out_failed(struct relay *relay, int64_t now_ns)
{
	if (is_unread(relay)) {
		relay_reader_gone(relay, now_ns);
		return;
	}
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

/* The end of the peer is handed on: at once, but to a proxy. */
static void finish_local(struct relay *relay, int64_t now_ns)
{
	relay->handed.input = INPUT_ENDED;
	relay->handed.input_ended_ns = now_ns;
	if (!relay->handed.proxied)
		pump_finish(&relay->out);
}

/* The peer has said all, and it is written. */
static void out_done(struct relay *relay, int64_t now_ns)
{
	if (relay->ends.reset)
		return;
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
	relay_report_hangup(relay, now_ns);
	finish_local(relay, now_ns);
	if (relay->ends.keeps_turn)
		relay_probe_peer(relay);
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
			in_failed(relay, now_ns);
		else if (relay_reads_stdin(relay))
			in_done(relay, now_ns);
	}
	if (pump_is_over(out) && !relay->out_reported) {
		relay->out_reported = true;
		if (out->state == PUMP_FAILED)
			out_failed(relay, now_ns);
		else
			out_done(relay, now_ns);
	}
	if (!relay->over)
		relay_see_to_ends(relay, now_ns);
}

static void want(struct pump *pump, struct pollset *set, int64_t now_ns)
{
	if (pump_wants_from(pump))
		port_want(&pump->from->in, set, &pump->from_ready);
	if (pump_wants_to(pump, now_ns))
		port_want(&pump->to->out, set, &pump->to_ready);
}

void relay_want(struct relay *relay, struct pollset *set, int64_t now_ns)
{
	relay->asked = pump_wants_from(&relay->out);
	relay->asked_input = pump_wants_from(&relay->in);
	want(&relay->out, set, now_ns);
	want(&relay->in, set, now_ns);
	relay_watch(relay, set, now_ns);
	/* A pump that drains has what there was when poll finds nothing more to read. */
	bool looks = (relay->out.closing && relay->asked) ||
		     (relay->in.closing && relay->asked_input);
	pollset_wake(set, looks ? now_ns : relay_next_deadline(relay, now_ns));
}

/* What the wait has brought, apart from data. */
static void after_wait(struct relay *relay, int64_t now_ns)
{
	if (relay->out.closing && relay->asked && !relay->out.from_ready)
		pump_end(&relay->out);
	if (relay->in.closing && relay->asked_input && !relay->in.from_ready)
		pump_end(&relay->in);
	relay->asked = false;
	relay->asked_input = false;
	relay_check_watches(relay, now_ns);
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
	after_wait(relay, now_ns);
	if (!relay->over)
		relay_check_deadlines(relay, now_ns);
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

/* What was asked for, as far as the ends are concerned. */
static void open_ends(struct relay *relay, int64_t now_ns)
{
	const struct relay_config *config = relay->config;
	struct ends *ends = &relay->ends;
	ends->no_shutdown = config->no_shutdown;
	ends->at_once = config->shut_at_once;
	ends->send_only = config->send_only;
	ends->keeps_turn = relay->local->keep_out;
	ends->waitless = config->idle_ns == 0;
	ends->quit_ns = config->quit_ns;
	ends->connections = relay->local_name != NULL;
	ends->packets = relay->net->packets;
	ends->null_input = relay->local->idle_input;
	ends->terminal = relay->local->terminal;
	ends->start_ns = now_ns;
	relay->handed.connections = true;
	relay->handed.quit_ns = NEVER;
}

/* Whether what is sent first is looked at: only who connects makes requests. */
static bool scans_request(const struct relay *relay)
{
	const struct relay_config *config = relay->config;
	return relay->calls && relay_reads_stdin(relay) && !relay->local_name &&
	       !relay->net->packets && !config->no_shutdown && !config->shut_at_once &&
	       !config->send_only;
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
				 .request = scans_request(relay) ? &relay->request : NULL,
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
	relay->start_ns = now_ns;
	relay->due_ns = NEVER;
	if (services->progress)
		progress_begin(services->progress, now_ns);
	open_ends(relay, now_ns);
	if (!relay_reads_stdin(relay))
		pump_stop(&relay->in);
	else if (relay->ends.waitless && relay->ends.terminal)
		pump_drain(&relay->in);
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
