/* What is sent between the data of a pump. */
#include "relay/telnet_replies.h"

#include <string.h>

#include "net/transport.h"
#include "relay/filters.h"
#include "relay/lane.h"
#include "relay/pump.h"

size_t asides_room(const struct asides *asides)
{
	return asides->closed ? ASIDES_SIZE : ASIDES_SIZE - (asides->end - asides->start);
}

char *asides_at_end(struct asides *asides)
{
	size_t left = asides->closed ? 0 : asides->end - asides->start;
	memmove(asides->bytes, asides->bytes + asides->start, left);
	asides->start = 0;
	asides->end = left;
	return asides->bytes + left;
}

bool asides_are_due(const struct pump *pump)
{
	const struct asides *asides = pump->config.asides;
	return asides && !asides->closed && asides->start < asides->end && !pump->midway && pump->state != PUMP_FAILED;
}

bool asides_write(struct pump *pump, int64_t now_ns)
{
	struct asides *asides = pump->config.asides;
	struct piece piece = {asides->bytes + asides->start, asides->end - asides->start};
	enum io io = pump->to->ops->send(pump->to, piece.data, piece.len, &piece.len);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io == IO_AGAIN)
		return false;
	if (io != IO_DONE) {
		lane_fail(pump, &pump->write_err);
		return true;
	}
	asides->start += piece.len;
	pump->moved_ns = now_ns;
	filters_written(pump, &piece, now_ns);
	return true;
}
