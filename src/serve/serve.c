/* Listening: clients are waited for, accepted (accept.c), and served until they have gone.
 * The sockets are made in listener.c. */
#include "serve/serve.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "net/limits.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport_stdio.h"
#include "relay/dump.h"
#include "serve/accept.h"
#include "serve/broker.h"
#include "serve/client.h"
#include "serve/listener_inherited.h"
#include "serve/listener_report.h"
#include "serve/server.h"
#include "trace/console.h"
#include "trace/trace.h"

/* After so many rounds without a wait, busy clients are told of others. */
#define BUSY_ROUNDS 8

/* ---- waiting ---- */

static int64_t wait_deadline(const struct server *server)
{
	return server->count > 0 ? NEVER
				 : deadline_after(server->wait_from_ns, server->config->wait_ns);
}

static int wait_timeout(const struct server *server, bool whole_run, struct fault *fault)
{
	char where[256];
	struct text text = TEXT_IN(where);
	listener_describe(&text, server->config, &server->listeners.at[0]);
	fault_errno(fault, STEP_ACCEPT, ETIMEDOUT, "accept on %s", where);
	fault_cause(fault, server->config->path ? CAUSE_NO_CLIENT_PATH : CAUSE_NO_CLIENT,
		    "no client came within %s",
		    units_limit(whole_run ? server->run->limit_ns : server->config->wait_ns).chars);
	return -1;
}

static void report_clients(const struct server *server)
{
	console_warn(server->run->console, "state: %d clients", server->count);
	listener_report(&server->listeners);
	for (const struct client *client = server->clients; client; client = client->next)
		client->ops->report(client);
}

/* While a client is served, its relay looks after the reader of stdout. */
static bool needs_reader(const struct server *server)
{
	return server->count == 0 && transport_is_open(&server->stdio) &&
	       transport_stdio_has_reader(&server->stdio) && !server->config->relay.send_only;
}

/* Nobody takes what clients would say: the listener ends as a relay does. */
static int end_without_reader(const struct server *server, struct fault *fault)
{
	if (!server->input_ended)
		return fault_errno(fault, STEP_OUTPUT, EPIPE, "write standard output");
	*fault = (struct fault){.step = STEP_READER, .status = STATUS_OK};
	return -1;
}

/* Wait for clients, old and new, or only look when BUSY. */
static int serve_wait(struct server *server, bool busy, int64_t now_ns, struct fault *fault)
{
	struct pollset *set = &server->set;
	pollset_clear(set);
	if (dump_flush(server->config->relay.services->dump, fault) != 0)
		return -1;
	for (size_t i = 0; i < server->listeners.count && accept_has_room(server); i++)
		pollset_add(set, server->listeners.at[i].fd, POLLIN, &server->ready[i]);
	for (struct client *client = server->clients; client; client = client->next)
		client->ops->want(client, set, now_ns);
	if (needs_reader(server))
		pollset_add(set, server->stdio.out.fd, 0, &server->reader_gone);
	if (server->broker)
		broker_want(server->broker, set, now_ns);
	if (server->access)
		access_want(server->access, set);
	pollset_wake(set, busy ? now_ns : wait_deadline(server));
	if (pollset_wait(set, server->run, fault) != 0)
		return -1;
	if (set->report)
		report_clients(server);
	if (set->reload && server->access)
		access_reload(server->access);
	else if (server->access)
		access_advance(server->access);
	if (server->reader_gone)
		return end_without_reader(server, fault);
	now_ns = clock_now();
	if (server->broker && broker_is_late(server->broker, now_ns, fault))
		return -1;
	if (server->count == 0 && now_ns >= server->run->deadline_ns)
		return wait_timeout(server, true, fault);
	bool knock = false;
	for (size_t i = 0; i < server->listeners.count; i++)
		knock |= server->ready[i];
	return !knock && now_ns >= wait_deadline(server) ? wait_timeout(server, false, fault) : 0;
}

/* ---- clients ---- */

/* What ends a listener that keeps open: what is wrong on this side, not the end of one client.
 * Clients that do not share stdin and stdout have all to themselves. */
static bool ends_all(const struct server *server, const struct fault *fault)
{
	if (fault->step == STEP_FILE || fault->step == STEP_LISTEN)
		return true;
	if (fault->step == STEP_WAIT)
		return clock_now() >= server->run->deadline_ns;
	if (accept_is_concurrent(server->config))
		return false;
	return fault->step != STEP_READ && fault->step != STEP_WRITE &&
	       fault->step != STEP_DATAGRAM;
}

/* CLIENT has ended, for FAULT when that is set: 0 when the listener goes on. */
static int client_ended(const struct server *server, struct fault *fault)
{
	if (!fault_is_set(fault))
		return 0;
	if (!server->config->keep_open || ends_all(server, fault))
		return -1;
	/* What a program ended with has been told as such. */
	if (fault->step != STEP_STATUS && !fault->printed)
		console_fault(server->run->console, fault);
	*fault = (struct fault){.step = STEP_NONE};
	return 0;
}

/* Let each client go on; who has ended is closed.  1 when anything happened, 0 when not, -1 with
 * FAULT. */
static int advance_clients(struct server *server, int64_t now_ns, struct fault *fault)
{
	int moved = 0;
	struct client **link = &server->clients;
	while (*link) {
		struct client *client = *link;
		/* One that could not begin is over before its first turn. */
		moved |= client->over || client->ops->advance(client, now_ns);
		if (!client->over) {
			link = &client->next;
			continue;
		}
		*link = client->next;
		server->count--;
		server->shortage = 0;
		server->gone = true;
		server->wait_from_ns = clock_now();
		server->input_ended |= client->input_ended;
		client->ops->close(client, fault);
		listener_report_drops(&server->listeners);
		if (client_ended(server, fault) != 0)
			return -1;
	}
	return moved;
}

/* Whether to look once more who knocks, before sleeping: when one client has gone, the next often
 * waits already, or comes at once.  The first look is not preceded by giving the CPU away, which
 * others would keep for longer than a client takes. */
static bool look_again(struct server *server, int64_t now_ns)
{
	/* Shown, the looks would drown the rest. */
	if (server->count > 0 || trace_shows(server->run->trace, 3))
		return false;
	if (server->gone) {
		server->gone = false;
		spin_again(&server->spin, true, now_ns);
		return true;
	}
	return spin_again(&server->spin, false, now_ns);
}

static int serve_loop(struct server *server, struct fault *fault)
{
	for (unsigned rounds = 1;; rounds++) {
		int64_t now_ns = clock_now();
		int moved = advance_clients(server, now_ns, fault);
		if (moved < 0)
			return -1;
		int passed = server->broker ? broker_advance(server->broker, now_ns, fault) : 0;
		if (passed < 0)
			return -1;
		moved |= passed;
		if (server->count == 0 && !accept_has_room(server))
			return 0;
		moved |= accept_make_room(server);
		bool busy = moved || look_again(server, now_ns);
		/* Clients that are always busy must not keep others, or a signal, waiting. */
		if ((!moved || rounds % BUSY_ROUNDS == 0) &&
		    serve_wait(server, busy, now_ns, fault) != 0)
			return -1;
		if (accept_clients(server, fault) != 0)
			return -1;
	}
}

/* Close what is open; FAULT is what ends the listener. */
static void close_all(struct server *server, const struct fault *fault)
{
	struct fault ignored;
	broker_ends(server->broker);
	while (server->clients) {
		struct client *client = server->clients;
		server->clients = client->next;
		client->ended_by = relay_end_of(fault);
		client->ops->close(client, &ignored);
	}
	broker_close(server->broker);
	access_close(server->access);
	pollset_close(&server->set);
	listeners_close(&server->listeners);
}

/* Open all that serving takes. */
static int open_all(struct server *server, struct fault *fault)
{
	const struct run *run = server->run;
	const struct serve_config *config = server->config;
	if (config->broker && !(server->broker = broker_open(run, config, fault)))
		return -1;
	if (access_is_wanted(&config->access) &&
	    !(server->access = access_open(run, &config->access, &config->endpoint, fault)))
		return -1;
	if (listeners_open(&server->listeners, fault) != 0)
		return -1;
	return server->listeners.connected >= 0 ? accept_inherited(server, fault) : 0;
}

int serve(const struct run *run, const struct serve_config *config, struct fault *fault)
{
	char path[160];
	struct serve_config own = *config;
	struct server server = {
		.run = run, .config = &own, .listeners = {.run = run, .config = &own}};
	listeners_find_path(run, config, path, sizeof(path));
	if (path[0] != '\0' && !own.path)
		own.path = path;
	/* What is run on a connection inherits the limit, and may rely on the usual one. */
	if (accept_is_concurrent(config) && !child_is_wanted(&config->program))
		limits_raise_files();
	if (config->keep_open)
		console_hurry(run->console);
	server.max_fds = limits_files();
	if (!accept_is_concurrent(config))
		transport_stdio(&server.stdio, run->trace, config->relay.stdin_closed);
	int status = open_all(&server, fault);
	server.wait_from_ns = clock_now();
	if (status == 0)
		status = serve_loop(&server, fault);
	close_all(&server, fault);
	return status;
}
