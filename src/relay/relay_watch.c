/* What is watched while no direction waits for it.  POLLERR and POLLHUP cannot be masked and do not
 * go away: what has been reported is taken out of the set. */
#include "relay/relay_watch.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport.h"
#include "net/transport_stdio.h"
#include "relay/relay.h"
#include "relay/relay_due.h"
#include "relay/relay_explain.h"

/* An error this long after the end of a client is no answer of it any more (relay_probe_peer). */
#define PROBED_NS (40 * NS_PER_SEC)

/* Whether the connection that FROM reads and TO writes is to be watched: poll reports it anyway
 * when it waits for data or room. */
static bool needs_watch(const struct relay_watch *watch, const struct pump *from,
			const struct pump *to, int64_t now_ns)
{
	return !from->from->datagrams && !watch->hung_up && !pump_wants_from(from) &&
	       !pump_wants_to(to, now_ns);
}

/* Once the peer has ended, stdout is closed, unless other clients follow. */
static bool needs_reader(const struct relay *relay, int64_t now_ns)
{
	const struct transport *local = relay->local;
	bool written = !pump_is_over(&relay->out) || local->keep_out;
	return transport_stdio_has_reader(local) && written && !relay->local_name &&
	       !relay->ends.reader_gone && !relay->config->send_only &&
	       !pump_wants_to(&relay->out, now_ns);
}

void relay_watch(struct relay *relay, struct pollset *set, int64_t now_ns)
{
	if (needs_watch(&relay->net_watch, &relay->out, &relay->in, now_ns))
		transport_watch(relay->net, set, &relay->net_watch.fired);
	if (relay->local_name && needs_watch(&relay->local_watch, &relay->in, &relay->out, now_ns))
		transport_watch(relay->local, set, &relay->local_watch.fired);
	if (needs_reader(relay, now_ns))
		pollset_add(set, relay->local->out.fd, 0, &relay->reader_reported);
}

/* Nobody takes what TO would write: that is dealt with here. */
static void give_up(struct relay *relay, struct pump *to)
{
	if (pump_is_over(to))
		return;
	pump_stop(to);
	relay->in_reported |= to == &relay->in;
	relay->out_reported |= to == &relay->out;
}

/* A client of -k that had ended its side long ago is reset by a keepalive probe when it is gone. */
static bool is_probed(const struct relay *relay, const struct transport *side, int64_t now_ns)
{
	return side == relay->net && relay->ends.keeps_turn && relay->peer_eof &&
	       now_ns - relay->handed.input_ended_ns >= PROBED_NS;
}

/* Whether stdin may bring what a peer that has gone does not take: that is an error, and told only
 * then.  A client of -k that is known to be gone has lost its turn. */
static bool awaits_input(const struct relay *relay)
{
	return !relay->local_name && !relay->ends.keeps_turn && !pump_is_over(&relay->in);
}

/* A side of RELAY that has reported something, or has hung up before: FROM reads it, TO writes to
 * it. */
static void look_at(struct relay *relay, struct transport *side, struct pump *from, struct pump *to,
		    int64_t now_ns)
{
	struct relay_watch *watch = side == relay->net ? &relay->net_watch : &relay->local_watch;
	int err = watch->fired ? transport_take_error(side) : 0;
	watch->fired = false;
	watch->hung_up = true;
	const struct ends_watch seen = {.error = err != 0 && !is_probed(relay, side, now_ns),
					.data_for_it = !pump_is_over(to) && pump_pending(to) > 0,
					.data_from_it = !pump_is_over(from),
					.input = awaits_input(relay),
					.program = side == relay->local && relay->local_is_program};
	switch (ends_judge_watch(&seen)) {
	case FOUND_NOTHING:
		break;
	case FOUND_UNREAD:
		give_up(relay, to);
		break;
	case FOUND_OVER:
		give_up(relay, to);
		relay->over = true;
		break;
	case FOUND_BREAK:
		side->reset |= !err || err == ECONNRESET || err == EPIPE;
		relay_socket_failed(relay, side, STEP_WRITE, err ? err : EPIPE);
		give_up(relay, to);
		relay_broken(relay, now_ns);
		break;
	}
}

/* Whether a side that has hung up has nothing more to say by now. */
static bool is_due(const struct relay_watch *watch, const struct pump *from, const struct pump *to)
{
	return watch->fired || (watch->hung_up && pump_is_over(from) && !pump_is_over(to));
}

void relay_check_watches(struct relay *relay, int64_t now_ns)
{
	if (relay->reader_reported)
		relay_reader_gone(relay, now_ns);
	relay->reader_reported = false;
	if (!relay->over && is_due(&relay->net_watch, &relay->out, &relay->in))
		look_at(relay, relay->net, &relay->out, &relay->in, now_ns);
	if (!relay->over && is_due(&relay->local_watch, &relay->in, &relay->out))
		look_at(relay, relay->local, &relay->in, &relay->out, now_ns);
}
