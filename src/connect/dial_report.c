/* What is reported of a dial: words for people, notes for programs. */
#include "connect/dial_report.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/dial_internal.h"
#include "net/run.h"
#include "net/transport_layer.h"
#include "resolve/resolve_report.h"
#include "trace/console.h"
#include "trace/trace.h"

void dial_report_failure(const struct dial *dial, const struct fault *fault)
{
	if (!dial->config->silent)
		console_status(dial->run->console, "handset: %s failed: %s", fault->action,
			       fault->reason);
}

static void note_connected(const struct dial *dial)
{
	const struct addr *peer = &dial->winner->addr;
	struct note note;

	if (!trace_shows(dial->run->trace, 2))
		return;
	struct addr_text local = addr_text(&dial->local);
	struct addr_text remote = addr_text(peer);
	note_start(&note, "connected", "connected to %s%s from %s in %s",
		   dial_is_proxied(dial) ? "proxy " : "", remote.chars, local.chars,
		   units_time(dial->connect_ns).chars);
	note_text(&note, "peer", remote.chars);
	note_text(&note, "local", local.chars);
	note_connection(&note, transport_socket(&dial->transport));
	note_span(&note, dial->winner->start_ns, dial->connect_ns);
	trace_note(dial->run->trace, &note);
}

/* Attempts that were still under way when another was answered: that is how a family that does not
 * work shows. */
static void report_losers(const struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++) {
		const struct attempt *attempt = &dial->attempts[i];
		char target[512];
		struct text text = TEXT_IN(target);
		if (attempt->state != ATTEMPT_PENDING || !console_is_verbose(dial->run->console))
			continue;
		describe_attempt(&text, dial->config, &attempt->addr);
		console_status(dial->run->console,
			       "connect to %s: no answer after %s, given up as another address "
			       "answered",
			       target, units_time(clock_now() - attempt->start_ns).chars);
	}
}

void dial_report_winner(struct dial *dial)
{
	resolve_report(&dial->resolve, dial->run);
	report_losers(dial);
	note_connected(dial);
}

/* A datagram socket that is connected has noted the address, and sent nothing: that is no success
 * yet.  Of a Unix socket it says that somebody has the path. */
static void report_datagrams(const struct dial *dial)
{
	char target[512];
	struct text text = TEXT_IN(target);
	if (dial->transport.group)
		return;
	describe_attempt(&text, dial->config, &dial->winner->addr);
	console_status(dial->run->console, "The socket is connected to %s, which %s", target,
		       dial->config->path
			       ? "proves only that somebody has it: nothing was sent"
			       : "proves nothing: a datagram socket only notes the address, and "
				 "nothing was sent");
}

void dial_report_success(const struct dial *dial)
{
	const struct dial_config *config = dial->config;
	bool proxied = dial_is_proxied(dial);
	char line[512];
	struct text text = TEXT_IN(line);

	if (!console_is_verbose(dial->run->console) || config->silent)
		return;
	if (config->endpoint.type == SOCK_DGRAM) {
		report_datagrams(dial);
		return;
	}
	describe_success(&text, config, proxied ? NULL : &dial->winner->addr,
			 proxied ? dial->dial_proxy->request.port : addr_port(&dial->winner->addr));
	console_status(dial->run->console, "%s", line);
}

void dial_report_pending(struct dial *dial, int64_t now_ns)
{
	struct note note;
	if (now_ns < dial->report_ns || !trace_shows(dial->run->trace, 2))
		return;
	int64_t waited_ns = now_ns - dial->start_ns;
	dial->report_ns = dial->start_ns + 2 * waited_ns / NS_PER_SEC * NS_PER_SEC;
	const char *step = dial->covered      ? dial->config->endpoint.layer->name
			   : dial->winner     ? "proxy"
			   : dial->count == 0 ? "look-up"
					      : "connect";
	note_start(&note, "pending", "%s: no answer yet, %lld s", step,
		   (long long)(waited_ns / NS_PER_SEC));
	note_text(&note, "step", step);
	note_seconds(&note, "seconds", waited_ns / NS_PER_SEC * NS_PER_SEC);
	note_end(&note, dial->start_ns);
	trace_note(dial->run->trace, &note);
}

void dial_report(const struct dial *dial)
{
	char target[512], line[640];
	struct text text = TEXT_IN(target);
	struct text out = TEXT_IN(line);
	struct note note;
	size_t pending = attempts_pending(dial->attempts, dial->count);
	struct units_text waited = units_time(clock_now() - dial->start_ns);
	describe_target(&text, dial->config);
	text_str(&out, "state: ");
	text_safe(&out, target);
	if (dial->winner)
		text_printf(&out, ": no connection yet after %s, %s\n", waited.chars,
			    dial->covered ? "its handshake is not over yet"
					  : "the proxy has not agreed yet");
	else
		text_printf(&out,
			    ": no connection yet after %s, %zu of %zu attempts are under way\n",
			    waited.chars, pending, dial->count);
	struct addr_text peer = describe_asked(dial->config);
	note_start(&note, "state", "%s", target);
	note_text(&note, "peer", peer.chars);
	note_number(&note, "attempts", (int64_t)dial->count);
	note_number(&note, "pending", (int64_t)pending);
	console_report(dial->run->console, &note, line);
}
