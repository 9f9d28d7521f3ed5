/* A run that prints nothing, and connections in it. */
#ifndef HANDSET_TESTS_FAKE_WORLD_H
#define HANDSET_TESTS_FAKE_WORLD_H

#include "fake_layer.h"
#include "net/run.h"
#include "trace/console.h"
#include "trace/trace.h"

struct world {
	struct trace trace;
	struct console console;
	struct run run;
	struct fault fault;
};

void world_open(struct world *world);

/* Open both ends of a connection, with layers of CONFIGS over them where these are not NULL. */
void open_pair(struct world *world, struct transport ends[2],
	       const struct fake_layer_config *const configs[2]);

/* Go on with the handshakes of both, until both are over or have failed. */
void shake_hands(struct transport ends[2], enum io results[2]);

#endif
