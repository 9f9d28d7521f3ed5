/* The lane in which data is copied through a buffer: where it must be seen (filters, packets, a
 * trace with data), and where the kernel cannot move it. */
#include <errno.h>

#include "net/packets.h"
#include "relay/filters.h"
#include "relay/lane.h"
#include "relay/pump_state.h"
#include "relay/telnet_replies.h"

static enum io send_piece(struct pump *pump, const struct piece *piece, size_t *moved)
{
	bool nowhere = pump->packet_held && piece->len == 0 && !pump->to->packets;
	*moved = piece->len;
	return pump->config.discard || nowhere
		       ? IO_DONE
		       : transport_send(pump->to, piece->data, piece->len, moved);
}

static enum lane_result write_some(struct pump *pump, int64_t now_ns)
{
	struct piece piece = {pump->buf + pump->start, pump->end - pump->start};
	if (!filters_share(pump, &piece, now_ns))
		return LANE_WAITS;
	size_t moved;
	enum io io = send_piece(pump, &piece, &moved);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io != IO_DONE)
		return lane_not_written(pump, io);
	pump->bytes += moved;
	pump->start += moved;
	pump->packet_held = pump->packet_held && pump->start < pump->end;
	pump->moved_ns = now_ns;
	pump->midway = moved < piece.len;
	piece.len = moved;
	filters_written(pump, &piece, now_ns);
	return LANE_MOVED;
}

static enum lane_result write_replies(struct pump *pump, int64_t now_ns)
{
	struct telnet_replies *replies = pump->config.replies;
	struct piece piece = {replies->bytes + replies->start, replies->end - replies->start};
	enum io io = transport_send(pump->to, piece.data, piece.len, &piece.len);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io != IO_DONE)
		return lane_not_written(pump, io);
	replies->start += piece.len;
	pump->moved_ns = now_ns;
	filters_written(pump, &piece, now_ns);
	return LANE_MOVED;
}

/* PIECE has been read into the buffer. */
static enum lane_result take_piece(struct pump *pump, struct piece piece, int64_t now_ns)
{
	lane_count_read(pump, now_ns);
	filters_read(pump, &piece, now_ns);
	pump->start = (size_t)(piece.data - pump->buf);
	pump->end = pump->start + piece.len;
	pump->packet_held = pump->from->packets;
	pump->queued++;
	bool last = pump->config.limit > 0 && pump->reads >= (uint64_t)pump->config.limit;
	return last ? LANE_ENDED : LANE_MOVED;
}

/* Where a filter lets the data grow, it is read into the end of the buffer, and the rest takes what
 * becomes of it. */
static enum lane_result read_some(struct pump *pump, int64_t now_ns)
{
	bool packets = pump->from->packets || pump->to->packets;
	size_t size = pump->to->packets && !pump->from->packets ? DATAGRAM_SIZE : PUMP_BUFFER;
	size_t moved = 0;
	size = filters_room(pump, size);
	if (size == 0)
		return LANE_WAITS;
	if (!pump->buf) {
		/* A packet is read whole or is lost. */
		size_t part = packets ? PUMP_BUFFER : buffer_pool_size(pump->config.buffers);
		if (!lane_take_buffer(pump, part * (pump->growth + 1)))
			return lane_fail(&pump->read_err, ENOMEM);
	}
	size_t part = pump->buf_size / (pump->growth + 1);
	size_t room = part * pump->growth;
	size = size < part ? size : part;
	enum io io = transport_recv(pump->from, pump->buf + room, size, &moved);
	pump->from_ready = io == IO_DONE && pump->from->in.eager;
	if (io == IO_AGAIN)
		pump->queued = 0;
	if (io != IO_DONE)
		return lane_not_read(pump, io);
	return take_piece(pump, (struct piece){pump->buf + room, moved}, now_ns);
}

enum lane_result lane_copy(struct pump *pump, int64_t now_ns)
{
	if (lane_owes_replies(pump))
		return pump->to_ready ? write_replies(pump, now_ns) : LANE_WAITS;
	if (lane_holds(pump))
		return pump->to_ready && now_ns >= pump->resume_ns ? write_some(pump, now_ns)
								   : LANE_WAITS;
	return pump->from_ready ? read_some(pump, now_ns) : LANE_WAITS;
}
