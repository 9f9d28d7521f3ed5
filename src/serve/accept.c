/* Accepting: a client is accepted, or refused by the rules, and handed to what serves it
 * (client.h). */
#include "serve/accept.h"

#include <errno.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/run.h"
#include "net/transport_open.h"
#include "net/transport_stdio.h"
#include "proto/addr.h"
#include "relay/session.h"
#include "serve/broker.h"
#include "serve/client.h"
#include "serve/client_exec.h"
#include "serve/client_forward.h"
#include "serve/client_handshake.h"
#include "serve/client_stdio.h"
#include "serve/listener_report.h"
#include "serve/serve.h"
#include "serve/server.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* How often a datagram is tried to be thrown away. */
#define THROWS 3

/* Clients accepted in one go, before those that are served have their turn. */
#define ACCEPTS 256

/* Descriptors that a client may need besides its own socket: a target's, those of a look-up, pipes.
 */
#define SPARE_FDS 6

/* Descriptors that a client has at the most, as a rule. */
#define CLIENT_FDS 8

/* The least time between two reports of a shortage: clients can bring it about again and again. */
#define SHORTAGE_REPORT_NS (60 * NS_PER_SEC)

/* Whether ERR, of accept(2) or of a datagram, concerns one client alone: a client that gave up, or
 * an error of the network that accept(2) passes on. */
static bool is_transient(int err)
{
	static const int transient[] = {
		EAGAIN,    EINTR,      ECONNABORTED, EPROTO,          ENETDOWN,       ENOPROTOOPT,
		EHOSTDOWN, ENONET,     EHOSTUNREACH, EOPNOTSUPP,      ENETUNREACH,    EPERM,
		ETIMEDOUT, ECONNRESET, ENOSR,        ESOCKTNOSUPPORT, EPROTONOSUPPORT};
	for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++)
		if (transient[i] == err)
			return true;
	return false;
}

/* Report that PEER is connected. */
static void report_accepted(const struct run *run, const struct serve_config *config, int fd,
			    const struct addr *peer)
{
	struct note note;
	const struct session_config client = {.peer = *peer, .path = config->path};

	if (!console_is_verbose(run->console))
		return;
	struct addr_text address = session_peer(&client);
	note_start(&note, "accepted", "a client is connected: %s", address.chars);
	note_text(&note, "peer", address.chars);
	note_connection(&note, fd);
	trace_note(run->trace, &note);
	struct addr plain = addr_unmapped(peer);
	if (config->path)
		console_status(run->console, "Connection received on %s", config->path);
	else
		console_status(run->console, "Connection received on %s %u",
			       addr_host_text(&plain).chars, addr_port(peer));
}

/* Resets the connection on FD, so that a refused client does not mistake it for a clean end of
 * file.
 */
static void refuse_client(const struct server *server, int fd)
{
	struct transport net;
	transport_open(&net, server->run->trace, fd, &server->config->endpoint);
	transport_abort(&net);
	transport_close(&net);
}

bool accept_is_concurrent(const struct serve_config *config)
{
	return config->forward || config->broker || child_is_wanted(&config->program);
}

bool accept_has_room(const struct server *server)
{
	const struct serve_config *config = server->config;
	/* A socket of datagrams is its own client. */
	if (!config->keep_open || config->endpoint.type == SOCK_DGRAM)
		return !server->served;
	int limit = accept_is_concurrent(config) ? config->max_clients : 1;
	if (server->shortage || broker_is_ending(server->broker))
		return false;
	return limit == 0 || server->count < limit;
}

/* Which clients are served. */
static struct peer_filter serve_filter(const struct server *server)
{
	return (struct peer_filter){.admits = server->access ? access_admits : NULL,
				    .rules = server->access};
}

static bool is_refused(const struct server *server, const struct addr *peer)
{
	return server->access && !access_admits(server->access, peer);
}

static struct session_config describe_session(const struct server *server,
					      const struct transport *net, const struct addr *peer)
{
	const struct serve_config *config = server->config;
	return (struct session_config){
		.net = *net,
		.peer = *peer,
		.path = config->path,
		.server = true,
		.keep_out = config->keep_open,
		.one_of_many = config->keep_open,
		.phases = {.lookup_ns = -1, .connect_ns = -1, .proxy_ns = -1},
		.endpoint = &config->endpoint,
		.relay = &config->relay};
}

/* The connection that FD is. */
static struct transport open_transport(const struct server *server, int fd)
{
	const struct serve_config *config = server->config;
	struct transport net;
	transport_open(&net, server->run->trace, fd, &config->endpoint);
	net.any_peer = config->keep_open && config->endpoint.type == SOCK_DGRAM;
	net.filter = serve_filter(server);
	return net;
}

/* What serves the client on NET; it closes NET. */
static struct client *make_client(struct server *server, const struct transport *net,
				  const struct addr *peer, struct fault *fault)
{
	const struct serve_config *config = server->config;
	if (server->broker)
		return client_member(server->broker, net, peer, fault);
	if (config->forward)
		return client_forward(&server->listeners, net, peer, &server->lookups, fault);
	struct session_config session = describe_session(server, net, peer);
	if (child_is_wanted(&config->program))
		return client_exec(server->run, &session, &config->program, fault);
	session.stdio = &server->stdio;
	return client_stdio(server->run, &session, fault);
}

/* Hand the connection on FD to what serves a client. */
static int add_client(struct server *server, int fd, const struct addr *peer, struct fault *fault)
{
	const struct serve_config *config = server->config;
	struct transport net = open_transport(server, fd);
	report_accepted(server->run, config, transport_socket(&net), peer);
	if (listener_wants_syn(server->run, config))
		listener_report_syn(server->run, transport_socket(&net), peer);
	struct client *client = config->endpoint.layer
					? client_handshake(server, &net, peer, make_client, fault)
					: make_client(server, &net, peer, fault);
	server->served = true;
	/* Nobody else is served: who knocks later is refused at once instead of kept waiting. */
	if (!config->keep_open)
		listeners_close_sockets(&server->listeners);
	if (!client)
		return -1;
	client->next = server->clients;
	server->clients = client;
	server->count++;
	return 0;
}

/* Breaks off the quietest of the clients whose side has ended.  Most are gone for good: a client
 * that connects and closes costs nothing, and looks like one that still listens.  Returns whether
 * there is one; its descriptors are free before the next accept. */
static bool break_off_quietest(const struct server *server)
{
	struct client *quietest = NULL;
	int64_t since_ns = NEVER;
	for (struct client *client = server->clients; client; client = client->next) {
		int64_t quiet_ns = client->ops->quiet_since(client);
		if (quiet_ns >= since_ns)
			continue;
		since_ns = quiet_ns;
		quietest = client;
	}
	if (quietest)
		quietest->ops->let_go(quietest);
	return quietest;
}

/* Whether one more client would lack descriptors, when TAKEN were accepted just now that have not
 * opened theirs yet.  It is only looked at when there are many clients, and one at a time is always
 * served. */
static bool is_short(const struct server *server, size_t which, int taken)
{
	int need = SPARE_FDS * (taken + 1);
	unsigned long long all = (unsigned long long)server->count * CLIENT_FDS + SPARE_FDS;
	return server->count > 0 && all > server->max_fds &&
	       (need > SYS_COPIES || !sys_can_open(server->listeners.at[which].fd, need));
}

/* Whether ERR, of accept(2), says that clients have to wait until others have gone. */
static bool is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM;
}

static int accept_failed(const struct server *server, size_t which, int err, struct fault *fault)
{
	char where[256];
	struct text text = TEXT_IN(where);
	listener_describe(&text, server->config, &server->listeners.at[which]);
	return fault_errno(fault, STEP_ACCEPT, err, "accept on %s", where);
}

bool accept_make_room(struct server *server)
{
	struct fault fault = {.step = STEP_NONE};
	int64_t now_ns = clock_now();
	if (server->shortage == EMFILE && sys_can_open(server->listeners.at[0].fd, SPARE_FDS))
		server->shortage = 0;
	if (!server->shortage)
		return false;
	if (break_off_quietest(server))
		return true;
	if (now_ns < server->shortage_report_ns)
		return false;
	server->shortage_report_ns = now_ns + SHORTAGE_REPORT_NS;
	accept_failed(server, 0, server->shortage, &fault);
	fault_explain(&fault);
	console_fault(server->run->console, &fault);
	return false;
}

/* accept(2) has not brought a client, with ERR: 0 when the listener goes on. */
static int no_client(struct server *server, size_t which, int err, struct fault *fault)
{
	if (is_transient(err))
		return 0;
	if (!is_shortage(err) || server->count == 0)
		return accept_failed(server, which, err, fault);
	server->shortage = err;
	return 0;
}

/* Take who knocks: one, or where clients are served at the same time all that are there. */
static int accept_from(struct server *server, size_t which, struct fault *fault)
{
	int at_most = accept_is_concurrent(server->config) && server->config->keep_open ? ACCEPTS
											: 1;
	for (int i = 0; i < at_most && accept_has_room(server); i++) {
		struct addr peer;
		if (is_short(server, which, i)) {
			server->shortage = EMFILE;
			return 0;
		}
		int fd = sys_accept4(server->run->trace, server->listeners.at[which].fd, &peer,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return no_client(server, which, errno, fault);
		if (is_refused(server, &peer)) {
			refuse_client(server, fd);
			continue;
		}
		if (add_client(server, fd, &peer, fault) != 0)
			return -1;
	}
	return 0;
}

/* The datagram that was looked at is there: EAGAIN is a shortage of a moment. */
static void throw_away(struct trace *trace, int fd)
{
	char byte;
	ssize_t n = -1;
	for (int tries = 0; n < 0 && tries < THROWS; tries++) {
		n = sys_recv(trace, fd, &byte, sizeof(byte), 0);
		if (n < 0 && !sys_is_again(errno))
			break;
	}
}

/* Datagrams: the first sender is the peer, to which the socket is connected; with -k everybody is
 * heard. */
static int take_datagrams(struct server *server, size_t which, struct fault *fault)
{
	const struct run *run = server->run;
	const struct serve_config *config = server->config;
	struct addr peer;
	char byte;
	int fd = server->listeners.at[which].fd;
	if (sys_recvfrom(run->trace, fd, &byte, sizeof(byte), MSG_PEEK, &peer) < 0)
		return is_transient(errno)
			       ? 0
			       : fault_errno(fault, STEP_DATAGRAM, errno, "receive a datagram");
	if (is_refused(server, &peer)) {
		throw_away(run->trace, fd);
		return 0;
	}
	bool named = peer.len > sizeof(sa_family_t);
	/* The sender's Unix socket may be gone by now; what it sent is here all the same. */
	if (!config->keep_open && named && sys_connect(run->trace, fd, &peer) != 0 && !config->path)
		return fault_errno(fault, STEP_CONNECT, errno,
				   "connect to the sender of the first datagram");
	server->listeners.at[which].fd = -1;
	return add_client(server, fd, &peer, fault);
}

int accept_clients(struct server *server, struct fault *fault)
{
	bool datagrams = server->config->endpoint.type == SOCK_DGRAM;
	size_t count = server->listeners.count;
	size_t first = server->turn;
	for (size_t i = 0; i < count; i++) {
		size_t which = (first + i) % count;
		if (!server->ready[which] || !accept_has_room(server))
			continue;
		server->ready[which] = false;
		server->turn = (which + 1) % count;
		if ((datagrams ? take_datagrams(server, which, fault)
			       : accept_from(server, which, fault)) != 0)
			return -1;
	}
	return 0;
}

int accept_inherited(struct server *server, struct fault *fault)
{
	const struct addr *peer = &server->listeners.peer;
	server->served = true;
	if (is_refused(server, peer)) {
		refuse_client(server, server->listeners.connected);
		return 0;
	}
	return add_client(server, server->listeners.connected, peer, fault);
}
