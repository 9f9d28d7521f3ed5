/* SCTP as a stream.  It differs from TCP in three ways: a send is a message, which the send buffer
 * takes whole or not at all; there is neither splice(2) nor MSG_TRUNC; and who has ended the
 * association hears of its end by a notification alone. */
#include "net/transport_sctp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "net/transport.h"
#include "trace/sys.h"

/* What is sent is cut into messages of this size at most. */
#define MESSAGE 16384

/* Of <linux/sctp.h>, which cannot be included beside <netinet/in.h> in every order. */
enum {
	SCTP_EVENTS = 11,
	SCTP_NOTIFICATION = 0x8000,
	SCTP_ASSOC_CHANGE = 0x8001,
	SCTP_SHUTDOWN_COMP = 3
};

/* The beginning of struct sctp_assoc_change. */
struct assoc_change {
	uint16_t type, flags;
	uint32_t length;
	uint16_t state;
};

/* Whether the LEN bytes in BUF, a notification, tell of the end. */
static bool reports_end(const void *buf, size_t len)
{
	struct assoc_change change;
	if (len < sizeof(change))
		return false;
	memcpy(&change, buf, sizeof(change));
	return change.type == SCTP_ASSOC_CHANGE && change.state == SCTP_SHUTDOWN_COMP;
}

/* Not before data is read: a program that is run on the socket itself would be puzzled.  The first
 * two members of struct sctp_event_subscribe, of which every kernel knows at least so many. */
static void ask_for_events(struct transport *transport)
{
	const uint8_t events[] = {0, 1};
	if (transport->events_asked)
		return;
	sys_setsockopt(transport->trace, transport->in.fd, IPPROTO_SCTP, SCTP_EVENTS, events,
		       sizeof(events));
	transport->events_asked = true;
}

static enum io sctp_take(struct transport *transport, void *buf, size_t size, int flags,
			 size_t *moved)
{
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	if (!(flags & MSG_PEEK))
		ask_for_events(transport);
	ssize_t n = sys_recvmsg(transport->trace, transport->in.fd, &msg, flags);
	if (n < 0)
		return transport_failed(transport);
	if (msg.msg_flags & SCTP_NOTIFICATION)
		return reports_end(buf, (size_t)n) ? IO_EOF : IO_AGAIN;
	*moved = (size_t)n;
	return n == 0 ? IO_EOF : IO_DONE;
}

static enum io sctp_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	return sctp_take(transport, buf, size, 0, moved);
}

static enum io sctp_peek(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	return sctp_take(transport, buf, size, MSG_PEEK, moved);
}

static enum io sctp_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	size_t piece = len < MESSAGE ? len : MESSAGE;
	ssize_t n = sys_send(transport->trace, transport->out.fd, buf, piece, MSG_NOSIGNAL);
	while (n < 0 && errno == EMSGSIZE && piece > 1) {
		piece /= 2;
		n = sys_send(transport->trace, transport->out.fd, buf, piece, MSG_NOSIGNAL);
	}
	return transport_sent(transport, n, moved);
}

static enum io sctp_send_secret(struct transport *transport, const void *buf, const void *shown,
				size_t len, size_t *moved)
{
	ssize_t n = sys_send_secret(transport->trace, transport->out.fd, buf, shown, len);
	return transport_sent(transport, n, moved);
}

static enum io sctp_finish(struct transport *transport)
{
	if (sys_shutdown(transport->trace, transport->out.fd, SHUT_WR) != 0)
		return transport_failed(transport);
	return IO_DONE;
}

static void sctp_close(struct transport *transport)
{
	sys_close(transport->trace, &transport->in.fd);
	transport->out.fd = -1;
}

void transport_sctp(struct transport *transport)
{
	static const struct transport_ops ops = {.recv = sctp_recv,
						 .peek = sctp_peek,
						 .send = sctp_send,
						 .send_secret = sctp_send_secret,
						 .finish = sctp_finish,
						 .close = sctp_close};
	transport->ops = &ops;
}
