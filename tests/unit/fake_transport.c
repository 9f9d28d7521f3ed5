/* A transport that does what a script says. */
#include "fake_transport.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fake *fake_of(struct transport *transport)
{
	return transport->state;
}

/* The step that *STEPS is at, or NULL behind the last one. */
static const struct fake_step *step_at(const struct fake_step *steps)
{
	return steps && steps->what != FAKE_OVER ? steps : NULL;
}

static void leave_step(const struct fake_step **steps)
{
	if (!(*steps)->each)
		(*steps)++;
}

static enum io without_data(struct fake *fake, const struct fake_step *step)
{
	switch (step->what) {
	case FAKE_EOF:
		return IO_EOF;
	case FAKE_FAIL:
		if (fake->words)
			return transport_failed_words(&fake->transport, fake->words);
		errno = step->err;
		return transport_failed(&fake->transport);
	default:
		return IO_AGAIN;
	}
}

/* What a read has no room for comes with the next one; of a packet it is lost. */
static enum io fake_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	struct fake *fake = fake_of(transport);
	const struct fake_step *step = step_at(fake->reads);
	fake->recvs++;
	if (!step)
		return IO_AGAIN;
	if (step->what != FAKE_MOVE) {
		leave_step(&fake->reads);
		return without_data(fake, step);
	}
	size_t left = step->len - fake->brought;
	*moved = left < size ? left : size;
	if (*moved > 0)
		memcpy(buf, step->data + fake->brought, *moved);
	fake->brought += *moved;
	if (fake->brought < step->len && !transport->packets)
		return IO_DONE;
	fake->brought = 0;
	leave_step(&fake->reads);
	return IO_DONE;
}

static enum io fake_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	struct fake *fake = fake_of(transport);
	const struct fake_step *step = step_at(fake->writes);
	fake->sends++;
	if (step)
		leave_step(&fake->writes);
	if (step && step->what != FAKE_MOVE)
		return without_data(fake, step);
	*moved = step && step->len < len && !transport->packets ? step->len : len;
	if (*moved > FAKE_ROOM - fake->got_len || fake->packet_count == FAKE_PACKETS) {
		/* More than a test means to write. */
		errno = ENOSPC;
		return transport_failed(transport);
	}
	if (*moved > 0)
		memcpy(fake->got + fake->got_len, buf, *moved);
	fake->got_len += *moved;
	if (transport->packets)
		fake->packets[fake->packet_count++] = *moved;
	return IO_DONE;
}

static enum io fake_finish(struct transport *transport)
{
	struct fake *fake = fake_of(transport);
	if (fake->finish_calls > 0) {
		fake->finish_calls--;
		return IO_AGAIN;
	}
	fake->finished++;
	return IO_DONE;
}

static void fake_close(struct transport *transport)
{
	fake_of(transport)->closed++;
}

void fake_open(struct fake *fake, const struct fake_step *reads, const struct fake_step *writes,
	       bool eager)
{
	static const struct transport_ops ops = {
		.recv = fake_recv, .send = fake_send, .finish = fake_finish, .close = fake_close};
	const struct port port = {.fd = -1, .events = POLLIN, .kind = PORT_OTHER, .eager = eager};
	memset(fake, 0, sizeof(*fake));
	fake->reads = reads;
	fake->writes = writes;
	fake->transport = (struct transport){.ops = &ops,
					     .trace = &fake->trace,
					     .state = fake,
					     .in = port,
					     .out = port,
					     .socket = -1};
	fake->transport.out.events = POLLOUT;
}

void fake_open_packets(struct fake *fake, const struct fake_step *reads,
		       const struct fake_step *writes)
{
	fake_open(fake, reads, writes, true);
	fake->transport.packets = true;
}

/* ---- descriptors ---- */

static enum io fd_result(struct transport *transport, ssize_t n, size_t *moved)
{
	if (n < 0)
		return transport_failed(transport);
	*moved = (size_t)n;
	return IO_DONE;
}

static enum io fd_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	fake_of(transport)->recvs++;
	enum io io = fd_result(transport, read(transport->in.fd, buf, size), moved);
	return io == IO_DONE && *moved == 0 ? IO_EOF : io;
}

static enum io fd_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	fake_of(transport)->sends++;
	return fd_result(transport, write(transport->out.fd, buf, len), moved);
}

static struct port port_of(int fd)
{
	struct port port = {.fd = fd, .kind = PORT_CLOSED, .eager = true};
	struct stat status;
	if (fd < 0 || fstat(fd, &status) != 0)
		return port;
	bool pipe = S_ISFIFO(status.st_mode);
	bool socket = S_ISSOCK(status.st_mode);
	port.kind = pipe ? PORT_PIPE : socket ? PORT_SOCKET : PORT_FILE;
	port.splice = true;
	port.sendfile = port.kind == PORT_FILE;
	port.discard = socket;
	port.resizable = pipe;
	return port;
}

void fake_open_fds(struct fake *fake, int in, int out)
{
	static const struct transport_ops ops = {
		.recv = fd_recv, .send = fd_send, .finish = fake_finish, .close = fake_close};
	fake_open(fake, NULL, NULL, true);
	fake->transport.ops = &ops;
	fake->transport.in = port_of(in);
	fake->transport.out = port_of(out);
	fake->transport.in.splice &= fake->transport.in.kind != PORT_FILE;
}

bool fake_got(const struct fake *fake, const char *text, size_t len)
{
	return fake->got_len == len && memcmp(fake->got, text, len) == 0;
}
