/* Who has the port that a listener wants, by sock_diag(7). */
#include "host/listener_owner.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/text.h"
#include "host/socket_owner.h"
#include "net/endpoint.h"
#include "net/run.h"
#include "proto/addr.h"

/* The socket that is most likely in the way of `wanted`. */
struct holder_search {
	const struct addr *wanted;
	struct diag_socket socket;
	int rank; /* 0: none is */
};

/* An IPv6 socket on every address may take IPv4 as well, or not. */
static bool overlaps(const struct addr *a, const struct addr *b)
{
	if (a->ss.ss_family == b->ss.ss_family)
		return addr_is_any(a) || addr_is_any(b) || addr_equal(a, b);
	const struct addr *six = a->ss.ss_family == AF_INET6 ? a : b;
	return addr_is_any(six);
}

static int rank_of(const struct diag_socket *socket, const struct addr *wanted)
{
	struct addr local = addr_unmapped(&socket->local);
	bool waits = socket->state == DIAG_LISTEN || socket->state == DIAG_BOUND;
	if (!overlaps(&local, wanted))
		return 0;
	return 1 + (waits ? 2 : 0) + (local.ss.ss_family == wanted->ss.ss_family ? 1 : 0);
}

static bool take(const struct diag_socket *socket, void *context)
{
	struct holder_search *holder_search = context;
	int rank = rank_of(socket, holder_search->wanted);
	if (rank > holder_search->rank) {
		holder_search->socket = *socket;
		holder_search->rank = rank;
	}
	return true;
}

void port_owner_blame(const struct run *run, const struct endpoint_config *endpoint,
		      const struct addr *addr, struct fault *fault)
{
	bool datagrams = endpoint->type == SOCK_DGRAM;
	struct holder_search holder_search = {.wanted = addr};
	struct socket_owner owner;
	char place[160], who[320];
	struct text place_text = TEXT_IN(place);
	struct text who_text = TEXT_IN(who);
	struct socket_owner_query query = {.family = AF_UNSPEC,
					   .protocol = datagrams ? IPPROTO_UDP : IPPROTO_TCP,
					   .port = (uint16_t)addr_port(addr),
					   .states = UINT32_MAX};

	if (fault->err != EADDRINUSE || query.port == 0 ||
	    !(datagrams || endpoint_is_tcp(endpoint)) ||
	    socket_owner_sockets(run->trace, &query, take, &holder_search) != 0 ||
	    holder_search.rank == 0)
		return;
	socket_owner_identify(&holder_search.socket, &owner);
	socket_owner_format(&who_text, &owner);
	addr_format(&place_text, &holder_search.socket.local);
	const char *does = holder_search.socket.state == DIAG_LISTEN ? "listens on"
			   : datagrams                               ? "has a socket on"
								     : "has a connection from";
	fault_cause(fault, "address-in-use", "%s %s %s", who, does, place);
}
