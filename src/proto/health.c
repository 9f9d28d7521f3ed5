/* How a TCP connection does.  The order of the tests matters: a closed window also stops
 * acknowledgments, and a black hole looks like a path that is lost but for what went through
 * before. */
#include "proto/health.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/text.h"
#include "base/units.h"

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
	return facts->sent > (uint64_t)facts->unacknowledged
		       ? facts->sent - (uint64_t)facts->unacknowledged
		       : 0;
}

/* Whether the window has room for a segment of what waits. */
static bool has_room(const struct health_facts *facts)
{
	return facts->window > 0 &&
	       (facts->window >= facts->mss || facts->window >= (unsigned)facts->unsent);
}

/* A window that does not even take one segment, while data waits that has never left: the peer's
 * buffer is full. */
static bool is_not_reading(const struct health_facts *facts)
{
	if (!facts->knows_window || facts->unsent == 0)
		return false;
	return facts->window == 0 || (in_flight(facts) == 0 && !has_room(facts));
}

/* A window that is open, nothing that waits for an acknowledgment, and still data does not leave,
 * although it was tried: the kernel probes then as if the window were closed. */
static bool is_held(const struct health_facts *facts)
{
	return facts->knows_window && facts->unsent > 0 && in_flight(facts) == 0 &&
	       has_room(facts) && facts->probes > 0;
}

/* Whether segments of full size are lost, while all that were acknowledged were smaller.  A stream
 * of full segments that went through before tells against it. */
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
		text_str(out, units_time(facts->stuck_ns).chars);
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
		text_str(out, units_time(facts->heard_ns).chars);
	}
}

static void put_black_hole(struct text *out, const struct health_facts *facts)
{
	text_printf(out,
		    "a path MTU black hole is suspected: segments of %u bytes are not "
		    "acknowledged, while smaller ones were",
		    facts->mss);
	put_repeated(out, facts);
	text_printf(out,
		    "; a link on the way takes less than %u bytes, it seems, and nobody says so by "
		    "ICMP",
		    facts->pmtu);
}

/* The kernel keeps of an ICMP error in mid-stream no more than the errno, and that means more than
 * it says (icmp(7)). */
static const char *icmp_words(int err)
{
	static const struct {
		int err;
		const char *words;
	} rows[] = {
		{EHOSTUNREACH, "host unreachable, prohibited, or a TTL that ran out"},
		{EHOSTDOWN, "host unknown"},
		{ENETUNREACH, "network unreachable or prohibited"},
		{EACCES, "administratively prohibited"},
		{ECONNREFUSED, "port unreachable, as firewalls say that reject"},
		{ENOPROTOOPT, "protocol unreachable"},
		{EPROTO, "parameter problem"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == err)
			return rows[i].words;
	return errno_words(err);
}

static void put_held(struct text *out, const struct health_facts *facts)
{
	text_printf(out,
		    "this host does not let %d bytes out: they wait here, not sent, while the "
		    "peer's window is open",
		    facts->unsent);
	if (facts->icmp)
		text_printf(out, "; an ICMP error came in meanwhile: %s", icmp_words(facts->icmp));
}

static void put_rejected(struct text *out, const struct health_facts *facts)
{
	text_printf(out,
		    "an ICMP error came in for what was sent: %s; %d bytes are not acknowledged",
		    icmp_words(facts->icmp), in_flight(facts));
	put_repeated(out, facts);
}

static void put_lost(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "the path or the peer is lost: %d bytes are not acknowledged",
		    in_flight(facts));
	put_repeated(out, facts);
	text_str(out, ", in which nothing came from the peer");
}

static void put_hole(struct text *out, const struct health_facts *facts)
{
	text_printf(out,
		    "%u segment%s of the peer came, and what stands before %s did not: a path MTU "
		    "black hole is suspected "
		    "on the way here, in which the larger ones are lost",
		    facts->out_of_order, facts->out_of_order == 1 ? "" : "s",
		    facts->out_of_order == 1 ? "it" : "them");
}

static void put_unheard(struct text *out, const struct health_facts *facts)
{
	text_printf(out, "nothing has been acknowledged since the handshake (%d bytes sent",
		    in_flight(facts));
	put_repeated(out, facts);
	text_str(out, "): the server's accept queue may be full, or something on the way lets only "
		      "the handshake pass");
	if (facts->mss && (unsigned)in_flight(facts) >= facts->mss)
		text_printf(out, ", or the path MTU may be less than %u", facts->pmtu);
}

/* Whether the last word is ours. */
static bool is_unanswered(const struct health_facts *facts)
{
	if (facts->sent == 0)
		return false;
	return facts->received == 0 || facts->received_ns < 0 ||
	       facts->stuck_ns < facts->received_ns;
}

static void put_idle(struct text *out, const struct health_facts *facts)
{
	bool unanswered = is_unanswered(facts);
	if (facts->sent == 0 && facts->received == 0)
		text_str(out, "nothing was sent, and the peer has said nothing");
	else if (facts->sent == 0)
		text_printf(out, "nothing was sent; the peer has sent %llu bytes and no more",
			    (unsigned long long)facts->received);
	else
		text_printf(out,
			    "the peer's kernel has acknowledged all %llu bytes sent, and %s from "
			    "its program%s",
			    (unsigned long long)facts->sent,
			    facts->received == 0 ? "no answer has come"
			    : unanswered         ? "nothing has come"
						 : "no more has come",
			    facts->received > 0 && unanswered ? " since" : "");
}

/* What was sent is not acknowledged, time after time. */
static enum health judge_loss(const struct health_facts *facts, struct text *out)
{
	if (facts->icmp) {
		put_rejected(out, facts);
		return HEALTH_REJECTED;
	}
	if (acknowledged(facts) == 0 && facts->received == 0) {
		put_unheard(out, facts);
		return HEALTH_UNHEARD;
	}
	bool black_hole = is_black_hole(facts);
	(black_hole ? put_black_hole : put_lost)(out, facts);
	return black_hole ? HEALTH_MTU : HEALTH_LOST;
}

enum health health_judge(const struct health_facts *facts, struct text *out)
{
	if (is_not_reading(facts)) {
		put_not_reading(out, facts);
		return HEALTH_NOT_READING;
	}
	if (is_held(facts)) {
		put_held(out, facts);
		return HEALTH_HELD;
	}
	if (in_flight(facts) > 0 && facts->timeouts >= TIMEOUTS)
		return judge_loss(facts, out);
	if (facts->received == 0 && facts->out_of_order > 0) {
		put_hole(out, facts);
		return HEALTH_HOLE;
	}
	if (facts->unacknowledged > 0) {
		text_printf(out, "%d bytes are on the way to the peer, %d wait here",
			    in_flight(facts), facts->unsent);
		return HEALTH_WELL;
	}
	put_idle(out, facts);
	return is_unanswered(facts) ? HEALTH_SILENT : HEALTH_WELL;
}

bool health_undelivered(const struct health_facts *facts, struct text *out)
{
	if (facts->unacknowledged <= 0)
		return false;
	text_printf(out, "%d of the %llu bytes sent were never acknowledged by the peer",
		    facts->unacknowledged, (unsigned long long)facts->sent);
	if (facts->unsent > 0)
		text_printf(out, ", %d of these never left this host", facts->unsent);
	return true;
}

enum cause health_cause(enum health health)
{
	static const enum cause causes[] = {
		[HEALTH_WELL] = CAUSE_NONE,
		[HEALTH_SILENT] = CAUSE_PEER_SILENT,
		[HEALTH_HOLE] = CAUSE_MTU_BLACK_HOLE,
		[HEALTH_HELD] = CAUSE_LOCAL_FIREWALL,
		[HEALTH_NOT_READING] = CAUSE_PEER_NOT_READING,
		[HEALTH_MTU] = CAUSE_MTU_BLACK_HOLE,
		[HEALTH_UNHEARD] = CAUSE_UNACKNOWLEDGED,
		[HEALTH_REJECTED] = CAUSE_PATH_UNREACHABLE,
		[HEALTH_LOST] = CAUSE_PATH_LOST,
	};
	return causes[health];
}
