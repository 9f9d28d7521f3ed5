/* Making a transport of a connection: its kind, and what the kernel can do for it. */
#include "net/transport_open.h"

#include <netinet/in.h>
#include <stddef.h>

#include "net/endpoint.h"
#include "net/transport.h"
#include "net/transport_sctp.h"
#include "net/transport_sock.h"

/* The kinds of streams that are more than a socket's recv and send, a row each. */
static const struct {
	int protocol;
	void (*open)(struct transport *transport);
} kinds[] = {{IPPROTO_SCTP, transport_sctp}};

void transport_open(struct transport *transport, struct trace *trace, int fd,
		    const struct endpoint_config *endpoint)
{
	bool local = endpoint->family == AF_UNIX;
	/* There is no splice(2) from and to others, nor MSG_TRUNC. */
	bool moved_by_kernel = local || endpoint_is_tcp(endpoint);
	/* Those of Unix sockets may be larger than a queue has room for. */
	bool datagrams = endpoint->type == SOCK_DGRAM && !local;

	transport_sock(transport, trace, fd, endpoint->type);
	transport->in.splice &= moved_by_kernel;
	transport->out.splice &= moved_by_kernel;
	transport->in.discard &= moved_by_kernel;
	transport->arrives = local;
	transport->out.untuned = local && endpoint->options.send_buffer == 0;
	transport->in.untuned = datagrams && endpoint->options.receive_buffer == 0;
	transport->in.many = datagrams;
	transport->out.many = datagrams;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].protocol == endpoint->protocol)
			kinds[i].open(transport);
}
