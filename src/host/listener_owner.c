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
struct search {
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
	struct search *search = context;
	int rank = rank_of(socket, search->wanted);
	if (rank > search->rank) {
		search->socket = *socket;
		search->rank = rank;
	}
	return true;
}

void listener_blame_owner(const struct run *run, const struct endpoint_config *endpoint, const struct addr *addr,
			  struct fault *fault)
{
	bool datagrams = endpoint->type == SOCK_DGRAM;
	struct search search = {.wanted = addr};
	struct owner owner;
	char place[160], who[320];
	struct text place_text = TEXT_IN(place);
	struct text who_text = TEXT_IN(who);
	struct owner_query query = {.family = AF_UNSPEC,
				    .protocol = datagrams ? IPPROTO_UDP : IPPROTO_TCP,
				    .port = (uint16_t)addr_port(addr),
				    .states = UINT32_MAX};

	if (fault->err != EADDRINUSE || query.port == 0 || !(datagrams || endpoint_is_tcp(endpoint)) ||
	    owner_sockets(run->trace, &query, take, &search) != 0 || search.rank == 0)
		return;
	owner_identify(&search.socket, &owner);
	owner_format(&who_text, &owner);
	addr_format(&place_text, (const struct sockaddr *)&search.socket.local.ss, search.socket.local.len);
	const char *does = search.socket.state == DIAG_LISTEN ? "listens on"
			   : datagrams                        ? "has a socket on"
							      : "has a connection from";
	fault_cause(fault, "address-in-use", "%s %s %s", who, does, place);
}
