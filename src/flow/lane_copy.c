/* The lane in which data is copied through a buffer: where it must be seen (filters, packets, a trace with data), and where the
 * kernel cannot move it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/lanes.h"
#include "flow/pump.h"
#include "net/transport.h"
#include "proto/crlf.h"

/* Of a datagram socket's input: what UDP over IPv4 can carry. */
#define DATAGRAM_SIZE 65507

/* The piece of the buffer that is written next: a line where lines are paced. */
static size_t piece(const struct pump *pump)
{
	size_t len = pump->end - pump->start;
	if (pump->config.interval_ns == 0 || len == 0)
		return len;
	const char *lf = memchr(pump->buf + pump->start, '\n', len);
	return lf ? (size_t)(lf - (pump->buf + pump->start)) + 1 : len;
}

static bool write_some(struct pump *pump, int64_t now_ns)
{
	size_t len = piece(pump);
	size_t moved = len;
	enum io io = pump->config.discard || (pump->packet_held && len == 0 && !pump->to->packets)
			     ? IO_DONE
			     : pump->to->ops->send(pump->to, pump->buf + pump->start, len, &moved);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io == IO_AGAIN)
		return false;
	if (io != IO_DONE) {
		lane_fail(pump, &pump->write_err);
		return true;
	}
	pump->bytes += moved;
	pump->start += moved;
	pump->packet_held = pump->packet_held && pump->start < pump->end;
	pump->moved_ns = now_ns;
	if (pump->config.interval_ns > 0 && moved > 0 && pump->buf[pump->start - 1] == '\n')
		pump->resume_ns = now_ns + pump->config.interval_ns;
	return true;
}

/* With the CRLF filter the data is read into the last third of the buffer, and the other two take what becomes of it. */
static bool read_some(struct pump *pump, int64_t now_ns)
{
	size_t size = pump->to->packets && !pump->from->packets ? DATAGRAM_SIZE : PUMP_BUFFER;
	size_t moved = 0;
	if (!pump->buf && !(pump->buf = malloc(PUMP_BUFFER * (pump->config.crlf ? 3 : 1)))) {
		lane_fail(pump, &pump->read_err);
		return true;
	}
	char *into = pump->config.crlf ? pump->buf + (size_t)2 * PUMP_BUFFER : pump->buf;
	enum io io = pump->from->ops->recv(pump->from, into, size, &moved);
	pump->from_ready = io == IO_DONE && pump->from->in.eager;
	switch (io) {
	case IO_AGAIN:
		return false;
	case IO_EOF:
		pump->state = PUMP_DRAINING;
		return true;
	case IO_FAILED:
		lane_fail(pump, &pump->read_err);
		return true;
	case IO_DONE:
		break;
	}
	pump->start = 0;
	pump->end = pump->config.crlf ? crlf_convert(pump->buf, into, moved, &pump->last_was_cr) : moved;
	pump->packet_held = pump->from->packets;
	lane_count_read(pump, now_ns);
	if (pump->config.limit > 0 && pump->reads >= (uint64_t)pump->config.limit)
		pump->state = PUMP_DRAINING;
	return true;
}

bool lane_copy(struct pump *pump, int64_t now_ns)
{
	if (lane_holds(pump))
		return pump->to_ready && now_ns >= pump->resume_ns && write_some(pump, now_ns);
	if (pump->state == PUMP_DRAINING) {
		pump->state = PUMP_DONE;
		return true;
	}
	return pump->from_ready && read_some(pump, now_ns);
}
