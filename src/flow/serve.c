/* Listening: accept clients, one after another, and hand each to a session.  The sockets are made in listener.c. */
#include "flow/serve.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "flow/listener.h"
#include "flow/session.h"
#include "net/run.h"
#include "net/signals.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A client that gave up, or an error of the network that accept(2) passes on: the next one may come. */
static bool is_transient(int err)
{
	static const int transient[] = {EAGAIN,    EINTR,  ECONNABORTED, EPROTO,     ENETDOWN,    ENOPROTOOPT,
					EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH, EPERM};
	for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++)
		if (transient[i] == err)
			return true;
	return false;
}

static int wait_timeout(const struct listeners *listeners, bool whole_run, struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	char where[256];
	struct text text = TEXT_IN(where);
	listener_describe(&text, config, &listeners->at[0]);
	fault_errno(fault, STEP_ACCEPT, ETIMEDOUT, "accept on %s", where);
	fault_cause(fault, "no-client", "no client came within %g s",
		    (double)(whole_run ? run->limit_ns : config->wait_ns) / NS_PER_SEC);
	return -1;
}

/* Wait for a client on any of the LISTENERS: its index, or -1 with FAULT. */
static int wait_for_client(const struct listeners *listeners, struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	struct pollfd fds[LISTENERS + 1];
	int64_t limit_ns = deadline_after(clock_now(), config->wait_ns);
	int64_t deadline_ns = deadline_min(run->deadline_ns, limit_ns);
	nfds_t count = 0;

	for (size_t i = 0; i < listeners->count; i++)
		fds[count++] = (struct pollfd){.fd = listeners->at[i].fd, .events = POLLIN};
	if (run->signal_fd >= 0)
		fds[count++] = (struct pollfd){.fd = run->signal_fd, .events = POLLIN};
	for (;;) {
		int ready = sys_poll(run->trace, fds, count, deadline_poll_ms(deadline_ns, clock_now()));
		if (ready < 0 && errno != EINTR)
			return fault_errno(fault, STEP_LOCAL, errno, "poll");
		if (ready == 0 && clock_now() >= deadline_ns)
			return wait_timeout(listeners, deadline_ns == run->deadline_ns, fault);
		for (size_t i = 0; ready > 0 && i < listeners->count; i++)
			if (fds[i].revents)
				return (int)i;
		if (ready > 0 && count > listeners->count && fds[listeners->count].revents)
			return signals_fault(run, fault);
	}
}

static void tell_client(const struct run *run, const struct serve_config *config, const struct addr *peer)
{
	char address[160], host[128];
	struct text text = TEXT_IN(address);
	struct text host_text = TEXT_IN(host);
	struct note note;

	if (!trace_shows(run->trace, 1))
		return;
	addr_format(&text, (const struct sockaddr *)&peer->ss, peer->len);
	note_start(&note, "accepted", "a client is connected: %s", address);
	note_text(&note, "peer", address);
	trace_note(run->trace, &note);
	struct addr plain = addr_unmapped(peer);
	addr_format_host(&host_text, (const struct sockaddr *)&plain.ss, plain.len);
	if (config->path)
		trace_status(run->trace, "Connection received on %s", config->path);
	else
		trace_status(run->trace, "Connection received on %s %u", host, addr_port(peer));
}

static struct session session_for(const struct serve_config *config, int fd, const struct addr *peer)
{
	return (struct session){.fd = fd,
				.peer = *peer,
				.path = config->path,
				.server = true,
				.keep_out = config->keep_open,
				.endpoint = &config->endpoint,
				.relay = &config->relay};
}

/* What ends a listener that keeps open: what is wrong on this side, not the end of one client. */
static bool ends_all(const struct run *run, const struct fault *fault)
{
	bool client = fault->step == STEP_READ || fault->step == STEP_WRITE || fault->step == STEP_DATAGRAM;
	return !client && !(fault->step == STEP_WAIT && clock_now() < run->deadline_ns);
}

static int serve_client(const struct run *run, const struct serve_config *config, int fd, const struct addr *peer,
			struct fault *fault)
{
	struct session session = session_for(config, fd, peer);
	tell_client(run, config, peer);
	if (session_run(&session, run, fault) == 0)
		return 0;
	if (!config->keep_open || ends_all(run, fault))
		return -1;
	trace_fault(run->trace, fault);
	*fault = (struct fault){.step = STEP_NONE};
	return 0;
}

/* Streams and packets: accept. */
static int serve_streams(struct listeners *listeners, struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	for (;;) {
		struct addr peer;
		char where[256];
		struct text text = TEXT_IN(where);
		int which = wait_for_client(listeners, fault);
		if (which < 0)
			return -1;
		int fd = sys_accept4(run->trace, listeners->at[which].fd, &peer, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && is_transient(errno))
			continue;
		if (fd < 0) {
			int err = errno;
			listener_describe(&text, config, &listeners->at[which]);
			return fault_errno(fault, STEP_ACCEPT, err, "accept on %s", where);
		}
		/* Nobody else is served: who knocks later is refused at once instead of kept waiting. */
		if (!config->keep_open)
			listeners_close_sockets(listeners);
		if (serve_client(run, config, fd, &peer, fault) != 0)
			return -1;
		if (!config->keep_open)
			return 0;
	}
}

/* Datagrams: the first sender is the peer, to which the socket is connected; with -k everybody is heard. */
static int serve_datagrams(struct listeners *listeners, struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	struct addr peer;
	char byte;
	int which = wait_for_client(listeners, fault);
	if (which < 0)
		return -1;
	int *fd = &listeners->at[which].fd;
	if (sys_recvfrom(run->trace, *fd, &byte, sizeof(byte), MSG_PEEK, &peer) < 0)
		return fault_errno(fault, STEP_DATAGRAM, errno, "receive a datagram");
	bool named = peer.len > sizeof(sa_family_t);
	/* The sender's Unix socket may be gone by now; what it sent is here all the same. */
	if (!config->keep_open && named && sys_connect(run->trace, *fd, &peer) != 0 && !config->path)
		return fault_errno(fault, STEP_CONNECT, errno, "connect to the sender of the first datagram");
	struct session session = session_for(config, *fd, &peer);
	session.any_peer = config->keep_open;
	*fd = -1;
	tell_client(run, config, &peer);
	return session_run(&session, run, fault);
}

int serve(const struct run *run, const struct serve_config *config, struct fault *fault)
{
	struct listeners listeners = {.run = run, .config = config};
	int status = listeners_open(&listeners, fault);
	if (status == 0)
		status = config->endpoint.type == SOCK_DGRAM ? serve_datagrams(&listeners, fault)
							     : serve_streams(&listeners, fault);
	listeners_close(&listeners);
	return status;
}
