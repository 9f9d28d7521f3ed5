/* Listening: clients are waited for, accepted (serve_accept.c), and served until they have gone.  The sockets are made in listener.c. */
#include "serve/serve.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/limits.h"
#include "net/pollset.h"
#include "net/run.h"
#include "relay/dump.h"
#include "serve/broker.h"
#include "serve/client.h"
#include "serve/listener_inherited.h"
#include "serve/listener_report.h"
#include "serve/serve_internal.h"
#include "trace/trace.h"

/* After so many rounds without a wait, busy clients are told of others. */
#define BUSY_ROUNDS 8

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
	for (size_t i = 0; i < serving->listeners.count && serving_may_accept(serving); i++)
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
	if (fault->step == STEP_FILE || fault->step == STEP_LISTEN)
		return true;
	if (fault->step == STEP_WAIT)
		return clock_now() >= serving->run->deadline_ns;
	if (serving_is_concurrent(serving->config))
		return false;
	return fault->step != STEP_READ && fault->step != STEP_WRITE && fault->step != STEP_DATAGRAM;
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
		serving->gone = true;
		serving->wait_from_ns = clock_now();
		client->ops->close(client, fault);
		listener_tell_drops(&serving->listeners);
		if (client_ended(serving, fault) != 0)
			return -1;
	}
	return moved;
}

/* Whether to look once more who knocks, before sleeping: when one client has gone, the next often waits already, or comes at
 * once.  The first look is not preceded by giving the CPU away, which others would keep for longer than a client takes. */
static bool look_again(struct serving *serving, int64_t now_ns)
{
	/* Shown, the looks would drown the rest. */
	if (serving->count > 0 || trace_shows(serving->run->trace, 3))
		return false;
	if (serving->gone) {
		serving->gone = false;
		retry_again(&serving->retry, true, now_ns);
		return true;
	}
	return retry_again(&serving->retry, false, now_ns);
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
		if (serving->count == 0 && !serving_may_accept(serving))
			return 0;
		bool busy = moved || look_again(serving, now_ns);
		/* Clients that are always busy must not keep others, or a signal, waiting. */
		if ((!moved || rounds % BUSY_ROUNDS == 0) && serve_wait(serving, busy, now_ns, fault) != 0)
			return -1;
		if (serving_take_knocks(serving, fault) != 0)
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
	return serving->listeners.connected >= 0 ? serving_take_connected(serving, fault) : 0;
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
	if (serving_is_concurrent(config) && !child_is_wanted(&config->program))
		limits_raise_files();
	int status = open_all(&serving, fault);
	serving.wait_from_ns = clock_now();
	if (status == 0)
		status = serve_loop(&serving, fault);
	close_all(&serving);
	return status;
}
