/* Sockets as transports: streams, and datagrams with one peer or with all, one by one.  Many at a
 * time: transport_many.c. */
#include "net/transport_sock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "net/transport.h"
#include "net/transport_many.h"
#include "trace/sys.h"
#include "trace/trace.h"

static enum io stream_take(struct transport *transport, void *buf, size_t size, int flags,
			   size_t *moved)
{
	ssize_t n = sys_recv(transport->trace, transport->in.fd, buf, size, flags);
	if (n == 0 && transport->reset) {
		errno = ECONNRESET;
		return transport_failed(transport);
	}
	if (n < 0)
		return transport_failed(transport);
	*moved = (size_t)n;
	return n == 0 ? IO_EOF : IO_DONE;
}

static enum io stream_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	return stream_take(transport, buf, size, 0, moved);
}

static enum io stream_peek(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	return stream_take(transport, buf, size, MSG_PEEK, moved);
}

static enum io stream_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	return transport_sent(transport,
			      sys_send(transport->trace, transport->out.fd, buf, len, MSG_NOSIGNAL),
			      moved);
}

static enum io stream_send_secret(struct transport *transport, const void *buf, const void *shown,
				  size_t len, size_t *moved)
{
	return transport_sent(transport,
			      sys_send_secret(transport->trace, transport->out.fd, buf, shown, len),
			      moved);
}

static enum io packet_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	for (int tries = 0; tries < 64; tries++) {
		struct addr from;
		ssize_t n = sys_recvfrom(transport->trace, transport->in.fd, buf, size, 0, &from);
		if (n < 0)
			return transport_failed(transport);
		if (!transport_hears(transport, &from))
			continue;
		*moved = (size_t)n;
		return IO_DONE;
	}
	return IO_AGAIN;
}

static enum io packet_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	const struct addr *to = transport_receiver(transport);
	return transport_sent(
		transport,
		sys_sendto(transport->trace, transport->out.fd, buf, len, MSG_NOSIGNAL, to), moved);
}

static enum io sock_finish(struct transport *transport)
{
	transport->finished = true;
	if (sys_shutdown(transport->trace, transport->out.fd, SHUT_WR) != 0)
		return transport_failed(transport);
	return IO_DONE;
}

/* Datagrams have no end to tell of. */
static enum io packet_finish(struct transport *transport)
{
	(void)transport;
	return IO_DONE;
}

static void sock_close(struct transport *transport)
{
	sys_close(transport->trace, &transport->in.fd);
	transport->out.fd = -1;
	free(transport->group);
	transport->group = NULL;
}

int transport_sock_group(struct transport *transport, const struct addr *to, const struct addr *own)
{
	transport->group = malloc(sizeof(*transport->group));
	if (!transport->group)
		return -1;
	*transport->group = (struct transport_group){.to = *to, .own = *own};
	transport->any_peer = true;
	return 0;
}

void transport_sock(struct transport *transport, struct trace *trace, int fd, int type)
{
	/* A packet of a SOCK_SEQPACKET socket is told from its end by not being empty. */
	static const struct transport_ops stream = {.recv = stream_recv,
						    .peek = stream_peek,
						    .send = stream_send,
						    .send_secret = stream_send_secret,
						    .finish = sock_finish,
						    .close = sock_close};
	static const struct transport_ops datagram = {.recv = packet_recv,
						      .send = packet_send,
						      .recv_many = transport_recv_many,
						      .send_many = transport_send_many,
						      .finish = packet_finish,
						      .close = sock_close};
	bool packets = type != SOCK_STREAM;
	struct port port = {.fd = fd,
			    .events = POLLIN,
			    .kind = PORT_SOCKET,
			    .eager = true,
			    .splice = !packets,
			    .discard = !packets};

	*transport = (struct transport){.ops = type == SOCK_DGRAM ? &datagram : &stream,
					.trace = trace,
					.in = port,
					.out = port,
					.socket = fd,
					.datagrams = type == SOCK_DGRAM,
					.packets = packets};
	transport->out.events = POLLOUT;
}
