/* The deadlines of a relay. */
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/fault.h"
#include "flow/relay.h"
#include "flow/relaying.h"
#include "net/run.h"
#include "net/transport.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* How often --send-only looks whether the peer's kernel has acknowledged everything: nothing tells of it. */
#define LINGER_NS (10 * NS_PER_MS)

int relay_unacknowledged(const struct relay *relay)
{
	int bytes = 0;
	if (sys_ioctl_int(relay->run->trace, relay->net->out.fd, SIOCOUTQ, &bytes) != 0)
		return 0;
	return bytes;
}

void relay_close_by(struct relay *relay, const char *who)
{
	if (!relay->closed_by)
		relay->closed_by = who;
}

/* An idle relay that -w ends has done its work when all that was read was delivered. */
static void end_idle(struct relay *relay)
{
	double idle = (double)relay->config->idle_ns / NS_PER_SEC;
	size_t held = pump_pending(&relay->in) + pump_pending(&relay->out);
	int unsent = relay->net->packets ? 0 : relay_unacknowledged(relay);

	relay->over = true;
	relay_close_by(relay, "idle");
	if (held == 0 && unsent == 0) {
		trace_status(relay->run->trace, "idle for %g s: closing the connection with %s", idle, relay->peer);
		return;
	}
	fault_words(relay->fault, STEP_WAIT, STATUS_TIMEOUT, "Connection timed out", "relay with %s", relay->peer);
	fault_cause(
		relay->fault, "idle-undelivered",
		"nothing moved for %g s, and not all that was read was delivered: %d bytes are unacknowledged by the peer, "
		"%zu are still here",
		idle, unsent, held);
}

static void end_deadline(struct relay *relay)
{
	relay->over = true;
	relay_close_by(relay, "deadline");
	fault_words(relay->fault, STEP_WAIT, STATUS_TIMEOUT, "Connection timed out", "relay with %s", relay->peer);
	fault_cause(relay->fault, "deadline", "the deadline of %g s has passed",
		    (double)relay->run->limit_ns / NS_PER_SEC);
}

static int64_t idle_deadline(const struct relay *relay)
{
	int64_t moved = relay->in.moved_ns > relay->out.moved_ns ? relay->in.moved_ns : relay->out.moved_ns;
	return deadline_after(moved, relay->config->idle_ns);
}

int64_t relay_next_deadline(const struct relay *relay, int64_t now_ns)
{
	int64_t next = deadline_min(relay->run->deadline_ns, idle_deadline(relay));
	if (!relay->out.closing)
		next = deadline_min(next, relay->quit_at_ns);
	if (relay->in.resume_ns > now_ns)
		next = deadline_min(next, relay->in.resume_ns);
	if (relay->lingering)
		next = deadline_min(next, now_ns + LINGER_NS);
	return next;
}

void relay_check_deadlines(struct relay *relay, int64_t now_ns)
{
	if (now_ns >= relay->run->deadline_ns)
		end_deadline(relay);
	else if (now_ns >= idle_deadline(relay))
		end_idle(relay);
	else if (now_ns >= relay->quit_at_ns)
		pump_drain(&relay->out);
}
