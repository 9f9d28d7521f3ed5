/* The deadlines of a relay: when the next one passes, and which has passed.  How it ends then is in
 * relay_end.c. */
#include "base/clock.h"
#include "net/run.h"
#include "relay/progress.h"
#include "relay/relay.h"
#include "relay/relay_explain.h"
#include "relay/relay_internal.h"

/* How often --send-only looks whether the peer's kernel has acknowledged everything: nothing tells
 * of it. */
#define LINGER_NS (10 * NS_PER_MS)

static int64_t idle_deadline(const struct relay *relay)
{
	int64_t moved = relay->in.moved_ns > relay->out.moved_ns ? relay->in.moved_ns
								 : relay->out.moved_ns;
	return deadline_after(moved, relay->config->idle_ns);
}

int64_t relay_next_deadline(const struct relay *relay, int64_t now_ns)
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

void relay_check_deadlines(struct relay *relay, int64_t now_ns)
{
	if (now_ns >= relay->run->deadline_ns)
		relay_end_deadline(relay);
	else if (now_ns >= idle_deadline(relay))
		relay_end_idle(relay);
	else if (now_ns >= relay->quit_at_ns)
		pump_drain(&relay->out);
}
