/* How a TCP connection does.  The order of the tests matters: a closed window also stops acknowledgements, and a black hole looks
 * like a path that is lost but for what went through before. */
#include "proto/health.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* So many timers in a row are no single loss any more. */
#define TIMEOUTS 2
#define PROBES 3

/* Bytes that have left and are not acknowledged. */
static int in_flight(const struct health_facts *facts)
{
	return facts->unacknowledged - facts->unsent;
}

static uint64_t acknowledged(const struct health_facts *facts)
{
	return facts->sent > (uint64_t)facts->unacknowledged ? facts->sent - (uint64_t)facts->unacknowledged : 0;
}

static void put_time(struct text *out, int64_t ns)
{
	text_printf(out, ns < 10 * NS_PER_SEC ? "%.1f s" : "%.0f s", (double)ns / NS_PER_SEC);
}

/* A window that does not even take one segment, while data waits that has never left: the peer's buffer is full. */
static bool is_not_reading(const struct health_facts *facts)
{
	if (!facts->knows_window || facts->unsent == 0)
		return false;
	return facts->window == 0 || (in_flight(facts) == 0 && facts->window < facts->mss);
}

/* Whether segments of full size are lost, while all that were acknowledged were smaller.  A stream of full segments that went
 * through before tells against it. */
static bool is_black_hole(const struct health_facts *facts)
{
	unsigned lost = facts->mss ? ((unsigned)in_flight(facts) + facts->mss - 1) / facts->mss : 0;
	uint64_t gone = (uint64_t)lost + facts->retransmits;
	if (facts->mss == 0 || (unsigned)in_flight(facts) < facts->mss || facts->segments <= gone)
		return false;
	return acknowledged(facts) / (facts->segments - gone) < facts->mss / 2;
}

static void put_not_reading(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "the peer does not read: its window is %u", facts->window);
	if (facts->window > 0)
		text_str(out, " bytes, less than a segment");
	if (facts->stuck_ns >= 0) {
		text_str(out, ", for ");
		put_time(out, facts->stuck_ns);
	}
	text_printf(out, "; %d bytes wait here, not sent", facts->unsent);
	if (facts->probes >= PROBES)
		text_printf(out, "; %u probes of the window in a row had no answer", facts->probes);
}

static void put_repeated(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "; repeated %u times", facts->timeouts);
	if (facts->heard_ns >= 0) {
		text_str(out, " in ");
		put_time(out, facts->heard_ns);
	}
}

static void put_black_hole(struct text *out, const struct health_facts *facts)
{
	text_printf(
		out,
		"a path MTU black hole is suspected: segments of %u bytes are not acknowledged, while smaller ones were",
		facts->mss);
	put_repeated(out, facts);
	text_printf(out, "; a link on the way takes less than %u bytes, it seems, and nobody says so by ICMP",
		    facts->pmtu);
}

static void put_icmp(struct text *out, const struct health_facts *facts)
{
	if (facts->icmp)
		text_printf(out, "; an ICMP error came in meanwhile: %s", strerror(facts->icmp));
}

static void put_lost(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "the path or the peer is lost: %d bytes are not acknowledged", in_flight(facts));
	put_repeated(out, facts);
	text_str(out, ", in which nothing came from the peer");
	put_icmp(out, facts);
}

static void put_unheard(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "nothing has been acknowledged since the handshake (%d bytes sent", in_flight(facts));
	put_repeated(out, facts);
	text_str(out, "): the server's accept queue may be full, or something on the way lets only the handshake pass");
	if (facts->mss && (unsigned)in_flight(facts) >= facts->mss)
		text_printf(out, ", or the path MTU may be less than %u", facts->pmtu);
	put_icmp(out, facts);
}

/* Whether the last word is ours. */
static bool is_unanswered(const struct health_facts *facts)
{
	if (facts->sent == 0)
		return false;
	return facts->received == 0 || facts->received_ns < 0 || facts->stuck_ns < facts->received_ns;
}

static void put_idle(struct text *out, const struct health_facts *facts)
{
	if (facts->sent == 0 && facts->received == 0)
		text_str(out, "nothing was sent, and the peer has said nothing");
	else if (facts->sent == 0)
		text_printf(out, "nothing was sent; the peer has sent %llu bytes and no more",
			    (unsigned long long)facts->received);
	else
		text_printf(out, "the peer's kernel has acknowledged all %llu bytes sent, and its program has %s",
			    (unsigned long long)facts->sent,
			    facts->received == 0   ? "not answered"
			    : is_unanswered(facts) ? "sent nothing since"
						   : "sent no more");
}

enum health health_judge(const struct health_facts *facts, struct text *out)
{
	if (is_not_reading(facts)) {
		put_not_reading(out, facts);
		return HEALTH_NOT_READING;
	}
	if (in_flight(facts) > 0 && facts->timeouts >= TIMEOUTS) {
		if (acknowledged(facts) == 0 && facts->received == 0) {
			put_unheard(out, facts);
			return HEALTH_UNHEARD;
		}
		bool black_hole = is_black_hole(facts);
		(black_hole ? put_black_hole : put_lost)(out, facts);
		return black_hole ? HEALTH_MTU : HEALTH_LOST;
	}
	if (facts->unacknowledged > 0) {
		text_printf(out, "%d bytes are on the way to the peer, %d wait here", in_flight(facts), facts->unsent);
		put_icmp(out, facts);
		return HEALTH_WELL;
	}
	put_idle(out, facts);
	put_icmp(out, facts);
	return is_unanswered(facts) ? HEALTH_SILENT : HEALTH_WELL;
}

bool health_undelivered(const struct health_facts *facts, struct text *out)
{
	if (facts->unacknowledged <= 0)
		return false;
	text_printf(out, "%d of the %llu bytes sent were never acknowledged by the peer", facts->unacknowledged,
		    (unsigned long long)facts->sent);
	if (facts->unsent > 0)
		text_printf(out, ", %d of these never left this host", facts->unsent);
	return true;
}

const char *health_name(enum health health)
{
	static const char *const names[] = {
		[HEALTH_WELL] = NULL,
		[HEALTH_SILENT] = "peer-silent",
		[HEALTH_NOT_READING] = "peer-not-reading",
		[HEALTH_MTU] = "mtu-black-hole",
		[HEALTH_UNHEARD] = "unacknowledged",
		[HEALTH_LOST] = "path-lost",
	};
	return names[health];
}
