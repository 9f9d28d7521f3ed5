/* A client that talks with stdin and stdout. */
#include "serve/client_stdio.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/run.h"
#include "relay/session.h"
#include "serve/client.h"
#include "trace/sys.h"

struct stdio_client {
	struct client client;
	struct session session;
};

static struct session *session_of(struct client *client)
{
	return &((struct stdio_client *)(void *)client)->session;
}

static bool stdio_advance(struct client *client, int64_t now_ns)
{
	bool moved = session_advance(session_of(client), now_ns);
	client->over = session_of(client)->relay.over;
	client->input_ended = session_of(client)->relay.ends.input_ended_ns != 0;
	return moved;
}

static void stdio_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	session_want(session_of(client), set, now_ns);
}

static void stdio_report(const struct client *client)
{
	session_report(&((const struct stdio_client *)(const void *)client)->session);
}

/* The only client is not in the way of others. */
static int64_t stdio_quiet_since(const struct client *client)
{
	(void)client;
	return NEVER;
}

static void stdio_let_go(struct client *client)
{
	session_let_go(session_of(client));
}

static void stdio_close(struct client *client, struct fault *fault)
{
	relay_close_by(&session_of(client)->relay, client->ended_by);
	session_close(session_of(client));
	*fault = session_of(client)->fault;
	free(client);
}

struct client *client_stdio(const struct run *run, const struct session_config *config,
			    struct fault *fault)
{
	static const struct client_ops ops = {stdio_advance,     stdio_want,   stdio_report,
					      stdio_quiet_since, stdio_let_go, stdio_close};
	struct stdio_client *made = malloc(sizeof(*made));
	if (!made) {
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
		struct transport net = config->net;
		transport_close(&net);
		return NULL;
	}
	made->client = (struct client){.ops = &ops};
	session_open(&made->session, run, config);
	return &made->client;
}
