/* The lane in which data is copied through a buffer: where it must be seen (filters, packets, a
 * trace with data), and where the kernel cannot move it. */
#include <errno.h>
#include <stdlib.h>

#include "net/packets.h"
#include "net/transport.h"
#include "relay/filters.h"
#include "relay/lane.h"
#include "relay/pump.h"
#include "relay/telnet_replies.h"

static enum io send_piece(struct pump *pump, const struct piece *piece, size_t *moved)
{
	bool nowhere = pump->packet_held && piece->len == 0 && !pump->to->packets;
	*moved = piece->len;
	return pump->config.discard || nowhere
		       ? IO_DONE
		       : pump->to->ops->send(pump->to, piece->data, piece->len, moved);
}

static bool write_some(struct pump *pump, int64_t now_ns)
{
	struct piece piece = {pump->buf + pump->start, pump->end - pump->start};
	if (!filters_share(pump, &piece, now_ns))
		return false;
	size_t moved;
	enum io io = send_piece(pump, &piece, &moved);
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
	pump->midway = moved < piece.len;
	piece.len = moved;
	filters_written(pump, &piece, now_ns);
	return true;
}

/* PIECE has been read into the buffer. */
static void take_piece(struct pump *pump, struct piece piece, int64_t now_ns)
{
	lane_count_read(pump, now_ns);
	filters_read(pump, &piece, now_ns);
	pump->start = (size_t)(piece.data - pump->buf);
	pump->end = pump->start + piece.len;
	pump->packet_held = pump->from->packets;
	pump->queued++;
	if (pump->config.limit > 0 && pump->reads >= (uint64_t)pump->config.limit)
		pump->state = PUMP_DRAINING;
}

/* Where a filter lets the data grow, it is read into the end of the buffer, and the rest takes what
 * becomes of it. */
static bool read_some(struct pump *pump, int64_t now_ns)
{
	size_t size = pump->to->packets && !pump->from->packets ? DATAGRAM_SIZE : PUMP_BUFFER;
	size_t room = (size_t)PUMP_BUFFER * pump->growth;
	size_t moved = 0;
	size = filters_room(pump, size);
	if (size == 0)
		return false;
	if (!pump->buf)
		pump->buf = room > 0 ? malloc(room + PUMP_BUFFER)
				     : buffer_pool_take(pump->config.buffers);
	if (!pump->buf) {
		lane_fail(pump, &pump->read_err);
		return true;
	}
	enum io io = pump->from->ops->recv(pump->from, pump->buf + room, size, &moved);
	pump->from_ready = io == IO_DONE && pump->from->in.eager;
	switch (io) {
	case IO_AGAIN:
		pump->queued = 0;
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
	take_piece(pump, (struct piece){pump->buf + room, moved}, now_ns);
	return true;
}

bool lane_copy(struct pump *pump, int64_t now_ns)
{
	if (telnet_replies_are_due(pump))
		return pump->to_ready && telnet_replies_write(pump, now_ns);
	if (lane_holds(pump))
		return pump->to_ready && now_ns >= pump->resume_ns && write_some(pump, now_ns);
	if (pump->state == PUMP_DRAINING) {
		pump->state = PUMP_DONE;
		return true;
	}
	return pump->from_ready && read_some(pump, now_ns);
}
