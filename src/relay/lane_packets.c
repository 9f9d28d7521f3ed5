/* The lane for packets that queue up: as many as are there are read by one call and sent by few,
 * and each stays what it is.  Where they go to a stream, they are written as the bytes that they
 * are, one behind the other. */
#include <stdlib.h>
#include <sys/socket.h>

#include "net/packets.h"
#include "net/transport.h"
#include "relay/lane.h"
#include "relay/pump_state.h"
#include "trace/sys.h"

/* What waits while others have the CPU is kept by the buffer of the socket alone; the kernel gives
 * what the administrator allows (net.core.rmem_max). */
#define RECEIVE_BUFFER (4 << 20)

bool lane_packets_open(struct pump *pump)
{
	const int size = RECEIVE_BUFFER;
	struct packets *packets = calloc(1, sizeof(*packets));
	lane_give_buffer(pump);
	if (!packets || !lane_take_buffer(pump, PACKETS_BUFFER)) {
		free(packets);
		return false;
	}
	pump->start = 0;
	pump->end = 0;
	pump->packets = packets;
	pump->lane = LANE_PACKETS;
	if (pump->from->in.untuned)
		sys_setsockopt(pump->from->trace, pump->from->in.fd, SOL_SOCKET, SO_RCVBUF, &size,
			       sizeof(size));
	lane_enlarge(pump);
	return true;
}

/* One, or to a stream all. */
static enum io send_plain(struct pump *pump)
{
	struct packets *packets = pump->packets;
	size_t len = pump->to->packets ? packets->len[packets->next] : packets->end - packets->at;
	size_t moved = len;
	enum io io = len == 0 && !pump->to->packets
			     ? IO_DONE
			     : transport_send(pump->to, pump->buf + packets->at, len, &moved);
	if (io != IO_DONE)
		return io;
	if (pump->to->packets)
		packets_take(packets, 1);
	else
		packets->at += moved;
	if (!pump->to->packets && packets->at == packets->end)
		packets->next = packets->count;
	return IO_DONE;
}

static enum lane_result write_queue(struct pump *pump, int64_t now_ns)
{
	struct packets *packets = pump->packets;
	size_t before = packets->at;
	enum io io = IO_DONE;
	if (pump->config.discard)
		packets_take(packets, packets->count - packets->next);
	else if (pump->to->packets && pump->to->out.many)
		io = pump->to->ops->send_many(pump->to, pump->buf, packets);
	else
		io = send_plain(pump);
	pump->to_ready = io == IO_DONE && pump->to->out.eager;
	if (io != IO_DONE)
		return lane_not_written(pump, io);
	pump->bytes += packets->at - before;
	pump->moved_ns = now_ns;
	return LANE_MOVED;
}

static enum lane_result read_queue(struct pump *pump, int64_t now_ns)
{
	enum io io = pump->from->ops->recv_many(pump->from, pump->buf, pump->packets);
	pump->from_ready = io == IO_DONE && pump->from->in.eager;
	if (io != IO_DONE)
		return lane_not_read(pump, io);
	pump->reads += pump->packets->count - 1;
	lane_count_read(pump, now_ns);
	return LANE_MOVED;
}

enum lane_result lane_packets(struct pump *pump, int64_t now_ns)
{
	if (lane_holds(pump))
		return pump->to_ready ? write_queue(pump, now_ns) : LANE_WAITS;
	/* The kernel does not have the call. */
	if (!pump->from->in.many) {
		lane_fall_back(pump);
		return LANE_MOVED;
	}
	return pump->from_ready ? read_queue(pump, now_ns) : LANE_WAITS;
}
