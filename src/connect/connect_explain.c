/* The cause of a connect that failed, as far as this host's routes, socket paths, source ports and
 * listeners tell it.  What the socket itself knows comes first: RST, ICMP, and how many SYNs of a
 * timeout were not answered are in host/evidence.c. */
#include "connect/connect_explain.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/connector.h"
#include "connect/dial.h"
#include "host/egress.h"
#include "host/port_owner.h"
#include "host/socket_owner.h"
#include "net/limits.h"
#include "net/run.h"
#include "trace/purpose.h"
#include "trace/sys.h"

enum status connect_route_status(const struct fault *fault)
{
	bool datagrams = fault->cause == CAUSE_BROADCAST_TARGET && fault->err == EACCES;
	return datagrams ? STATUS_LOCAL : cause_status(fault->cause);
}

void connect_explain_route(const struct connector *connector, const struct addr *to,
			   struct fault *fault)
{
	char words[256];
	struct text text = TEXT_IN(words);
	bool refused = fault->err == ENETUNREACH || fault->err == EHOSTUNREACH ||
		       fault->err == EACCES || fault->err == EINVAL;
	if (fault->step != STEP_CONNECT || fault->detail[0] != '\0' || !refused)
		return;
	struct route_query query = connector_flow(connector, to);
	enum cause cause = egress_refusal(&text, connector->run->trace, &query);
	if (!cause)
		return;
	fault_cause(fault, cause, "%s", words);
	fault->status = connect_route_status(fault);
}

void connect_explain_ttl(const struct dial_config *config, struct fault *fault)
{
	int ttl = config->endpoint.options.ttl;
	if (ttl > 0 && fault->cause == CAUSE_TTL_EXCEEDED)
		fault_cause(fault, CAUSE_TTL_EXCEEDED, "%.600s\nit was sent with TTL %d (-M)",
			    fault->detail, ttl);
}

int connect_explain_self(struct fault *fault, const char *target)
{
	fault_words(fault, STEP_CONNECT, STATUS_REFUSED, "Connection refused", "connect to %s",
		    target);
	fault_cause(fault, CAUSE_SELF_CONNECT,
		    "the socket was connected to itself, its source port being the port dialed: "
		    "nobody listens there");
	return -1;
}

/* connect(2) needs the right to write to the socket, and to search the folders before it. */
static void explain_path(const char *path, struct fault *fault)
{
	char user[64];
	struct stat status;
	if (fault->err != EACCES)
		return;
	if (sys_stat(path, &status) != 0) {
		fault_cause(fault, CAUSE_SOCKET_PERMISSION,
			    "this user may not enter a folder on the way to that socket");
		return;
	}
	socket_owner_user(status.st_uid, user, sizeof(user));
	fault_cause(fault, CAUSE_SOCKET_PERMISSION,
		    "the socket belongs to %s and has mode %04o: this user may not write to it",
		    user, (unsigned)status.st_mode & 07777);
}

/* The sockets of this host that are connected to `to`. */
struct taken {
	const struct addr *to;
	unsigned all, waiting; /* of these in TIME_WAIT */
};

static bool count_taken(const struct diag_socket *socket, void *context)
{
	struct taken *taken = context;
	struct addr peer = addr_unmapped(&socket->peer);
	if (addr_equal(&peer, taken->to)) {
		taken->all++;
		taken->waiting += socket->state == DIAG_TIME_WAIT;
	}
	return true;
}

/* No source port is left for that destination: out of how many, and who has them. */
static void explain_ports(const struct connector *connector, const struct addr *to,
			  struct fault *fault)
{
	unsigned first, last;
	struct taken taken = {.to = to};
	struct socket_owner_query query = {.family = AF_UNSPEC,
					   .protocol = IPPROTO_TCP,
					   .states = 1U << DIAG_CONNECTED | 1U << DIAG_SYN_SENT |
						     1U << DIAG_TIME_WAIT};
	if (fault->step != STEP_CONNECT || fault->err != EADDRNOTAVAIL ||
	    fault->detail[0] != '\0' || connector->config->endpoint.type != SOCK_STREAM ||
	    connector->source.bound || !limits_port_range(&first, &last))
		return;
	struct purpose purpose;
	purpose_begin(&purpose, connector->run->trace, "this host", "who has the source ports");
	bool known = socket_owner_sockets(connector->run->trace, &query, count_taken, &taken) == 0;
	purpose_end(&purpose, known ? "%u connections there" : "it does not say", taken.all);
	if (!known || taken.all == 0)
		return;
	fault_cause(fault, CAUSE_NO_SOURCE_PORT,
		    "the source ports for that destination are used up: %u connections to it have "
		    "ports of the range "
		    "%u to %u (net.ipv4.ip_local_port_range), %u of them in TIME_WAIT",
		    taken.all, first, last, taken.waiting);
}

void connect_explain(const struct connector *connector, const struct addr *to, struct fault *fault)
{
	const struct dial_config *config = connector->config;
	if (config->path) {
		explain_path(config->path, fault);
		return;
	}
	connect_explain_route(connector, to, fault);
	explain_ports(connector, to, fault);
	connect_explain_ttl(config, fault);
	struct route_query query = connector_flow(connector, to);
	struct port_owner port_owner;
	struct trace *trace = connector->run->trace;
	bool unanswered = fault->err == ECONNREFUSED || fault->err == ETIMEDOUT;
	if (unanswered && query.protocol == IPPROTO_TCP && egress_is_here(trace, &query) &&
	    port_owner_find(&port_owner, trace, IPPROTO_TCP, to) == 0)
		port_owner_explain(&port_owner, trace, fault);
}
