/* A pump moves data in one direction. */
#include "relay/pump.h"

#include <stdlib.h>

#include "net/packets.h"
#include "net/transport.h"
#include "relay/filters.h"
#include "relay/lane.h"

/* How often a pump goes on before the other one has its turn. */
#define STEP_ROUNDS 16

/* After so many packets, each of which was there when the one before had been passed on, there is a
 * queue. */
#define QUEUED 4

static void choose(struct pump *pump)
{
	filters_choose(pump);
	lane_choose(pump);
	pump->rechoose = false;
	lane_assume_ready(pump);
}

void pump_open(struct pump *pump, struct transport *from, struct transport *to,
	       const struct pump_config *config, int64_t now_ns)
{
	*pump = (struct pump){.from = from,
			      .to = to,
			      .config = *config,
			      .pipe = {-1, -1},
			      .moved_ns = now_ns,
			      .rate = {.per_sec = config->rate}};
	choose(pump);
}

/* Where filters let the data grow the buffer is larger than others, and kept. */
static void give_up_buffer(struct pump *pump)
{
	if (pump->lane == LANE_PACKETS || pump->growth > 0 || lane_holds(pump))
		return;
	lane_give_buffer(pump);
}

/* A copying relay that has shown to be bulk goes on in the kernel, where that is possible between
 * its ends, and packets that queue up go many at a time. */
static void change_lane(struct pump *pump)
{
	if (pump->lane != LANE_COPY || pump->state != PUMP_OPEN || lane_holds(pump))
		return;
	if (pump->rechoose)
		choose(pump);
	if (pump->lane != LANE_COPY)
		give_up_buffer(pump);
	else if (pump->may_splice && pump->bytes >= BULK_BYTES) {
		pump->may_splice = false;
		lane_pipe_open(pump);
	} else if (pump->may_queue && pump->queued >= QUEUED) {
		pump->may_queue = false;
		lane_packets_open(pump);
	}
}

/* What has ended is done when all that it held is written. */
static bool step_once(struct pump *pump, int64_t now_ns)
{
	static enum lane_result (*const lanes[])(struct pump *, int64_t) = {
		[LANE_COPY] = lane_copy,         [LANE_SPLICE] = lane_splice,
		[LANE_SENDFILE] = lane_sendfile, [LANE_DISCARD] = lane_discard,
		[LANE_PIPE] = lane_pipe,         [LANE_PACKETS] = lane_packets};
	if (pump->state == PUMP_DRAINING && !lane_holds(pump)) {
		pump->state = PUMP_DONE;
		return true;
	}
	enum lane_result result = lanes[pump->lane](pump, now_ns);
	if (result == LANE_ENDED)
		pump->state = PUMP_DRAINING;
	else if (result == LANE_FAILED)
		pump->state = PUMP_FAILED;
	return result != LANE_WAITS;
}

/* Go on with the end of the sink.  Whether anything happened. */
static bool finish_sink(struct pump *pump)
{
	if (!pump->to_ready)
		return false;
	pump->finishing = transport_finish(pump->to) == IO_AGAIN;
	pump->to_ready = !pump->finishing;
	return true;
}

bool pump_step(struct pump *pump, int64_t now_ns)
{
	int rounds = 0;
	if (pump->finishing)
		return finish_sink(pump);
	/* What a layer holds, poll does not tell of. */
	pump->from_ready |= transport_pending(pump->from);
	while (rounds < STEP_ROUNDS && (!pump_is_over(pump) || lane_owes_replies(pump))) {
		change_lane(pump);
		if (!step_once(pump, now_ns))
			break;
		rounds++;
	}
	give_up_buffer(pump);
	return rounds > 0;
}

void pump_retry(struct pump *pump)
{
	lane_assume_ready(pump);
}

void pump_drain(struct pump *pump)
{
	pump->closing = true;
}

void pump_end(struct pump *pump)
{
	if (pump->state == PUMP_OPEN)
		pump->state = PUMP_DRAINING;
}

void pump_finish(struct pump *pump)
{
	pump->to_ready = true;
	finish_sink(pump);
}

bool pump_is_finishing(const struct pump *pump)
{
	return pump->finishing;
}

void pump_stop(struct pump *pump)
{
	pump->state = PUMP_DONE;
}

void pump_forget(struct pump *pump)
{
	pump->state = PUMP_OPEN;
	if (pump->lane == LANE_PACKETS && lane_holds(pump))
		packets_take(pump->packets, 1);
	pump->start = pump->end;
	pump->packet_held = false;
	pump->read_err = 0;
	pump->write_err = 0;
}

bool pump_is_over(const struct pump *pump)
{
	return pump->state == PUMP_DONE || pump->state == PUMP_FAILED;
}

bool pump_wants_from(const struct pump *pump)
{
	return pump->state == PUMP_OPEN && !pump->from_ready && !lane_holds(pump);
}

bool pump_wants_to(const struct pump *pump, int64_t now_ns)
{
	if (lane_owes_replies(pump) || pump->finishing)
		return !pump->to_ready;
	if (pump_is_over(pump) || pump->to_ready)
		return false;
	/* These hold nothing and need room all the same. */
	if (pump->lane == LANE_SPLICE || pump->lane == LANE_SENDFILE)
		return true;
	return lane_holds(pump) && now_ns >= pump->resume_ns;
}

bool pump_owes_replies(const struct pump *pump)
{
	return lane_owes_replies(pump);
}

size_t pump_pending(const struct pump *pump)
{
	size_t queued = pump->lane == LANE_PACKETS ? pump->packets->end - pump->packets->at : 0;
	return pump->end - pump->start + pump->held + queued;
}

void pump_close(struct pump *pump)
{
	lane_give_buffer(pump);
	free(pump->packets);
	pump->packets = NULL;
	lane_pipe_close(pump);
}
