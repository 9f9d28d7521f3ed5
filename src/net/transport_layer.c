/* A layer over a transport. */
#include "net/transport_layer.h"

#include <poll.h>

#include "net/endpoint.h"

int transport_add_layer(struct transport *transport, const struct endpoint_config *endpoint,
			const char *host, struct fault *fault)
{
	const struct layer_target target = {.config = endpoint->layer_config, .host = host};
	return endpoint->layer ? endpoint->layer->open(transport, &target, fault) : 0;
}

void transport_cover(struct transport *transport, struct transport *lower, void *state,
		     const struct transport_ops *ops)
{
	/* What the kernel can move below is not the data. */
	const struct port port = {
		.fd = transport->in.fd, .events = POLLIN, .kind = PORT_OTHER, .eager = true};
	*lower = *transport;
	*transport = (struct transport){.ops = ops,
					.trace = lower->trace,
					.state = state,
					.in = port,
					.out = port,
					.socket = lower->socket,
					.layered = true,
					.packets = lower->packets,
					.peer = lower->peer};
	transport->out.events = POLLOUT;
}
