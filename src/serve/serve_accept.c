/* Who knocks at a listener is accepted, and handed to what serves it (client.h). */
#include <errno.h>

#include "base/fault.h"
#include "base/text.h"
#include "net/run.h"
#include "proto/explain.h"
#include "relay/session.h"
#include "serve/broker.h"
#include "serve/client.h"
#include "serve/client_exec.h"
#include "serve/knock.h"
#include "serve/listener_report.h"
#include "serve/serve.h"
#include "serve/serve_internal.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* So many are taken before those that are there have their turn. */
#define ACCEPTS 256

bool serving_is_concurrent(const struct serve_config *config)
{
	return config->forward || config->broker || child_is_wanted(&config->program);
}

bool serving_may_accept(const struct serving *serving)
{
	const struct serve_config *config = serving->config;
	/* A socket of datagrams is its own client. */
	if (!config->keep_open || config->endpoint.type == SOCK_DGRAM)
		return !serving->served;
	int limit = serving_is_concurrent(config) ? config->max_clients : 1;
	if (serving->short_of_fds)
		return false;
	return limit == 0 || serving->count < limit;
}

/* Which clients are served. */
static struct peer_filter serve_filter(const struct serving *serving)
{
	return (struct peer_filter){.admits = serving->access ? access_admits : NULL, .rules = serving->access};
}

static bool is_refused(const struct serving *serving, const struct addr *peer)
{
	return serving->access && !access_admits(serving->access, peer);
}

static struct session_config describe_session(const struct serving *serving, int fd, const struct addr *peer)
{
	const struct serve_config *config = serving->config;
	return (struct session_config){.fd = fd,
				       .local_fd = -1,
				       .peer = *peer,
				       .path = config->path,
				       .server = true,
				       .keep_out = config->keep_open,
				       .one_of_many = config->keep_open,
				       .any_peer = config->keep_open && config->endpoint.type == SOCK_DGRAM,
				       .filter = serve_filter(serving),
				       .phases = {.lookup_ns = -1, .connect_ns = -1, .proxy_ns = -1},
				       .endpoint = &config->endpoint,
				       .relay = &config->relay};
}

/* What serves the client on FD; it closes FD. */
static struct client *make_client(struct serving *serving, int fd, const struct addr *peer, struct fault *fault)
{
	const struct serve_config *config = serving->config;
	if (serving->room)
		return client_member(serving->room, fd, peer, fault);
	if (config->forward)
		return client_forward(&serving->listeners, fd, peer, fault);
	struct session_config session = describe_session(serving, fd, peer);
	if (child_is_wanted(&config->program))
		return client_exec(serving->run, &session, &config->program, fault);
	if (!serving->stdio.ops)
		transport_stdio(&serving->stdio, serving->run->trace, config->relay.stdin_closed);
	session.stdio = &serving->stdio;
	return client_stdio(serving->run, &session, fault);
}

/* Hand FD to what serves a client. */
static int add_client(struct serving *serving, int fd, const struct addr *peer, struct fault *fault)
{
	const struct serve_config *config = serving->config;
	knock_tell(serving->run, config, peer);
	if (listener_wants_syn(serving->run, config))
		listener_tell_syn(serving->run, fd, peer);
	struct client *client = make_client(serving, fd, peer, fault);
	serving->served = true;
	/* Nobody else is served: who knocks later is refused at once instead of kept waiting. */
	if (!config->keep_open)
		listeners_close_sockets(&serving->listeners);
	if (!client)
		return -1;
	client->next = serving->clients;
	serving->clients = client;
	serving->count++;
	return 0;
}

/* accept(2) has failed with ERR: 0 when the listener goes on. */
static int accept_failed(struct serving *serving, size_t which, int err, struct fault *fault)
{
	char where[256];
	struct text text = TEXT_IN(where);
	if (knock_is_transient(err))
		return 0;
	listener_describe(&text, serving->config, &serving->listeners.at[which]);
	fault_errno(fault, STEP_ACCEPT, err, "accept on %s", where);
	bool can_wait = err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM;
	if (!can_wait || serving->count == 0)
		return -1;
	/* Whoever knocks waits until somebody has gone. */
	explain_fault(fault);
	trace_fault(serving->run->trace, fault);
	*fault = (struct fault){.step = STEP_NONE};
	serving->short_of_fds = true;
	return 0;
}

/* Take who knocks: one, or where clients are served at the same time all that are there. */
static int accept_clients(struct serving *serving, size_t which, struct fault *fault)
{
	int at_most = serving_is_concurrent(serving->config) && serving->config->keep_open ? ACCEPTS : 1;
	for (int i = 0; i < at_most && serving_may_accept(serving); i++) {
		struct addr peer;
		int fd = sys_accept4(serving->run->trace, serving->listeners.at[which].fd, &peer,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return accept_failed(serving, which, errno, fault);
		if (is_refused(serving, &peer)) {
			knock_refuse(serving->run->trace, fd);
			continue;
		}
		if (add_client(serving, fd, &peer, fault) != 0)
			return -1;
	}
	return 0;
}

/* Datagrams: the first sender is the peer, to which the socket is connected; with -k everybody is heard. */
static int take_datagrams(struct serving *serving, size_t which, struct fault *fault)
{
	const struct run *run = serving->run;
	const struct serve_config *config = serving->config;
	struct addr peer;
	char byte;
	int fd = serving->listeners.at[which].fd;
	if (sys_recvfrom(run->trace, fd, &byte, sizeof(byte), MSG_PEEK, &peer) < 0)
		return knock_is_transient(errno) ? 0 : fault_errno(fault, STEP_DATAGRAM, errno, "receive a datagram");
	if (is_refused(serving, &peer)) {
		sys_recvfrom(run->trace, fd, &byte, sizeof(byte), 0, &peer);
		return 0;
	}
	bool named = peer.len > sizeof(sa_family_t);
	/* The sender's Unix socket may be gone by now; what it sent is here all the same. */
	if (!config->keep_open && named && sys_connect(run->trace, fd, &peer) != 0 && !config->path)
		return fault_errno(fault, STEP_CONNECT, errno, "connect to the sender of the first datagram");
	serving->listeners.at[which].fd = -1;
	return add_client(serving, fd, &peer, fault);
}

int serving_take_knocks(struct serving *serving, struct fault *fault)
{
	bool datagrams = serving->config->endpoint.type == SOCK_DGRAM;
	size_t count = serving->listeners.count;
	size_t first = serving->turn;
	for (size_t i = 0; i < count; i++) {
		size_t which = (first + i) % count;
		if (!serving->ready[which] || !serving_may_accept(serving))
			continue;
		serving->ready[which] = false;
		serving->turn = (which + 1) % count;
		if ((datagrams ? take_datagrams(serving, which, fault) : accept_clients(serving, which, fault)) != 0)
			return -1;
	}
	return 0;
}

int serving_take_connected(struct serving *serving, struct fault *fault)
{
	const struct addr *peer = &serving->listeners.peer;
	serving->served = true;
	if (is_refused(serving, peer)) {
		knock_refuse(serving->run->trace, serving->listeners.connected);
		return 0;
	}
	return add_client(serving, serving->listeners.connected, peer, fault);
}
