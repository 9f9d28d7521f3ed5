/* A client whose connection has a handshake before data.  Until that is over the client is this
 * one; from then on all is passed to the client that serves it. */
#include "serve/client_handshake.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport_layer.h"
#include "proto/addr.h"
#include "serve/client.h"
#include "serve/serve.h"
#include "serve/server.h"
#include "trace/console.h"
#include "trace/event.h"

/* How long a client may take for its handshake. */
#define HANDSHAKE_NS (30 * NS_PER_SEC)

struct shaking {
	struct client client;
	struct server *server;
	client_maker *make;
	struct transport net; /* until the client has it */
	struct addr peer;
	struct client *served; /* once the handshake is over; NULL */
	bool ready;            /* poll has something to tell */
	int64_t until_ns;
	struct fault fault;
	char name[160]; /* of the peer, for messages */
};

static struct shaking *shaking_of(const struct client *client)
{
	return (struct shaking *)(uintptr_t)client;
}

/* The connection is the client's that serves it from now on. */
static void hand_over(struct shaking *shaking)
{
	struct transport net = shaking->net;
	shaking->net = (struct transport){.ops = NULL};
	shaking->served = shaking->make(shaking->server, &net, &shaking->peer, &shaking->fault);
	shaking->client.over = !shaking->served;
}

static bool advance_handshake(struct shaking *shaking, int64_t now_ns)
{
	shaking->ready = false;
	switch (transport_handshake(&shaking->net)) {
	case IO_DONE:
		hand_over(shaking);
		return true;
	case IO_AGAIN:
		if (now_ns < shaking->until_ns)
			return false;
		fault_words(&shaking->fault, STEP_READ, STATUS_TIMEOUT, "Connection timed out",
			    "handshake with %s", shaking->name);
		break;
	default:
		transport_explain(&shaking->net, &shaking->fault, STEP_READ, "handshake with %s",
				  shaking->name);
	}
	shaking->client.over = true;
	return true;
}

static bool shaking_advance(struct client *client, int64_t now_ns)
{
	struct shaking *shaking = shaking_of(client);
	struct client *served = shaking->served;
	if (!served)
		return advance_handshake(shaking, now_ns);
	bool moved = served->over || served->ops->advance(served, now_ns);
	client->over = served->over;
	return moved;
}

static void shaking_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	struct shaking *shaking = shaking_of(client);
	if (shaking->served) {
		shaking->served->ops->want(shaking->served, set, now_ns);
		return;
	}
	port_want(&shaking->net.in, set, &shaking->ready);
	pollset_wake(set, shaking->until_ns);
}

static void shaking_report(const struct client *client)
{
	const struct shaking *shaking = shaking_of(client);
	char line[256];
	struct text text = TEXT_IN(line);
	struct note note;
	if (shaking->served) {
		shaking->served->ops->report(shaking->served);
		return;
	}
	text_printf(&text, "state: %s: the handshake is not over yet\n", shaking->name);
	struct addr_text address = addr_peer_text(&shaking->peer);
	note_start(&note, "state", "%s", shaking->name);
	note_text(&note, "peer", address.chars);
	console_report(shaking->server->run->console, &note, line);
}

static int64_t shaking_quiet_since(const struct client *client)
{
	const struct client *served = shaking_of(client)->served;
	return served ? served->ops->quiet_since(served) : NEVER;
}

static void shaking_let_go(struct client *client)
{
	struct client *served = shaking_of(client)->served;
	served->ops->let_go(served);
}

static void shaking_close(struct client *client, struct fault *fault)
{
	struct shaking *shaking = shaking_of(client);
	struct client *served = shaking->served;
	*fault = shaking->fault;
	transport_close(&shaking->net);
	if (served) {
		served->ended_by = client->ended_by;
		served->ops->close(served, fault);
	}
	free(shaking);
}

struct client *client_handshake(struct server *server, const struct transport *net,
				const struct addr *peer, client_maker *make, struct fault *fault)
{
	static const struct client_ops ops = {shaking_advance,     shaking_want,   shaking_report,
					      shaking_quiet_since, shaking_let_go, shaking_close};
	const struct endpoint_config *endpoint = &server->config->endpoint;
	struct transport own = *net;
	struct shaking *shaking = calloc(1, sizeof(*shaking));
	if (!shaking)
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
	if (!shaking || transport_add_layer(&own, endpoint, NULL, fault) != 0) {
		transport_close(&own);
		free(shaking);
		return NULL;
	}
	shaking->client.ops = &ops;
	shaking->server = server;
	shaking->make = make;
	shaking->net = own;
	shaking->peer = *peer;
	shaking->until_ns = clock_now() + HANDSHAKE_NS;
	struct text name = TEXT_IN(shaking->name);
	endpoint_describe(&name, endpoint, peer);
	return &shaking->client;
}
