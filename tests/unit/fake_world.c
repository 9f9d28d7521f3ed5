/* A run that prints nothing, and connections in it. */
#include "fake_world.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/endpoint.h"
#include "net/transport_open.h"

void world_open(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->console.trace = &world->trace;
	world->run.trace = &world->trace;
	world->run.console = &world->console;
	world->run.deadline_ns = NEVER;
	world->run.signal_fd = -1;
	signal(SIGPIPE, SIG_IGN);
}

void open_pair(struct world *world, struct transport ends[2],
	       const struct fake_layer_config *const configs[2])
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	for (size_t i = 0; i < 2; i++) {
		const struct endpoint_config endpoint = {.family = AF_UNIX,
							 .type = SOCK_STREAM,
							 .layer = configs[i] ? &fake_layer : NULL,
							 .layer_config = configs[i]};
		transport_open(&ends[i], &world->trace, pair[i], &endpoint);
		if (transport_add_layer(&ends[i], &endpoint, NULL, &world->fault) != 0)
			abort();
	}
}

void shake_hands(struct transport ends[2], enum io results[2])
{
	results[0] = results[1] = IO_AGAIN;
	for (int rounds = 0; rounds < 100; rounds++)
		for (size_t i = 0; i < 2; i++)
			if (results[i] == IO_AGAIN)
				results[i] = transport_handshake(&ends[i]);
}
