/* The lanes in which the kernel moves the data: splice(2), sendfile(2), and recv(2) that throws
 * away; and which lane a pump takes (lane_choose), by what the ports of its transports allow.  A
 * copying pump goes over to a pipe of its own once it is bulk (change_lane in pump.c).  What the
 * kernel refuses with EINVAL is copied from then on; nothing is lost by trying, as a call that
 * fails leaves the data where it was. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/transport.h"
#include "relay/lane.h"
#include "relay/pump_state.h"
#include "trace/sys.h"

#define SPLICE_SIZE (1 << 20)
#define SENDFILE_SIZE (1 << 30)
#define DISCARD_SIZE (1 << 30)
/* The largest pipe that an ordinary user may have (fs.pipe-max-size). */
#define PIPE_SIZE (1 << 20)
/* Our own: nobody sleeps at its ends, so to a file a larger one would only leave the processor's
 * caches. */
#define OWN_PIPE_SIZE (256 * 1024)
/* Between sockets the pages only change hands, and the more of them at once the cheaper; but a
 * user's pipes hold 64 MiB in all (fs.pipe-user-pages-soft), and whoever comes after that gets tiny
 * ones: so few of ours are as large. */
#define LARGE_PIPES_MOST 16
/* A Unix socket's send buffer is not tuned by the kernel as TCP's is, and its default holds less
 * than a pipe. */
#define UNIX_SEND_BUFFER (1 << 20)

/* Whether the bytes must pass through a buffer. */
static bool must_see(const struct pump *pump)
{
	const struct pump_config *config = &pump->config;
	return pump->filters != 0 || config->see_data || config->limit > 0 || pump->from->packets ||
	       pump->to->packets;
}

/* Whether packets that queue up can be moved many at a time. */
static bool may_queue(const struct pump *pump)
{
	if (pump->filters != 0 || pump->config.limit > 0)
		return false;
	return pump->from->packets
		       ? pump->from->in.many && (!pump->to->packets || pump->to->out.many)
		       : pump->to->packets && pump->to->out.many && pump->from->in.many;
}

static enum pump_lane choose_lane(struct pump *pump)
{
	const struct port *from = &pump->from->in;
	const struct port *to = &pump->to->out;
	if (must_see(pump))
		return LANE_COPY;
	if (pump->config.discard || to->kind == PORT_NULL)
		return from->discard ? LANE_DISCARD : LANE_COPY;
	if (from->sendfile && to->splice)
		return LANE_SENDFILE;
	if (!from->splice || !to->splice)
		return LANE_COPY;
	if (from->kind == PORT_PIPE || to->kind == PORT_PIPE)
		return LANE_SPLICE;
	/* A short conversation is not worth a pipe. */
	pump->may_splice = true;
	return LANE_COPY;
}

void lane_choose(struct pump *pump)
{
	pump->lane = choose_lane(pump);
	pump->may_queue = may_queue(pump);
}

static bool refused(int err)
{
	return err == EINVAL || err == ENOSYS || err == EOPNOTSUPP || err == EFAULT;
}

void lane_enlarge(struct pump *pump)
{
	const int size = UNIX_SEND_BUFFER;
	pump->enlarged = true;
	if (pump->from->in.resizable)
		sys_pipe_size(pump->from->in.fd, PIPE_SIZE);
	if (pump->to->out.resizable)
		sys_pipe_size(pump->to->out.fd, PIPE_SIZE);
	if (pump->to->out.untuned)
		sys_setsockopt(pump->to->trace, pump->to->out.fd, SOL_SOCKET, SO_SNDBUF, &size,
			       sizeof(size));
}

static void moved(struct pump *pump, ssize_t n, int64_t now_ns)
{
	pump->bytes += (uint64_t)n;
	lane_count_read(pump, now_ns);
	if (!pump->enlarged && pump->bytes >= BULK_BYTES)
		lane_enlarge(pump);
}

/* What a call has come to that moves from one end to the other and returned N. */
static enum lane_result settle(struct pump *pump, ssize_t n, int64_t now_ns)
{
	if (n == 0)
		return lane_end(pump);
	if (n > 0) {
		moved(pump, n, now_ns);
		return LANE_MOVED;
	}
	if (refused(errno)) {
		lane_fall_back(pump);
		return LANE_MOVED;
	}
	/* EPIPE is always the writer's, and of the two ends one is a socket, which all other errors
	 * of a connection are about. */
	bool written = errno == EPIPE || pump->from->in.kind != PORT_SOCKET;
	return lane_fail(written ? &pump->write_err : &pump->read_err, errno);
}

/* An EAGAIN does not say which end it means: both have to be asked anew. */
enum lane_result lane_splice(struct pump *pump, int64_t now_ns)
{
	if (!pump->from_ready || !pump->to_ready)
		return LANE_WAITS;
	ssize_t n = sys_splice(pump->from->trace, pump->from->in.fd, pump->to->out.fd, SPLICE_SIZE,
			       SPLICE_F_NONBLOCK);
	if (n >= 0 || !sys_is_again(errno))
		return settle(pump, n, now_ns);
	pump->from_ready = false;
	pump->to_ready = false;
	return LANE_WAITS;
}

/* A file always has something to read, or its end. */
enum lane_result lane_sendfile(struct pump *pump, int64_t now_ns)
{
	if (!pump->to_ready)
		return LANE_WAITS;
	ssize_t n = sys_sendfile(pump->from->trace, pump->to->out.fd, pump->from->in.fd,
				 SENDFILE_SIZE);
	if (n >= 0 || !sys_is_again(errno))
		return settle(pump, n, now_ns);
	pump->to_ready = false;
	return LANE_WAITS;
}

/* tcp(7): with MSG_TRUNC the received bytes are discarded rather than passed back.  Other sockets
 * say EFAULT; what they have may still be moved to /dev/null. */
enum lane_result lane_discard(struct pump *pump, int64_t now_ns)
{
	if (!pump->from_ready)
		return LANE_WAITS;
	ssize_t n = sys_recv(pump->from->trace, pump->from->in.fd, NULL, DISCARD_SIZE, MSG_TRUNC);
	if (n < 0 && sys_is_again(errno)) {
		pump->from_ready = false;
		return LANE_WAITS;
	}
	enum lane_result result = settle(pump, n, now_ns);
	pump->may_splice = pump->lane == LANE_COPY && !pump->config.discard;
	return result;
}

static bool take_large_pipe(struct pump *pump)
{
	struct buffer_pool *buffers = pump->config.buffers;
	if (pump->to->out.kind != PORT_SOCKET || buffers->large_pipes == LARGE_PIPES_MOST ||
	    sys_pipe_size(pump->pipe[0], PIPE_SIZE) < 0)
		return false;
	buffers->large_pipes++;
	return true;
}

bool lane_pipe_open(struct pump *pump)
{
	if (sys_pipe(pump->pipe) != 0)
		return false;
	pump->large_pipe = take_large_pipe(pump);
	if (!pump->large_pipe)
		sys_pipe_size(pump->pipe[0], OWN_PIPE_SIZE);
	lane_give_buffer(pump);
	pump->lane = LANE_PIPE;
	lane_enlarge(pump);
	return true;
}

void lane_pipe_close(struct pump *pump)
{
	if (pump->large_pipe)
		pump->config.buffers->large_pipes--;
	pump->large_pipe = false;
	sys_close(pump->from->trace, &pump->pipe[0]);
	sys_close(pump->from->trace, &pump->pipe[1]);
}

/* The other end cannot be spliced to: what the pipe holds goes through the buffer of the copy lane,
 * and all else after it. */
static enum lane_result unload(struct pump *pump)
{
	size_t len = 0;
	bool taken = lane_take_buffer(pump, pump->held > PUMP_BUFFER ? pump->held : PUMP_BUFFER);
	while (taken && len < pump->held) {
		ssize_t n = sys_read(pump->from->trace, pump->pipe[0], pump->buf + len,
				     pump->held - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (len < pump->held)
		return lane_fail(&pump->write_err, errno);
	pump->held = 0;
	pump->start = 0;
	pump->end = len;
	lane_fall_back(pump);
	return LANE_MOVED;
}

/* The pipe is filled only when it is empty, so that an EAGAIN is the source's. */
static enum lane_result fill(struct pump *pump, int64_t now_ns)
{
	size_t size = pump->large_pipe ? SPLICE_SIZE : OWN_PIPE_SIZE;
	ssize_t n = sys_splice(pump->from->trace, pump->from->in.fd, pump->pipe[1], size,
			       SPLICE_F_NONBLOCK);
	if (n > 0) {
		pump->held = (size_t)n;
		lane_count_read(pump, now_ns);
		return LANE_MOVED;
	}
	if (n == 0)
		return lane_end(pump);
	if (sys_is_again(errno)) {
		pump->from_ready = false;
		return LANE_WAITS;
	}
	if (!refused(errno))
		return lane_fail(&pump->read_err, errno);
	lane_fall_back(pump);
	return LANE_MOVED;
}

static enum lane_result drain(struct pump *pump, int64_t now_ns)
{
	ssize_t n = sys_splice(pump->to->trace, pump->pipe[0], pump->to->out.fd, pump->held,
			       SPLICE_F_NONBLOCK);
	if (n >= 0) {
		pump->held -= (size_t)n;
		pump->bytes += (uint64_t)n;
		pump->moved_ns = now_ns;
		return LANE_MOVED;
	}
	if (sys_is_again(errno)) {
		pump->to_ready = false;
		return LANE_WAITS;
	}
	return refused(errno) ? unload(pump) : lane_fail(&pump->write_err, errno);
}

enum lane_result lane_pipe(struct pump *pump, int64_t now_ns)
{
	if (pump->held > 0)
		return pump->to_ready ? drain(pump, now_ns) : LANE_WAITS;
	return pump->from_ready ? fill(pump, now_ns) : LANE_WAITS;
}
