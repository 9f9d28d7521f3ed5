/* What the lanes of a pump share. */
#include "relay/lane.h"

#include <errno.h>

#include "net/packets.h"
#include "relay/pump_state.h"
#include "relay/telnet_replies.h"

bool lane_holds(const struct pump *pump)
{
	if (pump->lane == LANE_PACKETS)
		return pump->packets->next < pump->packets->count;
	return pump->start < pump->end || pump->packet_held || pump->held > 0 ||
	       lane_owes_replies(pump);
}

bool lane_owes_replies(const struct pump *pump)
{
	return pump->config.replies && telnet_replies_wait(pump->config.replies) && !pump->midway &&
	       pump->state != PUMP_FAILED;
}

void lane_assume_ready(struct pump *pump)
{
	bool moved_by_kernel = pump->lane != LANE_COPY && pump->lane != LANE_PACKETS;
	pump->from_ready |= moved_by_kernel || pump->from->in.eager;
	pump->to_ready |= moved_by_kernel || pump->to->out.eager;
}

void lane_fall_back(struct pump *pump)
{
	pump->lane = LANE_COPY;
	pump->may_splice = false;
	pump->may_queue = false;
	pump->from_ready = false;
	pump->to_ready = false;
	lane_assume_ready(pump);
}

bool lane_take_buffer(struct pump *pump, size_t size)
{
	pump->buf = buffer_pool_take(pump->config.buffers, size);
	pump->buf_size = size;
	return pump->buf;
}

void lane_give_buffer(struct pump *pump)
{
	buffer_pool_give(pump->config.buffers, pump->buf, pump->buf_size);
	pump->buf = NULL;
}

void lane_count_read(struct pump *pump, int64_t now_ns)
{
	if (pump->reads++ == 0)
		pump->first_ns = now_ns;
	pump->moved_ns = now_ns;
}

enum lane_result lane_end(struct pump *pump)
{
	return pump->from->reset ? lane_fail(&pump->read_err, ECONNRESET) : LANE_ENDED;
}

enum lane_result lane_fail(int *where, int err)
{
	*where = err;
	return LANE_FAILED;
}

enum lane_result lane_not_read(struct pump *pump, enum io io)
{
	switch (io) {
	case IO_AGAIN:
		return LANE_WAITS;
	case IO_EOF:
		return lane_end(pump);
	default:
		return lane_fail(&pump->read_err, pump->from->err);
	}
}

enum lane_result lane_not_written(struct pump *pump, enum io io)
{
	return io == IO_AGAIN ? LANE_WAITS : lane_fail(&pump->write_err, pump->to->err);
}
