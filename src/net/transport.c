/* What all transports have in common. */
#include "net/transport.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/text.h"
#include "net/pollset.h"
#include "net/sockopt.h"
#include "trace/sys.h"

bool transport_is_open(const struct transport *transport)
{
	return transport->ops;
}

void transport_close(struct transport *transport)
{
	if (!transport->ops)
		return;
	transport->ops->close(transport);
	transport->ops = NULL;
	transport->socket = -1;
}

enum io transport_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	return transport->ops->recv(transport, buf, size, moved);
}

enum io transport_peek(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	if (transport->ops->peek)
		return transport->ops->peek(transport, buf, size, moved);
	errno = EOPNOTSUPP;
	return transport_failed(transport);
}

enum io transport_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	return transport->ops->send(transport, buf, len, moved);
}

enum io transport_send_secret(struct transport *transport, const void *buf, const void *shown,
			      size_t len, size_t *moved)
{
	return transport->ops->send_secret
		       ? transport->ops->send_secret(transport, buf, shown, len, moved)
		       : transport->ops->send(transport, buf, len, moved);
}

enum io transport_handshake(struct transport *transport)
{
	return transport->ops->handshake ? transport->ops->handshake(transport) : IO_DONE;
}

bool transport_pending(const struct transport *transport)
{
	return transport->ops->pending && transport->ops->pending(transport);
}

enum io transport_finish(struct transport *transport)
{
	return transport->ops->finish(transport);
}

void port_want(const struct port *port, struct pollset *set, bool *ready)
{
	pollset_add(set, port->fd, port->events, ready);
}

void transport_watch(const struct transport *transport, struct pollset *set, bool *ready)
{
	pollset_add(set, transport->in.fd, 0, ready);
}

/* ---- failures ---- */

enum io transport_failed(struct transport *transport)
{
	if (sys_is_again(errno))
		return IO_AGAIN;
	transport->err = errno;
	transport->words = NULL;
	return IO_FAILED;
}

enum io transport_sent(struct transport *transport, ssize_t n, size_t *moved)
{
	if (n < 0)
		return transport_failed(transport);
	*moved = (size_t)n;
	return IO_DONE;
}

enum io transport_failed_words(struct transport *transport, const struct fault *words)
{
	transport->err = EPROTO;
	transport->words = words;
	return IO_FAILED;
}

int transport_explain(const struct transport *transport, struct fault *fault, enum step step,
		      const char *format, ...)
{
	const struct fault *words = transport->words;
	char action[sizeof(fault->action)];
	va_list args;
	va_start(args, format);
	vsnprintf(action, sizeof(action), format, args);
	va_end(args);
	if (!words)
		return fault_errno(fault, step, transport->err, "%s", action);
	fault_words(fault, step, words->status, words->reason, "%s", action);
	if (words->cause != CAUSE_NONE)
		fault_cause(fault, words->cause, "%s", words->detail);
	return -1;
}

/* ---- the socket below ---- */

int transport_socket(const struct transport *transport)
{
	return transport->ops ? transport->socket : -1;
}

bool transport_is_bare(const struct transport *transport)
{
	return !transport->layered;
}

int transport_take_error(const struct transport *transport)
{
	return sockopt_take_error(transport->trace, transport->socket);
}

void transport_abort(const struct transport *transport)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	if (transport_socket(transport) < 0)
		return;
	sys_setsockopt(transport->trace, transport->socket, SOL_SOCKET, SO_LINGER, &at_once,
		       sizeof(at_once));
}
