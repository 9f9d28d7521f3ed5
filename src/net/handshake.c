/* Runs the handshake with a proxy. */
#include "net/handshake.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"
#include "trace/trace.h"

void handshake_start(struct handshake *handshake, const struct run *run, int fd,
		     const struct proxy_request *request)
{
	*handshake = (struct handshake){.run = run, .fd = fd, .request = *request};
	if (request->type == PROXY_HTTP)
		httpconnect_start(&handshake->machine.http, &handshake->request);
	else
		socks_start(&handshake->machine.socks, &handshake->request);
}

const struct proxy_talk *handshake_talk(const struct handshake *handshake)
{
	return &handshake->machine.talk;
}

static size_t feed(struct handshake *handshake, const void *bytes, size_t len)
{
	if (handshake->request.type == PROXY_HTTP)
		return httpconnect_feed(&handshake->machine.http, bytes, len);
	return socks_feed(&handshake->machine.socks, bytes, len);
}

static bool not_now(int err)
{
	return err == EAGAIN || err == EINTR || err == EINPROGRESS;
}

/* Send what is left of the message; a password in it is not shown.  PENDING: the rest has to wait.
 */
static enum handshake_state send_message(struct handshake *handshake)
{
	struct proxy_message *out = &handshake->machine.talk.out;
	unsigned char shown[PROXY_MESSAGE];

	memcpy(shown, out->bytes, out->len);
	memset(shown + out->secret, '*', out->secret_len);
	ssize_t n = sys_send_secret(handshake->run->trace, handshake->fd,
				    out->bytes + handshake->sent, shown + handshake->sent,
				    out->len - handshake->sent);
	if (n < 0 && not_now(errno))
		return HANDSHAKE_PENDING;
	if (n < 0) {
		handshake->err = errno;
		return HANDSHAKE_BROKEN;
	}
	handshake->sent += (size_t)n;
	if (handshake->sent < out->len)
		return HANDSHAKE_PENDING;
	proxy_sent(out);
	handshake->sent = 0;
	return HANDSHAKE_AGREED;
}

/* Look at what has come, and take what is the proxy's. */
static enum handshake_state take_answer(struct handshake *handshake)
{
	char bytes[2048];
	struct trace *trace = handshake->run->trace;
	ssize_t n = sys_recv(trace, handshake->fd, bytes, sizeof(bytes), MSG_PEEK);
	if (n > 0)
		n = sys_recv(trace, handshake->fd, bytes, feed(handshake, bytes, (size_t)n), 0);
	if (n == 0)
		return HANDSHAKE_CLOSED;
	if (n > 0)
		return HANDSHAKE_AGREED;
	if (not_now(errno))
		return HANDSHAKE_PENDING;
	handshake->err = errno;
	return HANDSHAKE_BROKEN;
}

enum handshake_state handshake_advance(struct handshake *handshake)
{
	const struct proxy_talk *talk = &handshake->machine.talk;
	enum handshake_state step = HANDSHAKE_AGREED;

	handshake->ready = false;
	while (talk->state == PROXY_TALKING && step == HANDSHAKE_AGREED)
		step = talk->out.len > 0 ? send_message(handshake) : take_answer(handshake);
	if (step != HANDSHAKE_AGREED)
		return step;
	return talk->state == PROXY_AGREED ? HANDSHAKE_AGREED : HANDSHAKE_REFUSED;
}

void handshake_want(struct handshake *handshake, struct pollset *set)
{
	short events = handshake->machine.talk.out.len > 0 ? POLLOUT : POLLIN;
	pollset_add(set, handshake->fd, events, &handshake->ready);
}
