/* A pump moves data in one direction.  Readiness works like this: an end is taken to be ready until a call says EAGAIN,
 * then poll is asked.  A splice that says EAGAIN does not say which end it meant: both are forgotten, poll tells one
 * of them ready, and the pump sleeps on the other alone. */
#include "flow/pump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "net/transport.h"
#include "proto/crlf.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* Large enough for the largest datagram that a Unix socket sends by default (net.core.wmem_default). */
#define COPY_SIZE (256 * 1024)
/* Of a datagram socket's input: what UDP over IPv4 can carry. */
#define DATAGRAM_SIZE 65507
#define SPLICE_SIZE (1 << 20)
#define SENDFILE_SIZE (1 << 30)
/* The largest pipe that an ordinary user may have (fs.pipe-max-size), asked for once a relay has shown that it is bulk. */
#define PIPE_SIZE (1 << 20)
#define BULK_BYTES 65536
/* How often a pump goes on before the other one has its turn. */
#define STEP_ROUNDS 16

static enum pump_lane choose_lane(const struct pump *pump)
{
	const struct pump_config *config = &pump->config;
	bool seen = config->see_data || config->crlf || config->discard || config->interval_ns > 0 || config->limit > 0;
	if (seen || pump->from->packets || pump->to->packets)
		return LANE_COPY;
	if (pump->from->in.sendfile && pump->to->out.splice)
		return LANE_SENDFILE;
	bool pipe = pump->from->in.resizable || pump->to->out.resizable;
	return pipe && pump->from->in.splice && pump->to->out.splice ? LANE_SPLICE : LANE_COPY;
}

/* What may be tried before poll has been asked. */
static void assume_ready(struct pump *pump)
{
	pump->from_ready |= pump->lane != LANE_COPY || pump->from->in.eager;
	pump->to_ready |= pump->lane != LANE_COPY || pump->to->out.eager;
}

void pump_open(struct pump *pump, struct transport *from, struct transport *to, const struct pump_config *config,
	       int64_t now_ns)
{
	*pump = (struct pump){.from = from, .to = to, .config = *config, .moved_ns = now_ns};
	pump->lane = choose_lane(pump);
	assume_ready(pump);
}

static void fail(struct pump *pump, int *where)
{
	*where = errno;
	pump->state = PUMP_FAILED;
}

/* Both pipes of a bulk relay are enlarged: fewer wake-ups.  Refusal does no harm. */
static void resize_pipes(struct pump *pump)
{
	pump->resized = true;
	if (pump->from->in.resizable)
		sys_pipe_size(pump->from->in.fd, PIPE_SIZE);
	if (pump->to->out.resizable)
		sys_pipe_size(pump->to->out.fd, PIPE_SIZE);
}

/* The kernel cannot move data between these two: copy, for good. */
static bool fall_back(struct pump *pump)
{
	pump->lane = LANE_COPY;
	pump->from_ready = false;
	pump->to_ready = false;
	assume_ready(pump);
	return true;
}

/* An EAGAIN of the splice lane: both ends have to be asked anew. */
static bool not_now(struct pump *pump)
{
	pump->from_ready = false;
	pump->to_ready = false;
	return false;
}

/* Which end a failed splice or sendfile speaks of: EPIPE is always the writer's, and of the two ends one is a socket, which
 * all other errors of a connection are about. */
static bool splice_failed(struct pump *pump)
{
	bool from_socket = pump->from->in.kind == PORT_SOCKET;
	fail(pump, errno == EPIPE || !from_socket ? &pump->write_err : &pump->read_err);
	return true;
}

static void count_read(struct pump *pump, int64_t now_ns)
{
	if (pump->reads++ == 0)
		pump->first_ns = now_ns;
	pump->moved_ns = now_ns;
}

static bool step_kernel(struct pump *pump, int64_t now_ns)
{
	struct trace *trace = pump->from->trace;
	int from = pump->from->in.fd;
	int to = pump->to->out.fd;
	ssize_t n = pump->lane == LANE_SENDFILE ? sys_sendfile(trace, to, from, SENDFILE_SIZE)
						: sys_splice(trace, from, to, SPLICE_SIZE, SPLICE_F_NONBLOCK);
	if (n == 0) {
		pump->state = PUMP_DONE;
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return not_now(pump);
	if (n < 0 && (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
		return fall_back(pump);
	if (n < 0)
		return splice_failed(pump);
	pump->bytes += (uint64_t)n;
	count_read(pump, now_ns);
	if (!pump->resized && pump->bytes >= BULK_BYTES)
		resize_pipes(pump);
	return true;
}

/* The piece of the buffer that is written next: a line where lines are paced. */
static size_t piece(const struct pump *pump)
{
	size_t len = pump->end - pump->start;
	if (pump->config.interval_ns == 0 || len == 0)
		return len;
	const char *lf = memchr(pump->buf + pump->start, '\n', len);
	return lf ? (size_t)(lf - (pump->buf + pump->start)) + 1 : len;
}

static bool holds_data(const struct pump *pump)
{
	return pump->start < pump->end || pump->packet_held;
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
		fail(pump, &pump->write_err);
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
	size_t size = pump->to->packets && !pump->from->packets ? DATAGRAM_SIZE : COPY_SIZE;
	size_t moved = 0;
	if (!pump->buf && !(pump->buf = malloc(COPY_SIZE * (pump->config.crlf ? 3 : 1)))) {
		fail(pump, &pump->read_err);
		return true;
	}
	char *into = pump->config.crlf ? pump->buf + (size_t)2 * COPY_SIZE : pump->buf;
	enum io io = pump->from->ops->recv(pump->from, into, size, &moved);
	pump->from_ready = io == IO_DONE && pump->from->in.eager;
	switch (io) {
	case IO_AGAIN:
		return false;
	case IO_EOF:
		pump->state = PUMP_DRAINING;
		return true;
	case IO_FAILED:
		fail(pump, &pump->read_err);
		return true;
	case IO_DONE:
		break;
	}
	pump->start = 0;
	pump->end = pump->config.crlf ? crlf_convert(pump->buf, into, moved, &pump->last_was_cr) : moved;
	pump->packet_held = pump->from->packets;
	count_read(pump, now_ns);
	if (pump->config.limit > 0 && pump->reads >= (uint64_t)pump->config.limit)
		pump->state = PUMP_DRAINING;
	return true;
}

static bool step_copy(struct pump *pump, int64_t now_ns)
{
	if (holds_data(pump))
		return pump->to_ready && now_ns >= pump->resume_ns && write_some(pump, now_ns);
	if (pump->state == PUMP_DRAINING) {
		pump->state = PUMP_DONE;
		return true;
	}
	return pump->from_ready && read_some(pump, now_ns);
}

bool pump_step(struct pump *pump, int64_t now_ns)
{
	int rounds = 0;
	while (rounds < STEP_ROUNDS && !pump_is_over(pump)) {
		bool kernel = pump->lane != LANE_COPY;
		if (kernel && !(pump->from_ready && pump->to_ready))
			break;
		if (!(kernel ? step_kernel(pump, now_ns) : step_copy(pump, now_ns)))
			break;
		rounds++;
	}
	return rounds > 0;
}

void pump_retry(struct pump *pump)
{
	assume_ready(pump);
}

void pump_drain(struct pump *pump)
{
	pump->closing = true;
}

void pump_end(struct pump *pump)
{
	if (pump->state != PUMP_OPEN)
		return;
	/* The kernel's lanes hold nothing: what they have read, they have written. */
	pump->state = pump->lane == LANE_COPY ? PUMP_DRAINING : PUMP_DONE;
}

void pump_forget(struct pump *pump)
{
	pump->state = PUMP_OPEN;
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
	if (pump->state != PUMP_OPEN || pump->from_ready)
		return false;
	return pump->lane != LANE_COPY || !holds_data(pump);
}

bool pump_wants_to(const struct pump *pump, int64_t now_ns)
{
	if (pump_is_over(pump) || pump->to_ready)
		return false;
	return pump->lane != LANE_COPY || (holds_data(pump) && now_ns >= pump->resume_ns);
}

size_t pump_pending(const struct pump *pump)
{
	return pump->end - pump->start;
}

void pump_close(struct pump *pump)
{
	free(pump->buf);
	pump->buf = NULL;
}
