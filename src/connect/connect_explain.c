/* The cause of a connect that failed: what the socket proves (RST, ICMP, how many SYNs were not
 * answered; gathered in host/evidence.c), and what this host's routes, socket paths,
 * source ports and listeners tell of it. */
#include "connect/connect_explain.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/attempt.h"
#include "connect/connector.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "host/egress.h"
#include "host/evidence.h"
#include "host/port_owner.h"
#include "host/socket_owner.h"
#include "host/unix_owner.h"
#include "net/limits.h"
#include "net/run.h"
#include "proto/vsock.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* A time limit that is shorter ends a connect before it says anything. */
#define SOON_NS NS_PER_SEC
/* A limit below this says nothing of the way: hosts that are far or busy take as long to answer. */
#define SYN_SOON_NS (200 * NS_PER_MS)

static bool is_other_file(const char *path)
{
	struct stat status;
	return path[0] != '@' && sys_stat(path, &status) == 0 && !S_ISSOCK(status.st_mode);
}

/* connect(2) says ECONNREFUSED for a socket that nobody has, and for one whose process does not
 * listen. */
static void explain_refused_path(const struct attempt *attempt, const struct connector *connector,
				 struct fault *fault)
{
	const struct dial_config *config = connector->config;
	char who[320];
	struct text text = TEXT_IN(who);
	struct unix_owner unix_owner;
	struct socket_owner owner;
	unix_owner_ask(&unix_owner, connector->run->trace, &attempt->addr, config->endpoint.type);
	if (!unix_owner.known || unix_owner.err == 0) {
		fault_cause(fault, CAUSE_SOCKET_UNUSED, "nobody listens on that socket%s",
			    config->path[0] == '@'
				    ? ""
				    : ": the process that made it is gone, or listens no more");
		return;
	}
	socket_owner_identify(&unix_owner.socket, &owner);
	socket_owner_format(&text, &owner);
	fault_cause(fault, CAUSE_SOCKET_NOT_LISTENING, "%s has that socket, but does not listen",
		    who);
}

/* A Unix listener whose queue is full said EAGAIN until the time was up. */
static void explain_full_queue(const struct attempt *attempt, const struct connector *connector,
			       struct fault *fault)
{
	char who[320];
	struct text text = TEXT_IN(who);
	struct unix_owner unix_owner;
	struct socket_owner owner;
	int type = connector->config->endpoint.type;
	unix_owner_ask(&unix_owner, connector->run->trace, &attempt->addr, type);
	if (!unix_owner.known || !unix_owner.socket.has_queue) {
		fault_cause(fault, CAUSE_ACCEPT_QUEUE_FULL,
			    "the listener does not accept: its queue is full");
		return;
	}
	socket_owner_identify(&unix_owner.socket, &owner);
	socket_owner_format(&text, &owner);
	fault_cause(fault, CAUSE_ACCEPT_QUEUE_FULL,
		    "%s does not accept: %u wait in its queue, with a backlog of %u", who,
		    unix_owner.socket.rqueue, unix_owner.socket.wqueue);
}

/* The time was up, and there is no TCP to tell what became of it. */
static void explain_timeout(const struct attempt *attempt, const struct connector *connector,
			    struct fault *fault)
{
	int64_t waited_ns = attempt->failed_ns - attempt->start_ns;
	if (connector->config->path)
		explain_full_queue(attempt, connector, fault);
	else if (waited_ns < SOON_NS)
		fault_cause(fault, CAUSE_NO_ANSWER_YET,
			    "no answer in %s, which is too short to tell why",
			    units_time(waited_ns).chars);
	else if (attempt->addr.ss.ss_family == AF_VSOCK)
		vsock_explain(&attempt->addr, fault);
}

void connect_explain_errno(struct attempt *attempt, const struct connector *connector, int err,
			   struct fault *fault)
{
	const struct dial_config *config = connector->config;
	char target[512];
	struct text text = TEXT_IN(target);
	attempt->failed_ns = clock_now();
	/* connect(2) says ECONNREFUSED for a file that is no socket, too. */
	if (config->path && err == ECONNREFUSED && is_other_file(config->path))
		err = ENOTSOCK;
	describe_attempt(&text, config, &attempt->addr);
	fault_errno(fault, STEP_CONNECT, err, "connect to %s", target);
	if (err == ETIMEDOUT && !endpoint_is_tcp(&config->endpoint))
		explain_timeout(attempt, connector, fault);
	else if (attempt->addr.ss.ss_family == AF_VSOCK)
		vsock_explain(&attempt->addr, fault);
	if (config->path && err == ECONNREFUSED)
		explain_refused_path(attempt, connector, fault);
	attempt->state = ATTEMPT_FAILED;
}

void connect_explain_evidence(const struct evidence *evidence, const struct addr *target,
			      int64_t waited_ns, struct fault *fault)
{
	struct units_text waited = units_time(waited_ns);
	bool refused = fault->err == ECONNREFUSED && !evidence->icmp;

	if (fault->detail[0] != '\0')
		return;
	if (evidence->icmp)
		evidence_explain_icmp(evidence, target, waited_ns, fault);
	else if (refused)
		fault_cause(fault, CAUSE_REFUSED,
			    "the host answered with RST after %s: nothing listens on that "
			    "port, or a firewall sends RST in its name",
			    waited.chars);
	else if (fault->err == ETIMEDOUT && evidence->syns == 1 && waited_ns < SYN_SOON_NS)
		fault_cause(fault, CAUSE_NO_ANSWER_YET,
			    "no answer to the SYN in %s, which is too short to tell why",
			    waited.chars);
	else if (fault->err == ETIMEDOUT && evidence->unsent)
		fault_cause(fault, evidence->link ? evidence->link : CAUSE_NEXT_HOP_SILENT,
			    "the SYN has not left this host for %s: the next hop does not "
			    "answer ARP or neighbor discovery%s%s",
			    waited.chars, evidence->link ? "\n" : "", evidence->link_words);
	else if (fault->err == ETIMEDOUT && evidence->syns > 0)
		fault_cause(
			fault, CAUSE_NO_ANSWER, "no answer to %d SYN%s in %s (%d retransmit%s): %s",
			evidence->syns, evidence->syns == 1 ? "" : "s", waited.chars,
			evidence->syns - 1, evidence->syns == 2 ? "" : "s",
			evidence->to_self ? "on this host itself, so the listener's accept queue "
					    "is full, or the local firewall drops them"
					  : "dropped by a firewall on the way or there, or the "
					    "host is down, or the listener's accept queue is full");
}

void connect_explain_attempt(struct attempt *attempt, const struct connector *connector,
			     const struct evidence *icmp, struct fault *fault)
{
	const struct run *run = connector->run;
	const struct dial_config *config = connector->config;
	struct evidence evidence;
	connect_explain_errno(attempt, connector, attempt->err, fault);
	if (!endpoint_is_tcp(&config->endpoint))
		return;
	if (icmp)
		evidence = *icmp;
	else
		evidence_take_icmp(&evidence, run->trace, attempt->fd);
	evidence_complete(&evidence, run->trace, attempt->fd, &attempt->addr, attempt->err);
	connect_explain_evidence(&evidence, &attempt->addr, attempt->failed_ns - attempt->start_ns,
				 fault);
}

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
	if (unanswered && endpoint_is_tcp(&config->endpoint) && egress_is_here(trace, &query) &&
	    port_owner_find(&port_owner, trace, IPPROTO_TCP, to) == 0)
		port_owner_explain(&port_owner, trace, fault);
}
