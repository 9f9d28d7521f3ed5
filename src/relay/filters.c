/* The filters of a copying pump, and the chain of them. */
#include "relay/filters.h"

#include <string.h>

#include "base/crlf.h"
#include "base/rate.h"
#include "net/transport.h"
#include "proto/http_request.h"
#include "proto/telnet.h"
#include "relay/dump.h"
#include "relay/pump_state.h"
#include "relay/telnet_replies.h"

/* ---- --output, --hex-dump ---- */

static bool dumps_received(const struct pump *pump)
{
	return pump->config.received.dump != NULL;
}

static void dump_received(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	dump_moved(&pump->config.received, piece->data, piece->len, now_ns);
}

static bool dumps_sent(const struct pump *pump)
{
	return pump->config.sent.dump != NULL;
}

static void dump_sent(struct pump *pump, const struct piece *piece, int64_t now_ns)
{
	dump_moved(&pump->config.sent, piece->data, piece->len, now_ns);
}

/* ---- -t ---- */

static bool strips_telnet(const struct pump *pump)
{
	return pump->config.telnet != NULL;
}

/* A reply to a command that has begun in the read before may come on top. */
static size_t room_for_replies(const struct pump *pump)
{
	size_t room = telnet_replies_room(pump->config.telnet);
	return room < TELNET_REPLY ? 0 : room - (TELNET_REPLY - 1);
}

static void strip_telnet(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	struct telnet_replies *replies = pump->config.telnet;
	size_t replied;
	(void)now_ns;
	piece->len = telnet_strip(&pump->telnet, piece->data, piece->len,
				  telnet_replies_at_end(replies), &replied);
	replies->end += replied;
}

/* The pump that sends the replies has nothing to do for them but to copy. */
static bool carries_replies(const struct pump *pump)
{
	return pump->config.replies != NULL;
}

/* ---- the first line ---- */

/* Until it is known what it is; the filter is out of use then. */
static bool scans_request(const struct pump *pump)
{
	return pump->config.request && pump->config.request->verdict == HTTP_UNDECIDED;
}

static void scan_request(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	(void)now_ns;
	pump->rechoose = http_scan(pump->config.request, piece->data, piece->len) != HTTP_UNDECIDED;
}

/* ---- -C ---- */

static bool has_crlf(const struct pump *pump)
{
	return pump->config.crlf;
}

/* What is read lies behind the room for what becomes of it. */
static void put_crlf(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	(void)now_ns;
	piece->len = crlf_convert(pump->buf, piece->data, piece->len, &pump->last_was_cr);
	piece->data = pump->buf;
}

/* ---- -i ---- */

static bool has_interval(const struct pump *pump)
{
	return pump->config.interval_ns > 0;
}

/* A line at a time. */
static bool share_line(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	const char *lf = piece->len > 0 ? memchr(piece->data, '\n', piece->len) : NULL;
	(void)pump;
	(void)now_ns;
	if (lf)
		piece->len = (size_t)(lf - piece->data) + 1;
	return true;
}

static void line_written(struct pump *pump, const struct piece *piece, int64_t now_ns)
{
	if (piece->len > 0 && piece->data[piece->len - 1] == '\n')
		pump->resume_ns = now_ns + pump->config.interval_ns;
}

/* ---- --limit-rate ---- */

static bool has_rate(const struct pump *pump)
{
	return pump->rate.per_sec > 0;
}

/* Packets are not cut. */
static size_t room_for_rate(const struct pump *pump)
{
	return pump->from->packets || pump->to->packets ? PUMP_BUFFER : rate_room(&pump->rate);
}

static bool share_rate(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	return piece->len == 0 ||
	       rate_share(&pump->rate, &piece->len, pump->to->packets, now_ns, &pump->resume_ns);
}

static void rate_written(struct pump *pump, const struct piece *piece, int64_t now_ns)
{
	rate_sent(&pump->rate, piece->len, now_ns);
}

/* ---- the chain ---- */

/* From the source to the sink.  Of the functions those that a filter does not need are NULL. */
static const struct filter {
	bool (*used)(const struct pump *pump);
	size_t (*room)(const struct pump *pump);
	void (*read)(struct pump *pump, struct piece *piece, int64_t now_ns);
	bool (*share)(struct pump *pump, struct piece *piece, int64_t now_ns);
	void (*written)(struct pump *pump, const struct piece *piece, int64_t now_ns);
	unsigned growth; /* the data becomes so many times larger at most; 0: it stays where it is
			    and does not grow */
} filters[] = {
	{.used = dumps_received, .read = dump_received},
	{.used = strips_telnet, .room = room_for_replies, .read = strip_telnet},
	{.used = carries_replies},
	{.used = scans_request, .read = scan_request},
	{.used = has_crlf, .read = put_crlf, .growth = 2},
	{.used = has_interval, .share = share_line, .written = line_written},
	{.used = has_rate, .room = room_for_rate, .share = share_rate, .written = rate_written},
	{.used = dumps_sent, .written = dump_sent},
};

#define FILTERS (sizeof(filters) / sizeof(filters[0]))

void filters_choose(struct pump *pump)
{
	pump->filters = 0;
	pump->growth = 0;
	for (size_t i = 0; i < FILTERS; i++) {
		if (!filters[i].used(pump))
			continue;
		pump->filters |= 1U << i;
		pump->growth += filters[i].growth;
	}
}

static bool is_used(const struct pump *pump, size_t i)
{
	return pump->filters & 1U << i;
}

size_t filters_room(const struct pump *pump, size_t size)
{
	for (size_t i = 0; pump->filters && i < FILTERS; i++) {
		size_t room = is_used(pump, i) && filters[i].room ? filters[i].room(pump) : size;
		size = room < size ? room : size;
	}
	return size;
}

void filters_read(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	for (size_t i = 0; pump->filters && i < FILTERS; i++)
		if (is_used(pump, i) && filters[i].read)
			filters[i].read(pump, piece, now_ns);
}

bool filters_share(struct pump *pump, struct piece *piece, int64_t now_ns)
{
	for (size_t i = 0; pump->filters && i < FILTERS; i++)
		if (is_used(pump, i) && filters[i].share && !filters[i].share(pump, piece, now_ns))
			return false;
	return true;
}

void filters_written(struct pump *pump, const struct piece *piece, int64_t now_ns)
{
	for (size_t i = 0; pump->filters && i < FILTERS; i++)
		if (is_used(pump, i) && filters[i].written)
			filters[i].written(pump, piece, now_ns);
}
