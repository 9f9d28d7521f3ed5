/* Listening: clients are accepted and each handed to what serves it (client.h).  The sockets are made in listener.c. */
#include "flow/serve.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "flow/client.h"
#include "flow/client_exec.h"
#include "flow/dump.h"
#include "flow/knock.h"
#include "flow/listener.h"
#include "flow/listener_handed.h"
#include "flow/listener_tell.h"
#include "flow/room.h"
#include "net/limits.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport.h"
#include "proto/explain.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* After so many rounds without a wait, busy clients are told of others. */
#define BUSY_ROUNDS 8

/* So many are taken before those that are there have their turn. */
#define ACCEPTS 256

/* A listener at work. */
struct serving {
	const struct run *run;
	const struct serve_config *config;
	struct listeners listeners;
	bool ready[LISTENERS]; /* somebody knocks there */
	struct pollset set;
	struct transport stdio; /* stdin and stdout, once a client has been given them; they stay what they are */
	struct room *room;      /* --broker; NULL */
	struct access *access;  /* --allow, --deny; NULL */
	struct client *clients;
	int count;            /* of clients at present */
	bool served;          /* there has been one */
	bool short_of_fds;    /* nobody can be accepted until somebody has gone */
	int64_t wait_from_ns; /* since when nobody has been there */
};

/* Whether clients are served at the same time: stdin and stdout are one conversation's at a time. */
static bool is_concurrent(const struct serve_config *config)
{
	return config->forward || config->broker || child_is_wanted(&config->program);
}

static bool may_accept(const struct serving *serving)
{
	const struct serve_config *config = serving->config;
	/* A socket of datagrams is its own client. */
	if (!config->keep_open || config->endpoint.type == SOCK_DGRAM)
		return !serving->served;
	int limit = is_concurrent(config) ? config->max_clients : 1;
	if (serving->short_of_fds)
		return false;
	return limit == 0 || serving->count < limit;
}

/* ---- waiting ---- */

static int64_t wait_deadline(const struct serving *serving)
{
	return serving->count > 0 ? NEVER : deadline_after(serving->wait_from_ns, serving->config->wait_ns);
}

static int wait_timeout(const struct serving *serving, bool whole_run, struct fault *fault)
{
	char where[256];
	struct text text = TEXT_IN(where);
	listener_describe(&text, serving->config, &serving->listeners.at[0]);
	fault_errno(fault, STEP_ACCEPT, ETIMEDOUT, "accept on %s", where);
	fault_cause(fault, serving->config->path ? "no-client-path" : "no-client", "no client came within %g s",
		    (double)(whole_run ? serving->run->limit_ns : serving->config->wait_ns) / NS_PER_SEC);
	return -1;
}

static void report_clients(const struct serving *serving)
{
	trace_warn(serving->run->trace, "state: %d clients", serving->count);
	listener_report(&serving->listeners);
	for (const struct client *client = serving->clients; client; client = client->next)
		client->ops->report(client);
}

/* Wait for clients, old and new, or only look when BUSY. */
static int serve_wait(struct serving *serving, bool busy, int64_t now_ns, struct fault *fault)
{
	struct pollset *set = &serving->set;
	pollset_clear(set);
	if (dump_flush(serving->run->dump, fault) != 0)
		return -1;
	for (size_t i = 0; i < serving->listeners.count && may_accept(serving); i++)
		pollset_add(set, serving->listeners.at[i].fd, POLLIN, &serving->ready[i]);
	for (struct client *client = serving->clients; client; client = client->next)
		client->ops->want(client, set, now_ns);
	if (serving->room)
		room_want(serving->room, set);
	if (serving->access)
		access_want(serving->access, set);
	pollset_wake(set, busy ? now_ns : wait_deadline(serving));
	if (pollset_wait(set, serving->run, fault) != 0)
		return -1;
	if (set->report)
		report_clients(serving);
	if (set->reload && serving->access)
		access_reload(serving->access);
	else if (serving->access)
		access_advance(serving->access);
	set->report = set->reload = false;
	now_ns = clock_now();
	if (serving->room && room_is_late(serving->room, now_ns, fault))
		return -1;
	if (serving->count == 0 && now_ns >= serving->run->deadline_ns)
		return wait_timeout(serving, true, fault);
	bool knock = false;
	for (size_t i = 0; i < serving->listeners.count; i++)
		knock |= serving->ready[i];
	return !knock && now_ns >= wait_deadline(serving) ? wait_timeout(serving, false, fault) : 0;
}

/* ---- clients ---- */

/* What ends a listener that keeps open: what is wrong on this side, not the end of one client.  Clients that do not share stdin
 * and stdout have all to themselves. */
static bool ends_all(const struct serving *serving, const struct fault *fault)
{
	if (fault->step == STEP_FILE)
		return true;
	if (fault->step == STEP_WAIT)
		return clock_now() >= serving->run->deadline_ns;
	if (is_concurrent(serving->config))
		return false;
	return fault->step != STEP_READ && fault->step != STEP_WRITE && fault->step != STEP_DATAGRAM;
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
				       .access = serving->access,
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
		return client_forward(serving->run, config, fd, peer, fault);
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

/* Whether the rules refuse PEER, which is told then. */
static bool is_refused(const struct serving *serving, const struct addr *peer)
{
	if (!serving->access || access_permits(serving->access, peer))
		return false;
	access_tell_refused(serving->access, peer);
	return true;
}

/* Take who knocks: one, or where clients are served at the same time all that are there. */
static int accept_clients(struct serving *serving, size_t which, struct fault *fault)
{
	int at_most = is_concurrent(serving->config) && serving->config->keep_open ? ACCEPTS : 1;
	for (int i = 0; i < at_most && may_accept(serving); i++) {
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

static int serve_knocks(struct serving *serving, struct fault *fault)
{
	bool datagrams = serving->config->endpoint.type == SOCK_DGRAM;
	for (size_t i = 0; i < serving->listeners.count; i++) {
		if (!serving->ready[i] || !may_accept(serving))
			continue;
		serving->ready[i] = false;
		if ((datagrams ? take_datagrams(serving, i, fault) : accept_clients(serving, i, fault)) != 0)
			return -1;
	}
	return 0;
}

/* CLIENT has ended, for FAULT when that is set: 0 when the listener goes on. */
static int client_ended(const struct serving *serving, struct fault *fault)
{
	if (!fault_is_set(fault))
		return 0;
	if (!serving->config->keep_open || ends_all(serving, fault))
		return -1;
	/* What a program ended with has been told as such. */
	if (fault->step != STEP_STATUS)
		trace_fault(serving->run->trace, fault);
	*fault = (struct fault){.step = STEP_NONE};
	return 0;
}

/* Let each client go on; who has ended is closed.  1 when anything happened, 0 when not, -1 with FAULT. */
static int advance_clients(struct serving *serving, int64_t now_ns, struct fault *fault)
{
	int moved = 0;
	struct client **link = &serving->clients;
	while (*link) {
		struct client *client = *link;
		moved |= client->ops->advance(client, now_ns);
		if (!client->over) {
			link = &client->next;
			continue;
		}
		*link = client->next;
		serving->count--;
		serving->short_of_fds = false;
		serving->wait_from_ns = clock_now();
		client->ops->close(client, fault);
		listener_tell_drops(&serving->listeners);
		if (client_ended(serving, fault) != 0)
			return -1;
	}
	return moved;
}

static int serve_loop(struct serving *serving, struct fault *fault)
{
	for (unsigned rounds = 1;; rounds++) {
		int64_t now_ns = clock_now();
		int moved = advance_clients(serving, now_ns, fault);
		if (moved < 0)
			return -1;
		if (serving->room && room_advance(serving->room))
			moved = 1;
		if (serving->count == 0 && !may_accept(serving))
			return 0;
		/* Clients that are always busy must not keep others, or a signal, waiting. */
		if ((!moved || rounds % BUSY_ROUNDS == 0) && serve_wait(serving, moved, now_ns, fault) != 0)
			return -1;
		if (serve_knocks(serving, fault) != 0)
			return -1;
	}
}

static void close_all(struct serving *serving)
{
	struct fault ignored;
	room_ends(serving->room);
	while (serving->clients) {
		struct client *client = serving->clients;
		serving->clients = client->next;
		client->ops->close(client, &ignored);
	}
	room_close(serving->room);
	access_close(serving->access);
	pollset_close(&serving->set);
	listeners_close(&serving->listeners);
}

/* The client that was handed over with its connection made. */
static int take_connected(struct serving *serving, struct fault *fault)
{
	const struct addr *peer = &serving->listeners.peer;
	serving->served = true;
	if (is_refused(serving, peer)) {
		knock_refuse(serving->run->trace, serving->listeners.connected);
		return 0;
	}
	return add_client(serving, serving->listeners.connected, peer, fault);
}

/* Open all that serving takes. */
static int open_all(struct serving *serving, struct fault *fault)
{
	const struct run *run = serving->run;
	const struct serve_config *config = serving->config;
	if (config->broker && !(serving->room = room_open(run, config, fault)))
		return -1;
	if (access_is_wanted(&config->access) &&
	    !(serving->access = access_open(run, &config->access, &config->endpoint, fault)))
		return -1;
	if (listeners_open(&serving->listeners, fault) != 0)
		return -1;
	return serving->listeners.connected >= 0 ? take_connected(serving, fault) : 0;
}

int serve(const struct run *run, const struct serve_config *config, struct fault *fault)
{
	char path[160];
	struct serve_config own = *config;
	struct serving serving = {.run = run, .config = &own, .listeners = {.run = run, .config = &own}};
	listeners_find_path(run, config, path, sizeof(path));
	if (path[0] != '\0' && !own.path)
		own.path = path;
	/* What is run on a connection inherits the limit, and may rely on the usual one. */
	if (is_concurrent(config) && !child_is_wanted(&config->program))
		limits_raise_files();
	int status = open_all(&serving, fault);
	serving.wait_from_ns = clock_now();
	if (status == 0)
		status = serve_loop(&serving, fault);
	close_all(&serving);
	return status;
}
