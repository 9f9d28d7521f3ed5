/* A layer under dial and the listener: its handshake is a part of connecting and of accepting. */
#include "net/transport_layer.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "connect/dial.h"
#include "fake_world.h"
#include "net/pollset.h"
#include "net/transport_open.h"
#include "serve/client.h"
#include "serve/client_handshake.h"
#include "serve/serve.h"
#include "serve/server.h"
#include "unit.h"

#define MS 1000000LL

/* ---- dial ---- */

static int listen_anywhere(struct addr *addr)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(addr->ss);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 || listen(fd, 1) != 0 ||
	    getsockname(fd, (struct sockaddr *)&addr->ss, &len) != 0)
		abort();
	addr->len = len;
	return fd;
}

/* Take the connection that is waiting, or none yet. */
static bool take_connection(struct transport *net, struct world *world, int listener)
{
	const struct endpoint_config tcp = {.family = AF_INET, .type = SOCK_STREAM};
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		transport_open(net, &world->trace, fd, &tcp);
	return fd >= 0;
}

/* Dial a listener that lays a layer of SERVER over what it accepts. */
static enum dial_state dial_layer(struct world *world, const struct fake_layer_config *server,
				  struct dial_result *result)
{
	static const struct fake_layer_config slow = {.delay = 2};
	struct addr addr;
	int listener = listen_anywhere(&addr);
	struct dial_config config = {.endpoint = {.family = AF_INET,
						  .type = SOCK_STREAM,
						  .layer = &fake_layer,
						  .layer_config = &slow},
				     .target = {.host = "127.0.0.1"},
				     .silent = true,
				     .connect_ns = NEVER};
	struct endpoint_config accepted = config.endpoint;
	struct transport net = {.ops = NULL};
	struct pollset set = {.count = 0};
	enum dial_state state = DIAL_PENDING;
	accepted.layer_config = server;
	config.endpoint.options.tos = -1;
	config.endpoint.options.mark = -1;
	snprintf(config.target.port, sizeof(config.target.port), "%u", addr_port(&addr));
	struct dial *dial = dial_open(&world->run, &config, &world->fault);
	for (int rounds = 0; dial && rounds < 1000 && state == DIAL_PENDING; rounds++) {
		state = dial_advance(dial, result, &world->fault);
		if (!transport_is_open(&net) && take_connection(&net, world, listener))
			transport_add_layer(&net, &accepted, NULL, &world->fault);
		if (transport_is_open(&net))
			transport_handshake(&net);
		if (state != DIAL_PENDING)
			break;
		pollset_clear(&set);
		dial_want(dial, &set);
		pollset_wake(&set, clock_now() + MS);
		pollset_wait(&set, &world->run, &world->fault);
	}
	pollset_close(&set);
	dial_close(dial);
	transport_close(&net);
	close(listener);
	return state;
}

static void a_dial_is_over_when_the_handshake_is(void)
{
	static const struct fake_layer_config plain;
	struct world world;
	struct dial_result result;
	world_open(&world);
	CHECK_INT(dial_layer(&world, &plain, &result), DIAL_CONNECTED);
	CHECK(!transport_is_bare(&result.transport));
	transport_close(&result.transport);
}

static void a_dial_fails_with_the_words_of_the_handshake(void)
{
	static const struct fake_layer_config other = {.says_other = true};
	struct world world;
	struct dial_result result;
	world_open(&world);
	CHECK_INT(dial_layer(&world, &other, &result), DIAL_FAILED);
	CHECK(strncmp(world.fault.action, "connect to 127.0.0.1 port ", 26) == 0);
	CHECK_STR(world.fault.reason, "the peer does not speak this protocol");
	CHECK_INT(world.fault.status, STATUS_TLS);
	CHECK(!transport_is_open(&result.transport));
}

/* ---- the listener ---- */

/* What serves a client here: it counts, and is over at once. */
struct counted {
	struct client client;
	struct transport net;
};

static bool counted_advance(struct client *client, int64_t now_ns)
{
	(void)now_ns;
	client->over = true;
	return true;
}

static void counted_close(struct client *client, struct fault *fault)
{
	struct counted *counted = (struct counted *)(void *)client;
	(void)fault;
	transport_close(&counted->net);
	free(counted);
}

static struct client *make_counted(struct server *server, const struct transport *net,
				   const struct addr *peer, struct fault *fault)
{
	static const struct client_ops ops = {.advance = counted_advance, .close = counted_close};
	struct counted *counted = calloc(1, sizeof(*counted));
	(void)peer;
	(void)fault;
	if (!counted)
		abort();
	counted->client.ops = &ops;
	counted->net = *net;
	server->count++;
	return &counted->client;
}

/* Serve a client whose handshake is as CONFIG says: how many were served in the end. */
static int serve_layer(const struct fake_layer_config *config, struct fault *fault)
{
	static const struct fake_layer_config slow = {.delay = 1};
	static const struct fake_layer_config *const none[2] = {NULL, NULL};
	const struct serve_config serving = {.endpoint = {.family = AF_UNIX,
							  .type = SOCK_STREAM,
							  .layer = &fake_layer,
							  .layer_config = &slow}};
	struct endpoint_config endpoint = serving.endpoint;
	struct world world;
	struct transport ends[2];
	struct addr peer = {.len = 0};
	world_open(&world);
	struct server server = {.run = &world.run, .config = &serving};
	open_pair(&world, ends, none);
	endpoint.layer_config = config;
	transport_add_layer(&ends[0], &endpoint, NULL, fault);
	struct client *client = client_handshake(&server, &ends[1], &peer, make_counted, fault);
	for (int rounds = 0; client && rounds < 100 && !client->over; rounds++) {
		CHECK(rounds > 1 || server.count == 0);
		client->ops->advance(client, clock_now());
		transport_handshake(&ends[0]);
	}
	CHECK(client && client->over);
	if (client)
		client->ops->close(client, fault);
	transport_close(&ends[0]);
	return server.count;
}

static void a_client_is_served_when_its_handshake_is_over(void)
{
	static const struct fake_layer_config plain;
	struct fault fault = {.step = STEP_NONE};
	CHECK_INT(serve_layer(&plain, &fault), 1);
	CHECK(!fault_is_set(&fault));
}

static void a_client_whose_handshake_fails_is_not_served(void)
{
	static const struct fake_layer_config other = {.says_other = true};
	struct fault fault = {.step = STEP_NONE};
	CHECK_INT(serve_layer(&other, &fault), 0);
	CHECK_STR(fault.reason, "the peer does not speak this protocol");
	CHECK_INT(fault.step, STEP_READ);
}

UNIT_MAIN(a_dial_is_over_when_the_handshake_is, a_dial_fails_with_the_words_of_the_handshake,
	  a_client_is_served_when_its_handshake_is_over,
	  a_client_whose_handshake_fails_is_not_served)
