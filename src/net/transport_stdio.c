/* stdin and stdout as a transport.  Both are inherited: their open file descriptions belong to the
 * shell and to others as well, so O_NONBLOCK is never switched, and a call that could block waits
 * until poll says that it will not. */
#include "net/transport_stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/kernel.h"
#include "net/packets.h"
#include "net/transport.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* What poll(2) calls writable takes at least that much without blocking: a pipe a page (PIPE_BUF,
 * pipe(7)), a terminal somewhat less. */
#define PIPE_CHUNK 4096
#define TERMINAL_CHUNK 256

/* A read from a pipe: RWF_NOWAIT where the kernel has it, which it loses for good once somebody has
 * spliced from this pipe; else when poll(2) has said that there is something. */
static ssize_t pipe_read(struct transport *transport, void *buf, size_t size)
{
	struct port *in = &transport->in;
	if (in->eager) {
		ssize_t n = sys_preadv2(transport->trace, in->fd, buf, size, RWF_NOWAIT);
		if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
			return n;
		in->eager = false;
		in->many = false;
		errno = EAGAIN;
		return -1;
	}
	return sys_read(transport->trace, in->fd, buf, size);
}

/* A write to a pipe: the same; else no more than poll(2) has promised. */
static ssize_t pipe_write(struct transport *transport, const void *buf, size_t len)
{
	struct port *out = &transport->out;
	if (!transport->no_nowait) {
		ssize_t n = sys_pwritev2(transport->trace, out->fd, buf, len, RWF_NOWAIT);
		if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
			return n;
		transport->no_nowait = true;
		out->eager = false;
		errno = EAGAIN;
		return -1;
	}
	return sys_write(transport->trace, out->fd, buf, len < PIPE_CHUNK ? len : PIPE_CHUNK);
}

/* A socket as stdin or stdout: MSG_DONTWAIT makes the one call non-blocking and leaves the
 * description alone. */
static enum io stdio_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	const struct port *in = &transport->in;
	ssize_t n;
	switch (in->kind) {
	case PORT_SOCKET:
		n = sys_recv(transport->trace, in->fd, buf, size, MSG_DONTWAIT);
		break;
	case PORT_PIPE:
		n = pipe_read(transport, buf, size);
		break;
	default:
		n = sys_read(transport->trace, in->fd, buf, size);
	}
	if (n < 0)
		return in->kind == PORT_CLOSED ? IO_EOF : transport_failed(transport);
	*moved = (size_t)n;
	return n == 0 ? IO_EOF : IO_DONE;
}

/* Every read is a packet: those that the pipe has, as far as a read can tell that without waiting.
 */
static enum io stdio_recv_many(struct transport *transport, char *buf, struct packets *packets)
{
	size_t len = 0;
	packets_clear(packets);
	while (packets->count < PACKETS_MAX) {
		enum io io = stdio_recv(transport, buf + packets->end, DATAGRAM_SIZE, &len);
		if (io != IO_DONE)
			return packets->count > 0 ? IO_DONE : io;
		packets_add(packets, len);
	}
	return IO_DONE;
}

static enum io stdio_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	const struct port *out = &transport->out;
	ssize_t n;
	switch (out->kind) {
	case PORT_SOCKET:
		n = sys_send(transport->trace, out->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		break;
	case PORT_PIPE:
		n = pipe_write(transport, buf, len);
		break;
	case PORT_TERMINAL:
		n = sys_write(transport->trace, out->fd, buf,
			      len < TERMINAL_CHUNK ? len : TERMINAL_CHUNK);
		break;
	default:
		n = sys_write(transport->trace, out->fd, buf, len);
	}
	return transport_sent(transport, n, moved);
}

bool transport_stdio_has_reader(const struct transport *transport)
{
	enum port_kind kind = transport->out.kind;
	return kind == PORT_PIPE || kind == PORT_SOCKET || kind == PORT_TERMINAL;
}

/* Close stdout where somebody waits at its other end.  The number stays taken, so that no later
 * descriptor becomes "stdout". */
static enum io stdio_finish(struct transport *transport)
{
	struct port *out = &transport->out;
	bool read_by_others = out->kind == PORT_PIPE || out->kind == PORT_SOCKET;
	if (transport->keep_out || !read_by_others || out->fd < 0)
		return IO_DONE;
	if (out->kind == PORT_SOCKET)
		sys_shutdown(transport->trace, out->fd, SHUT_WR);
	sys_close(transport->trace, &out->fd);
	sys_open("/dev/null", O_WRONLY, 0);
	return IO_DONE;
}

/* stdin and stdout are not ours to close. */
static void stdio_close(struct transport *transport)
{
	transport->in.fd = -1;
	transport->out.fd = -1;
}

static enum port_kind kind_of(int fd)
{
	struct stat status;
	if (sys_fstat(fd, &status) != 0)
		return PORT_CLOSED;
	switch (status.st_mode & S_IFMT) {
	case S_IFIFO:
		return PORT_PIPE;
	case S_IFSOCK:
		return PORT_SOCKET;
	case S_IFREG:
		return PORT_FILE;
	case S_IFCHR:
		if (status.st_rdev == makedev(1, 3))
			return PORT_NULL;
		return isatty(fd) ? PORT_TERMINAL : PORT_OTHER;
	default:
		return PORT_OTHER;
	}
}

void transport_stdio(struct transport *transport, struct trace *trace, bool stdin_closed)
{
	static const struct transport_ops ops = {.recv = stdio_recv,
						 .send = stdio_send,
						 .recv_many = stdio_recv_many,
						 .finish = stdio_finish,
						 .close = stdio_close};
	/* What may be tried without poll, in each direction. */
	static const bool eager_in[PORT_OTHER + 1] = {[PORT_SOCKET] = true,
						      [PORT_PIPE] = true,
						      [PORT_FILE] = true,
						      [PORT_NULL] = true,
						      [PORT_CLOSED] = true};
	static const bool eager_out[PORT_OTHER + 1] = {[PORT_SOCKET] = true,
						       [PORT_PIPE] = true,
						       [PORT_FILE] = true,
						       [PORT_NULL] = true,
						       [PORT_CLOSED] = true};
	enum port_kind in = stdin_closed ? PORT_CLOSED : kind_of(STDIN_FILENO);
	int flags = sys_file_flags(STDOUT_FILENO);
	/* One that cannot be written to is as good as closed, and is told as such; a descriptor
	 * that main reserved is of that sort. */
	bool writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
	enum port_kind out = writable ? kind_of(STDOUT_FILENO) : PORT_CLOSED;

	*transport = (struct transport){.ops = &ops, .trace = trace, .socket = -1};
	transport->in = (struct port){.fd = STDIN_FILENO,
				      .events = POLLIN,
				      .kind = in,
				      .eager = eager_in[in],
				      .splice = in == PORT_PIPE,
				      .sendfile = in == PORT_FILE,
				      .resizable = in == PORT_PIPE,
				      .many = in == PORT_PIPE};
	transport->out = (struct port){.fd = STDOUT_FILENO,
				       .events = POLLOUT,
				       .kind = out,
				       .eager = eager_out[out],
				       .splice = out == PORT_PIPE || out == PORT_NULL ||
						 (out == PORT_FILE && !(flags & O_APPEND)),
				       .resizable = out == PORT_PIPE};
	transport->terminal = in == PORT_TERMINAL;
	transport->idle_input = in == PORT_NULL || in == PORT_CLOSED;
}
