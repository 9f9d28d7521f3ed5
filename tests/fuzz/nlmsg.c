/* Fuzzes netlink's answers: every message of a buffer is taken for each of what it may be. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/fib.h"
#include "proto/nldiag.h"
#include "proto/nlmsg.h"
#include "proto/nlroute.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const struct nlmessage *message, struct fib *fib)
{
	struct route route;
	struct route_rule rule;
	struct neighbor neighbor;
	struct link link;
	struct own_address address;
	struct diag_socket socket;
	if (nlroute_route(message, &route))
		fib_add_route(fib, &route);
	if (nlroute_rule(message, &rule))
		fib_add_rule(fib, &rule);
	nlroute_neighbor(message, &neighbor);
	nlroute_link(message, &link);
	nlroute_address(message, &address);
	nldiag_inet(message, &socket);
	nldiag_unix(message, &socket);
	nlmsg_error(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlcursor cursor = {.at = data, .left = size};
	struct nlmessage message;
	struct fib fib = {.query = {.to = addr_any(size % 2 ? AF_INET : AF_INET6, 80)}};
	struct route route;
	struct route_rule rule;
	while (nlmsg_next(&cursor, &message))
		take(&message, &fib);
	fib_decide(&fib, &route, &rule);
	return 0;
}
