/* How a relay ends that does not end by itself.  Evidence is stated as fact, and what follows from
 * it as inference. */
#include "relay/relay_explain.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "host/egress.h"
#include "host/tcp_state.h"
#include "net/run.h"
#include "net/transport.h"
#include "proto/health.h"
#include "proto/icmp.h"
#include "relay/relay.h"
#include "relay/relay_icmp.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A reset that comes so soon, before any data, is the server's answer to the connection itself. */
#define AT_ONCE_NS NS_PER_SEC
/* A connection that nobody has used for so long may have been forgotten on the way. */
#define QUIET_NS (5 * NS_PER_SEC)

/* A peer that has ended its side and keeps its turn is looked for, so that a minute later it is
 * known to be gone.  The kernel of one that has closed acknowledges probes for 60 s (FIN_WAIT2,
 * tcp(7), tcp_fin_timeout): the second probe, at 62 s, is the one that is answered by a reset. */
#define PROBE_AFTER_S 31
#define PROBE_EACH_S 10
#define PROBES 3

/* One of the two connections that a relay may have, and what went over it. */
struct side {
	const struct transport *transport;
	const char *peer;
	uint64_t sent, received;
	int read_err;   /* of reading from it; 0 */
	bool had_ended; /* its peer has ended its side, by FIN */
};

static struct side side_of(const struct relay *relay, const struct transport *transport)
{
	bool net = transport == relay->net;
	const struct pump *to = net ? &relay->in : &relay->out;
	const struct pump *from = net ? &relay->out : &relay->in;
	return (struct side){.transport = transport,
			     .peer = net ? relay->peer : relay->local_name,
			     .sent = to->bytes,
			     .received = from->bytes,
			     .read_err = from->read_err,
			     .had_ended = net ? relay->peer_eof : from->state == PUMP_DONE};
}

int relay_unacknowledged(const struct relay *relay)
{
	int bytes = 0;
	if (relay->net->arrives ||
	    sys_ioctl_int(relay->run->trace, transport_socket(relay->net), SIOCOUTQ, &bytes) != 0)
		return 0;
	return tcp_state_data(0, relay->net->finished, bytes);
}

const char *relay_peer_end(const struct relay *relay)
{
	const struct pump *out = &relay->out;
	int sent = relay->in.write_err;
	if (relay->net->reset || out->read_err == ECONNRESET || sent == ECONNRESET ||
	    (sent == EPIPE && out->read_err == 0))
		return relay->net->packets ? NULL : "RST";
	return relay->peer_eof && !relay->net->packets ? "FIN" : NULL;
}

/* What has come and waits unread counts as received: the peer has sent it. */
static bool read_facts(struct health_facts *facts, const struct relay *relay,
		       const struct side *side)
{
	struct tcp_state state;
	int unread = 0;
	if (side->transport->packets ||
	    !tcp_state_read(&state, relay->run->trace, transport_socket(side->transport),
			    side->transport->finished, true))
		return false;
	if (sys_ioctl_int(relay->run->trace, transport_socket(side->transport), SIOCINQ, &unread) !=
	    0)
		unread = 0;
	*facts = tcp_state_facts(&state, side->sent, side->received + (uint64_t)unread);
	return true;
}

/* ---- the connection breaks ---- */

static void put_when(struct text *out, const struct side *side, int64_t age_ns)
{
	text_printf(out, "%s after the connection was made, ", units_time(age_ns).chars);
	if (side->sent == 0 && side->received == 0)
		text_str(out, "before any data");
	else
		text_printf(out, "after %llu bytes from it and %llu to it",
			    (unsigned long long)side->received, (unsigned long long)side->sent);
}

/* A reset that answers what was sent after a long silence, when the peer had not ended its side. */
static bool is_forgotten(const struct health_facts *facts, const struct side *side)
{
	return facts->unacknowledged > 0 && !side->had_ended &&
	       facts->heard_ns - facts->stuck_ns >= QUIET_NS;
}

static void explain_reset(const struct relay *relay, struct side *side, struct fault *fault)
{
	char lines[sizeof(fault->detail)];
	struct text text = TEXT_IN(lines);
	struct health_facts facts;
	int64_t age_ns = clock_now() - relay->start_ns;

	if (!read_facts(&facts, relay, side))
		return;
	/* What had arrived before the reset can still be read. */
	side->received = facts.received;
	bool at_once = side->sent == 0 && side->received == 0 && age_ns < AT_ONCE_NS;
	bool forgotten = is_forgotten(&facts, side);
	text_str(&text, "a reset (RST) came from the peer, or in its name, ");
	put_when(&text, side, age_ns);
	if (at_once)
		text_str(&text, ": the server, or what stands in front of it, accepts and breaks "
				"off at once, as by access "
				"rules or for lack of what it needs");
	if (side->had_ended)
		text_str(&text, "\nit had ended its side before (FIN): what was sent after that, "
				"it refused");
	text_str(&text, facts.unacknowledged > 0 ? "\n" : "");
	if (!health_undelivered(&facts, &text) && side->sent > 0 && !side->had_ended)
		text_str(&text, "\nall that was sent had been acknowledged, but whether its "
				"program has read it is not known: "
				"to close with unread data resets, too");
	if (forgotten)
		text_printf(&text,
			    "\nit answers data that was sent after a silence of %s: the peer, "
			    "or a NAT or firewall on the way, may "
			    "have forgotten the connection, as after a restart",
			    units_time(facts.heard_ns - facts.stuck_ns).chars);
	fault_cause(fault,
		    at_once     ? CAUSE_RESET_AT_ONCE
		    : forgotten ? CAUSE_RESET_AFTER_SILENCE
				: CAUSE_RESET,
		    "%s", lines);
}

/* Judge FACTS of SIDE, and look for what is in the way on this host when data is stuck.  Returns
 * the trouble, or CAUSE_NONE. */
static enum cause judge(const struct relay *relay, const struct side *side,
			const struct health_facts *facts, struct text *out)
{
	enum health health = health_judge(facts, out);
	enum cause cause = health_cause(health);
	if (health != HEALTH_HELD && health != HEALTH_LOST && health != HEALTH_REJECTED &&
	    health != HEALTH_UNHEARD)
		return cause;
	text_char(out, '\n');
	enum cause local = egress_fault(out, relay->run->trace, transport_socket(side->transport));
	if (local)
		return local;
	out->len--;
	out->at[out->len] = '\0';
	if (health == HEALTH_HELD)
		text_str(out, "\nits routes and its link are in order: its firewall stops them, it "
			      "seems");
	return cause;
}

/* The kernel has given the connection up: its timers ran out, with ETIMEDOUT or with what an ICMP
 * error had said before. */
static void explain_lost(const struct relay *relay, const struct side *side, int err,
			 struct fault *fault)
{
	char lines[sizeof(fault->detail)];
	struct text text = TEXT_IN(lines);
	struct health_facts facts;
	enum cause cause = CAUSE_PATH_LOST;

	if (!read_facts(&facts, relay, side))
		return;
	facts.icmp = err == ETIMEDOUT ? 0 : err;
	if (facts.unacknowledged == 0) {
		text_str(&text,
			 "the peer stopped answering: its host did not answer keepalive probes");
	} else {
		enum cause judged = judge(relay, side, &facts, &text);
		cause = judged ? judged : cause;
		text_char(&text, '\n');
		health_undelivered(&facts, &text);
	}
	fault_cause(fault, cause, "%s", lines);
}

void relay_socket_failed(struct relay *relay, const struct transport *transport, enum step step,
			 int err)
{
	struct side side = side_of(relay, transport);
	bool datagram = relay->net->packets && err != ECONNRESET && err != EPIPE;
	if (fault_is_set(relay->fault))
		return;
	if (transport->words) {
		transport_explain(transport, relay->fault, step, "%s %s",
				  step == STEP_READ ? "receive from" : "send to", side.peer);
		relay_close_by(relay, RELAY_END_LOST);
		return;
	}
	/* The kernel tells the reason once, perhaps to the other direction; else it was a reset. */
	if (err == EPIPE)
		err = side.read_err ? side.read_err : ECONNRESET;
	fault_errno(relay->fault, datagram ? STEP_DATAGRAM : step, err, "%s %s",
		    step == STEP_READ ? "receive from" : "send to", side.peer);
	relay_close_by(relay, datagram            ? RELAY_END_DATAGRAM
			      : err == ECONNRESET ? RELAY_END_RESET
						  : RELAY_END_LOST);
	if (relay->net->packets) {
		relay_explain_datagram(relay, transport, relay->fault);
		return;
	}
	if (err == ECONNRESET)
		explain_reset(relay, &side, relay->fault);
	else if (err == ETIMEDOUT || icmp_is_errno(err))
		explain_lost(relay, &side, err, relay->fault);
}

/* ---- the peer and the end of input ---- */

void relay_report_wait(const struct relay *relay)
{
	struct console *console = relay->run->console;
	switch (ends_wait(&relay->ends)) {
	case WAIT_NONE:
		break;
	case WAIT_REQUEST:
		console_status(console,
			       "the input, an HTTP request, has ended: the connection is shut down "
			       "when the answer has been silent for 2 s (at once with -N)");
		break;
	case WAIT_PROXY:
		console_status(console,
			       "the input has ended: the connection through the proxy is shut down "
			       "when nothing has moved for 2 s (at once with -N)");
		break;
	}
}

void relay_report_hangup(const struct relay *relay, int64_t now_ns)
{
	struct console *console = relay->run->console;
	struct note note;
	if (!ends_is_hangup(&relay->ends, now_ns) || !console_is_verbose(console))
		return;
	struct units_text took = units_time(now_ns - relay->ends.shut_ns);
	note_start(&note, "hang-up", "ended %s after our end of input", took.chars);
	note_text(&note, "peer", relay->address);
	note_seconds(&note, "seconds", now_ns - relay->ends.shut_ns);
	note_cause(&note, CAUSE_ENDED_ON_SHUTDOWN);
	note_end(&note, relay->ends.shut_ns);
	trace_note(relay->run->trace, &note);
	console_status(console,
		       "%s has ended %s after our end of input, and has sent nothing since: it "
		       "may have taken it for a hang-up (see --no-shutdown)",
		       relay->peer, took.chars);
}

/* Only a host that is gone does not answer; one that has closed answers with a reset. */
void relay_probe_peer(const struct relay *relay)
{
	static const struct {
		int name, value;
	} options[] = {{TCP_KEEPIDLE, PROBE_AFTER_S},
		       {TCP_KEEPINTVL, PROBE_EACH_S},
		       {TCP_KEEPCNT, PROBES}};
	const int on = 1;
	struct trace *trace = relay->run->trace;
	int fd = transport_socket(relay->net);
	if (relay->net->packets || pump_is_over(&relay->in) ||
	    sys_setsockopt(trace, fd, IPPROTO_TCP, TCP_KEEPIDLE, &options[0].value,
			   sizeof(options[0].value)) != 0)
		return;
	for (size_t i = 1; i < sizeof(options) / sizeof(options[0]); i++)
		sys_setsockopt(trace, fd, IPPROTO_TCP, options[i].name, &options[i].value,
			       sizeof(options[i].value));
	sys_setsockopt(trace, fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* ---- time is up ---- */

/* Judge the connection, or both until one is in trouble: lines for each are appended, and the
 * trouble returned, or that one is silent, or CAUSE_NONE.  *UNACKNOWLEDGED is set where it is
 * known. */
static enum cause judge_sides(const struct relay *relay, struct text *out, int *unacknowledged)
{
	enum cause cause = CAUSE_NONE;
	const struct transport *transports[] = {relay->net, relay->local};
	for (size_t i = 0;
	     i < (relay->local_name ? 2 : 1) && (!cause || cause == CAUSE_PEER_SILENT); i++) {
		struct side side = side_of(relay, transports[i]);
		struct health_facts facts;
		if (!read_facts(&facts, relay, &side))
			continue;
		text_str(out, out->len ? "\n" : "");
		if (relay->local_name)
			text_printf(out, "%s: ", side.peer);
		enum cause found = judge(relay, &side, &facts, out);
		cause = found ? found : cause;
		*unacknowledged = facts.unacknowledged + (i > 0 ? *unacknowledged : 0);
	}
	return cause;
}

static enum cause judge_all(const struct relay *relay, struct text *out, int *unacknowledged)
{
	return relay->net->packets ? relay_judge_silence(relay, out)
				   : judge_sides(relay, out, unacknowledged);
}

/* As long as what takes it has no room. */
int relay_unread(const struct relay *relay)
{
	int bytes = 0;
	if (relay->net->packets || relay->out.state != PUMP_OPEN ||
	    sys_ioctl_int(relay->run->trace, transport_socket(relay->net), SIOCINQ, &bytes) != 0)
		return 0;
	return bytes;
}

static const char *taker_of(const struct relay *relay)
{
	return relay->local_is_program ? "the program"
	       : relay->local_name     ? relay->local_name
				       : "standard output";
}

/* What is held here because the other side does not take it.  Returns that as a cause, or
 * CAUSE_NONE. */
static enum cause put_held(struct text *out, const struct relay *relay)
{
	size_t in = pump_pending(&relay->in);
	size_t here = pump_pending(&relay->out);
	int unread = relay_unread(relay);
	if (in > 0)
		text_printf(out, "\n%zu bytes that were read are still here, not sent", in);
	if (here > 0)
		text_printf(out,
			    "\n%zu bytes that were received are still here: %s does not take them",
			    here, taker_of(relay));
	if (unread > 0)
		text_printf(out, "\n%d bytes of the peer wait unread: %s does not take them",
			    unread, taker_of(relay));
	if ((here == 0 && unread == 0) || relay->local_name)
		return CAUSE_NONE;
	return relay->local_is_program ? CAUSE_PROGRAM_NOT_READING : CAUSE_STDOUT_BLOCKED;
}

/* The cause of an end: a side in TROUBLE, or what takes data HERE, before one that is only silent.
 */
static enum cause choose(enum cause trouble, enum cause here, enum cause otherwise)
{
	if (trouble && !(trouble == CAUSE_PEER_SILENT && here))
		return trouble;
	return here ? here : otherwise;
}

/* An idle end at which all is delivered is no failure: with -v it is told how the connection stood.
 */
static void report_idle(const struct relay *relay, enum cause cause, const char *judged)
{
	char lines[1024];
	struct text text = TEXT_IN(lines);
	struct console *console = relay->run->console;
	struct units_text idle = units_limit(relay->config->idle_ns);
	struct note note;
	note_start(&note, "idle", "idle for %s", idle.chars);
	note_text(&note, "peer", relay->address);
	note_seconds(&note, "seconds", relay->config->idle_ns);
	note_text(&note, "cause", cause_name(cause));
	note_text(&note, "detail", judged[0] ? judged : NULL);
	note_text(&note, "next", cause_advice(cause));
	note_end(&note, relay->start_ns);
	trace_note(relay->run->trace, &note);
	text_printf(&text, "idle for %s: closing the connection with %s\n", idle.chars,
		    relay->peer);
	text_indented(&text, judged, 2, 2);
	if (cause_advice(cause))
		text_printf(&text, "  next: %s\n", cause_advice(cause));
	if (console_is_verbose(console))
		console_print(console, lines);
}

/* The input was cut off; JUDGED is what the connection itself says, of CAUSE.  A silent peer is no
 * cause of its own here: nothing was asked of it. */
static void fault_cut_off(struct relay *relay, enum cause cause, const char *judged)
{
	bool trouble = cause != CAUSE_NONE && cause != CAUSE_PEER_SILENT;
	fault_words(relay->fault, STEP_WAIT, STATUS_TIMEOUT, "Connection timed out",
		    "relay with %s", relay->peer);
	fault_cause(relay->fault, trouble ? cause : CAUSE_INPUT_CUT_OFF,
		    "nothing moved for %s, and standard input had not ended: what it would still "
		    "have brought is cut off%s%s",
		    units_limit(relay->config->idle_ns).chars, trouble ? "\n" : "",
		    trouble ? judged : "");
}

void relay_end_idle(struct relay *relay)
{
	char lines[sizeof(relay->fault->detail)], judged[512];
	struct text text = TEXT_IN(lines);
	struct text health = TEXT_IN(judged);
	size_t held = pump_pending(&relay->in) + pump_pending(&relay->out) +
		      (size_t)relay_unread(relay);
	int waiting = relay->net->packets ? 0 : relay_unacknowledged(relay);
	enum cause cause = CAUSE_NONE;

	relay->over = true;
	relay_close_by(relay, RELAY_END_IDLE);
	bool cut_off = held == 0 && waiting == 0 && ends_cuts_off(&relay->ends);
	/* Without -v nobody hears of a good end, and nothing more is asked. */
	if (held > 0 || waiting > 0 || cut_off || relay->local_name ||
	    console_is_verbose(relay->run->console))
		cause = judge_all(relay, &health, &waiting);
	if (cut_off) {
		fault_cut_off(relay, cause, judged);
		return;
	}
	if (held == 0 && waiting == 0) {
		report_idle(relay, cause, judged);
		return;
	}
	text_printf(&text, "nothing moved for %s, and not all that was read was delivered",
		    units_limit(relay->config->idle_ns).chars);
	if (waiting > 0)
		text_printf(&text, ": %d bytes are unacknowledged by the peer", waiting);
	enum cause here = put_held(&text, relay);
	text_printf(&text, "%s%s", judged[0] ? "\n" : "", judged);
	fault_words(relay->fault, STEP_WAIT, STATUS_TIMEOUT, "Connection timed out",
		    "relay with %s", relay->peer);
	fault_cause(relay->fault, choose(cause, here, CAUSE_IDLE_UNDELIVERED), "%s", lines);
}

void relay_end_deadline(struct relay *relay)
{
	char lines[sizeof(relay->fault->detail)];
	struct text text = TEXT_IN(lines);
	int waiting = 0;
	relay->over = true;
	relay_close_by(relay, RELAY_END_DEADLINE);
	run_deadline_fault(relay->run, relay->fault, "relay with %s", relay->peer);
	text_str(&text, relay->fault->detail);
	enum cause cause = judge_all(relay, &text, &waiting);
	enum cause here = put_held(&text, relay);
	fault_cause(relay->fault, choose(cause, here, CAUSE_DEADLINE), "%s", lines);
}
