/* What is sent between the data of a pump. */
#include "relay/telnet_replies.h"

#include <string.h>

#include "net/transport.h"
#include "relay/filters.h"
#include "relay/lane.h"
#include "relay/pump.h"

size_t telnet_replies_room(const struct telnet_replies *telnet_replies)
{
	return telnet_replies->closed
		       ? TELNET_REPLIES_SIZE
		       : TELNET_REPLIES_SIZE - (telnet_replies->end - telnet_replies->start);
}

char *telnet_replies_at_end(struct telnet_replies *telnet_replies)
{
	size_t left = telnet_replies->closed ? 0 : telnet_replies->end - telnet_replies->start;
	memmove(telnet_replies->bytes, telnet_replies->bytes + telnet_replies->start, left);
	telnet_replies->start = 0;
	telnet_replies->end = left;
	return telnet_replies->bytes + left;
}

bool telnet_replies_are_due(const struct pump *pump)
{
	const struct telnet_replies *telnet_replies = pump->config.replies;
	return telnet_replies && !telnet_replies->closed &&
	       telnet_replies->start < telnet_replies->end && !pump->midway &&
	       pump->state != PUMP_FAILED;
}

bool telnet_replies_write(struct pump *pump, int64_t now_ns)
{
	struct telnet_replies *telnet_replies = pump->config.replies;
	struct piece piece = {telnet_replies->bytes + telnet_replies->start,
			      telnet_replies->end - telnet_replies->start};
	enum io io = pump->to->ops->send(pump->to, piece.data, piece.len, &piece.len);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io == IO_AGAIN)
		return false;
	if (io != IO_DONE) {
		lane_fail(pump, &pump->write_err);
		return true;
	}
	telnet_replies->start += piece.len;
	pump->moved_ns = now_ns;
	filters_written(pump, &piece, now_ns);
	return true;
}
