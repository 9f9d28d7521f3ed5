/* Runs the handshake with a proxy. */
#include "net/proxy_handshake.h"

#include <string.h>

#include "net/transport.h"

void proxy_handshake_start(struct proxy_handshake *handshake, struct transport *transport,
			   const struct proxy_request *request)
{
	*handshake = (struct proxy_handshake){.transport = transport, .request = *request};
	if (request->type == PROXY_HTTP)
		httpconnect_start(&handshake->machine.http, &handshake->request);
	else
		socks_start(&handshake->machine.socks, &handshake->request);
}

const struct proxy_talk *proxy_handshake_talk(const struct proxy_handshake *handshake)
{
	return &handshake->machine.talk;
}

static size_t feed(struct proxy_handshake *handshake, const void *bytes, size_t len)
{
	if (handshake->request.type == PROXY_HTTP)
		return httpconnect_feed(&handshake->machine.http, bytes, len);
	return socks_feed(&handshake->machine.socks, bytes, len);
}

/* What an IO that was not done has come to. */
static enum proxy_handshake_state not_done(enum io io)
{
	switch (io) {
	case IO_AGAIN:
		return PROXY_HANDSHAKE_PENDING;
	case IO_EOF:
		return PROXY_HANDSHAKE_CLOSED;
	default:
		return PROXY_HANDSHAKE_BROKEN;
	}
}

/* Send what is left of the message; a password in it is not shown.  PENDING: the rest has to wait.
 */
static enum proxy_handshake_state send_message(struct proxy_handshake *handshake)
{
	struct proxy_message *out = &handshake->machine.talk.out;
	unsigned char shown[PROXY_MESSAGE];
	size_t sent = handshake->sent;
	size_t moved;

	memcpy(shown, out->bytes, out->len);
	memset(shown + out->secret, '*', out->secret_len);
	enum io io = transport_send_secret(handshake->transport, out->bytes + sent, shown + sent,
					   out->len - sent, &moved);
	if (io != IO_DONE)
		return not_done(io);
	handshake->sent += moved;
	if (handshake->sent < out->len)
		return PROXY_HANDSHAKE_PENDING;
	proxy_sent(out);
	handshake->sent = 0;
	return PROXY_HANDSHAKE_AGREED;
}

/* Look at what has come, and take what is the proxy's. */
static enum proxy_handshake_state take_answer(struct proxy_handshake *handshake)
{
	char bytes[2048];
	size_t len;
	enum io io = IO_DONE;
	if (handshake->owed == 0) {
		io = transport_peek(handshake->transport, bytes, sizeof(bytes), &len);
		if (io == IO_DONE)
			handshake->owed = feed(handshake, bytes, len);
	}
	while (io == IO_DONE && handshake->owed > 0) {
		io = transport_recv(handshake->transport, bytes, handshake->owed, &len);
		handshake->owed -= io == IO_DONE ? len : 0;
	}
	return io == IO_DONE ? PROXY_HANDSHAKE_AGREED : not_done(io);
}

enum proxy_handshake_state proxy_handshake_advance(struct proxy_handshake *handshake)
{
	const struct proxy_talk *talk = &handshake->machine.talk;
	enum proxy_handshake_state step = PROXY_HANDSHAKE_AGREED;

	handshake->ready = false;
	while ((talk->state == PROXY_TALKING || handshake->owed > 0) &&
	       step == PROXY_HANDSHAKE_AGREED)
		step = talk->out.len > 0 && handshake->owed == 0 ? send_message(handshake)
								 : take_answer(handshake);
	if (step != PROXY_HANDSHAKE_AGREED)
		return step;
	return talk->state == PROXY_AGREED ? PROXY_HANDSHAKE_AGREED : PROXY_HANDSHAKE_REFUSED;
}

void proxy_handshake_want(struct proxy_handshake *handshake, struct pollset *set)
{
	const struct transport *transport = handshake->transport;
	bool sends = handshake->machine.talk.out.len > 0 && handshake->owed == 0;
	port_want(sends ? &transport->out : &transport->in, set, &handshake->ready);
}
