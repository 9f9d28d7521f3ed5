/* --to: each client gets a connection of its own to the target, and the two are relayed. */
#include "serve/client_forward.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/dial_report.h"
#include "net/pollset.h"
#include "net/run.h"
#include "relay/session.h"
#include "serve/client.h"
#include "serve/listener.h"
#include "serve/serve.h"
#include "trace/sys.h"

/* Clients at once for whose sake the target's name is looked up, which takes two processes each:
 * the others wait. */
#define LOOKUPS_MOST 64

struct forward {
	struct client client;
	const struct run *run;
	const struct serve_config *config;
	const struct listeners *listeners;
	struct transport net; /* of the client, until the session has it */
	struct addr peer;
	unsigned *lookups; /* the clients that have a look-up, of LOOKUPS_MOST */
	bool looks_up;     /* it is one of them */
	bool waits;        /* for its turn to become one */
	struct dial *dial; /* until it is connected; NULL */
	bool reported; /* poll has reported the client's socket meanwhile: an error, a hang-up */
	bool hung_up;  /* it has been looked at, and will say nothing else */
	struct session session;
	char target[160]; /* for messages */
};

/* Whether the name of what is dialed has to be looked up. */
static bool is_looked_up(const struct dial_config *config)
{
	struct addr addr;
	const struct target *target = config->proxy.type != PROXY_NONE ? &config->proxy.address
								       : &config->target;
	return !config->path && config->endpoint.family != AF_VSOCK &&
	       addr_parse(&addr, AF_UNSPEC, target->host, 0) != 0;
}

/* Begin to dial, when it is this client's turn.  Whether anything happened. */
static bool begin_dial(struct forward *forward)
{
	const struct dial_config *config = &forward->config->to;
	bool looked_up = is_looked_up(config);
	forward->waits = looked_up && *forward->lookups >= LOOKUPS_MOST;
	if (forward->waits)
		return false;
	forward->looks_up = looked_up;
	*forward->lookups += looked_up;
	forward->dial = dial_open(forward->run, config, &forward->session.fault);
	forward->client.over = !forward->dial;
	return true;
}

static void end_dial(struct forward *forward)
{
	dial_close(forward->dial);
	forward->dial = NULL;
	*forward->lookups -= forward->looks_up;
	forward->looks_up = false;
}

static void begin_session(struct forward *forward, const struct dial_result *dial_result)
{
	struct session_config config = {.net = forward->net,
					.peer = forward->peer,
					.local = dial_result->transport,
					.local_name = forward->target,
					.local_proxied = forward->config->to.proxy.type !=
							 PROXY_NONE,
					.path = forward->config->path,
					.server = true,
					.one_of_many = forward->config->keep_open,
					.phases = {.lookup_ns = dial_result->lookup_ns,
						   .connect_ns = dial_result->connect_ns,
						   .proxy_ns = dial_result->proxy_ns},
					.endpoint = &forward->config->endpoint,
					.relay = &forward->config->relay};
	end_dial(forward);
	forward->net = (struct transport){.ops = NULL};
	session_open(&forward->session, forward->run, &config);
}

/* Whether TARGET has the port of a socket that listens.  One that was handed over may be of another
 * network namespace. */
static bool has_own_port(const struct listeners *listeners, const struct addr *target)
{
	bool own = false;
	for (size_t i = 0; i < listeners->count; i++)
		own |= addr_port(&listeners->at[i].addr) == addr_port(target);
	return own && listeners->config->listen_fds.count == 0;
}

/* Whether the way to the target leads back here: the client has come in at the target's very
 * address. */
static bool goes_round(const struct forward *forward, const struct dial_result *dial_result)
{
	struct addr here;
	return has_own_port(forward->listeners, &dial_result->peer) &&
	       sys_getsockname(forward->run->trace, transport_socket(&forward->net), &here) == 0 &&
	       addr_equal(&here, &dial_result->peer);
}

/* It ends the listener, as this connection is the next client already. */
static void end_round(struct forward *forward, struct dial_result *dial_result)
{
	struct fault *fault = &forward->session.fault;
	transport_close(&dial_result->transport);
	fault_words(fault, STEP_LISTEN, STATUS_LOCAL, "it is this listener itself", "relay to %s",
		    forward->target);
	fault_cause(fault, CAUSE_FORWARD_LOOP,
		    "a client came in at the very address that it is to be relayed to: each "
		    "connection would bring "
		    "forth the next without end");
	forward->client.over = true;
}

/* The client waits, with what it sends, until the target has answered. */
static bool connect_target(struct forward *forward)
{
	struct dial_result dial_result;
	switch (dial_advance(forward->dial, &dial_result, &forward->session.fault)) {
	case DIAL_PENDING:
		return false;
	case DIAL_FAILED:
		forward->client.over = true;
		return true;
	case DIAL_CONNECTED:
		break;
	}
	if (goes_round(forward, &dial_result))
		end_round(forward, &dial_result);
	else
		begin_session(forward, &dial_result);
	return true;
}

static void end_without_client(struct forward *forward)
{
	const struct session_config config = {.peer = forward->peer,
					      .path = forward->config->path,
					      .endpoint = &forward->config->endpoint};
	char name[160];
	struct text text = TEXT_IN(name);
	session_describe_peer(&text, &config);
	fault_errno(&forward->session.fault, STEP_READ, ECONNRESET, "receive from %s", name);
}

/* Whether the client is gone, and the dial to go with it: it has reset, which is a failure, or it
 * has closed a Unix socket and sent nothing that the target is to get. */
static bool is_gone(struct forward *forward)
{
	char next;
	size_t moved;
	if (!forward->reported)
		return false;
	forward->reported = false;
	forward->hung_up = true;
	if (transport_take_error(&forward->net) != 0) {
		end_without_client(forward);
		return true;
	}
	return transport_peek(&forward->net, &next, sizeof(next), &moved) == IO_EOF;
}

/* A target that has answered by now gets a reset, as from a relay. */
static void give_up_target(struct forward *forward)
{
	struct dial_result dial_result;
	struct fault ignored = {.step = STEP_NONE};
	if (!forward->dial || dial_advance(forward->dial, &dial_result, &ignored) != DIAL_CONNECTED)
		return;
	transport_abort(&dial_result.transport);
	transport_close(&dial_result.transport);
}

static bool forward_advance(struct client *client, int64_t now_ns)
{
	struct forward *forward = (struct forward *)(void *)client;
	if ((forward->dial || forward->waits) && is_gone(forward)) {
		give_up_target(forward);
		forward->client.over = true;
		return true;
	}
	if (forward->waits)
		return begin_dial(forward);
	if (forward->dial)
		return connect_target(forward);
	bool moved = session_advance(&forward->session, now_ns);
	client->over = forward->session.relay.over;
	return moved;
}

static void forward_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	struct forward *forward = (struct forward *)(void *)client;
	if ((forward->dial || forward->waits) && !forward->hung_up)
		transport_watch(&forward->net, set, &forward->reported);
	if (forward->dial)
		dial_want(forward->dial, set);
	else if (!forward->waits)
		session_want(&forward->session, set, now_ns);
}

static void forward_report(const struct client *client)
{
	const struct forward *forward = (const struct forward *)(const void *)client;
	if (forward->dial)
		dial_report(forward->dial);
	else if (!forward->waits)
		session_report(&forward->session);
}

static int64_t forward_quiet_since(const struct client *client)
{
	const struct forward *forward = (const struct forward *)(const void *)client;
	return forward->dial || forward->waits ? NEVER : session_quiet_since(&forward->session);
}

static void forward_let_go(struct client *client)
{
	session_let_go(&((struct forward *)(void *)client)->session);
}

static void forward_close(struct client *client, struct fault *fault)
{
	struct forward *forward = (struct forward *)(void *)client;
	if (!transport_is_open(&forward->net)) {
		relay_close_by(&forward->session.relay, client->ended_by);
		session_close(&forward->session);
	}
	end_dial(forward);
	transport_close(&forward->net);
	*fault = forward->session.fault;
	free(forward);
}

struct client *client_forward(const struct listeners *listeners, const struct transport *net,
			      const struct addr *peer, unsigned *lookups, struct fault *fault)
{
	const struct run *run = listeners->run;
	struct transport own = *net;
	static const struct client_ops ops = {forward_advance,     forward_want,   forward_report,
					      forward_quiet_since, forward_let_go, forward_close};
	struct forward *forward = calloc(1, sizeof(*forward));
	if (!forward) {
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
		transport_close(&own);
		return NULL;
	}
	forward->client = (struct client){.ops = &ops};
	forward->run = run;
	forward->config = listeners->config;
	forward->listeners = listeners;
	forward->net = own;
	forward->peer = *peer;
	struct text name = TEXT_IN(forward->target);
	describe_target(&name, &forward->config->to);
	forward->lookups = lookups;
	begin_dial(forward);
	return &forward->client;
}
