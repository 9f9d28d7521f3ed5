/* One attempt to connect. */
#include "connect/attempt.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/connect_explain.h"
#include "connect/connector.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "host/evidence.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "net/transport.h"
#include "net/transport_open.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* -r: so many ports are tried before the kernel's choice would be. */
#define RANDOM_TRIES 64

/* Only a connect of TCP leaves something behind to look at. */
static bool leaves_evidence(const struct dial_config *config)
{
	return endpoint_is_tcp(&config->endpoint);
}

/* Bind to a free port that nobody can guess, outside the well-known ones. */
static int bind_random(struct trace *trace, int fd, struct addr *addr)
{
	for (int i = 0; i < RANDOM_TRIES; i++) {
		uint16_t number = 0;
		if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
			break;
		addr_set_port(addr, (uint16_t)(1024 + number % (UINT16_MAX - 1024 + 1)));
		if (sys_bind(trace, fd, addr) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -1;
	}
	addr_set_port(addr, 0);
	return sys_bind(trace, fd, addr);
}

static int source_family(const struct dial_config *config, struct fault *fault)
{
	fault_errno(fault, STEP_BIND, EAFNOSUPPORT, "bind to %s", config->source);
	fault_cause(fault, CAUSE_SOURCE_FAMILY,
		    "the source and the target are not of one address family (IPv4, IPv6)");
	return -1;
}

static int bind_source(struct attempt *attempt, const struct connector *connector,
		       struct fault *fault)
{
	const struct run *run = connector->run;
	const struct dial_config *config = connector->config;
	const struct source *source = &connector->source;
	char name[160];
	struct text text = TEXT_IN(name);
	struct addr addr = source->any
				   ? addr_any(attempt->addr.ss.ss_family, addr_port(&source->addr))
				   : source->addr;
	int on = 1;

	if (addr.ss.ss_family != attempt->addr.ss.ss_family)
		return source_family(config, fault);

	/* A port that an earlier connection left in TIME_WAIT can be used again, toward another
	 * peer. */
	if (addr.ss.ss_family != AF_VSOCK && addr_port(&addr) != 0 &&
	    sys_setsockopt(run->trace, attempt->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return fault_errno(fault, STEP_OPTION, errno, "set SO_REUSEADDR");
	if (addr.ss.ss_family == AF_UNIX)
		return unix_path_bind(&attempt->path, run->trace, attempt->fd, fault);
	bool random = config->random_source_port && addr_port(&addr) == 0;
	if ((random ? bind_random(run->trace, attempt->fd, &addr)
		    : sys_bind(run->trace, attempt->fd, &addr)) == 0)
		return 0;
	int err = errno;
	endpoint_describe(&text, &config->endpoint, &addr);
	fault_errno(fault, STEP_BIND, err, "bind to %s", name);
	endpoint_explain_bind(&addr, fault);
	return -1;
}

/* A Unix datagram socket needs a name of its own, or its peer could not answer: unix(7),
 * "Autobind". */
static int autobind(const struct attempt *attempt, const struct run *run, struct fault *fault)
{
	struct addr addr = {.len = sizeof(sa_family_t)};
	addr.ss.ss_family = AF_UNIX;
	if (sys_bind(run->trace, attempt->fd, &addr) == 0)
		return 0;
	return fault_errno(fault, STEP_BIND, errno, "bind to a name of the kernel's choice");
}

int attempt_open(struct attempt *attempt, const struct connector *connector, struct fault *fault)
{
	const struct run *run = connector->run;
	const struct dial_config *config = connector->config;
	int family = attempt->addr.ss.ss_family;
	attempt->fd = endpoint_socket(run->trace, &config->endpoint, family, fault);
	if (attempt->fd < 0)
		return -1;
	struct sockopt_target target = {.fd = attempt->fd,
					.family = family,
					.type = config->endpoint.type,
					.protocol = config->endpoint.protocol,
					.peer = &attempt->addr};
	if (sockopt_apply(run->trace, &target, &config->endpoint.options, PHASE_CONNECT, fault) !=
	    0)
		return -1;
	if (leaves_evidence(config))
		evidence_ask(run->trace, attempt->fd, family, true);
	if (connector->source.bound)
		return bind_source(attempt, connector, fault);
	return family == AF_UNIX && config->endpoint.type == SOCK_DGRAM
		       ? autobind(attempt, run, fault)
		       : 0;
}

void attempt_note(const struct attempt *attempt, const struct connector *connector)
{
	const struct run *run = connector->run;
	char target[512];
	struct text text = TEXT_IN(target);
	struct note note;

	if (!trace_shows(run->trace, 2))
		return;
	describe_attempt(&text, connector->config, &attempt->addr);
	struct addr_text address = addr_text(&attempt->addr);
	note_start(&note, "attempt", "attempt to connect to %s", target);
	note_text(&note, "peer", address.chars);
	trace_note(run->trace, &note);
}

/* The event of an attempt that FAULT has ended.  People have the error line. */
static void note_failed(const struct attempt *attempt, const struct connector *connector,
			const struct fault *fault)
{
	struct trace *trace = connector->run->trace;
	struct fault told = *fault;
	struct note note;

	if (!trace_is_for_machines(trace))
		return;
	fault_explain(&told);
	struct addr_text address = addr_text(&attempt->addr);
	note_start(&note, "failed", "%s failed: %s", told.action, told.reason);
	note_text(&note, "peer", address.chars);
	note_connection(&note, attempt->fd);
	note_text(&note, "reason", told.reason);
	note_text(&note, "errno", told.err ? errno_name(told.err) : NULL);
	note_number(&note, "status", told.status);
	note_text(&note, "cause", cause_name(told.cause));
	note_end(&note, attempt->start_ns);
	trace_note(trace, &note);
}

/* What has failed is noted, and closed. */
static void end_failed(struct attempt *attempt, const struct connector *connector,
		       const struct fault *fault)
{
	if (attempt->state != ATTEMPT_FAILED)
		return;
	note_failed(attempt, connector, fault);
	attempt_close(attempt, connector->run);
}

static void connect_once(struct attempt *attempt, const struct connector *connector,
			 struct fault *fault)
{
	attempt->retry_ns = 0;
	attempt->state = ATTEMPT_PENDING;
	if (sys_connect(connector->run->trace, attempt->fd, &attempt->addr) == 0)
		attempt->state = ATTEMPT_CONNECTED;
	else if (errno == EAGAIN && attempt->addr.ss.ss_family == AF_UNIX)
		attempt->retry_ns = clock_now() + ATTEMPT_RETRY_NS;
	else if (errno != EINPROGRESS)
		connect_explain_errno(attempt, connector, errno, fault);
}

void attempt_start(struct attempt *attempt, const struct connector *connector, struct fault *fault)
{
	const struct dial_config *config = connector->config;
	attempt->start_ns = clock_now();
	attempt->fd = -1;
	attempt->path = (struct unix_path){.path = config->source, .type = config->endpoint.type};
	attempt_note(attempt, connector);
	if (attempt_open(attempt, connector, fault) != 0)
		attempt->state = ATTEMPT_FAILED;
	else
		connect_once(attempt, connector, fault);
	end_failed(attempt, connector, fault);
}

bool attempt_is_reset(int err)
{
	return err == ECONNRESET || err == EPIPE;
}

static void check_connect(struct attempt *attempt, const struct connector *connector,
			  struct fault *fault)
{
	const struct run *run = connector->run;
	const struct dial_config *config = connector->config;
	int err = sockopt_take_error(run->trace, attempt->fd);
	attempt->reset = attempt_is_reset(err) && leaves_evidence(config);
	if (err != 0 && !attempt->reset) {
		attempt->err = err;
		connect_explain_attempt(attempt, connector, NULL, fault);
		return;
	}
	if (leaves_evidence(config))
		evidence_ask(run->trace, attempt->fd, attempt->addr.ss.ss_family, false);
	attempt->state = ATTEMPT_CONNECTED;
}

void attempt_check(struct attempt *attempt, const struct connector *connector, struct fault *fault)
{
	if (attempt->retry_ns != 0)
		connect_once(attempt, connector, fault);
	else
		check_connect(attempt, connector, fault);
	end_failed(attempt, connector, fault);
}

void attempt_timeout(struct attempt *attempt, const struct connector *connector,
		     struct fault *fault)
{
	attempt->err = ETIMEDOUT;
	connect_explain_attempt(attempt, connector, NULL, fault);
	note_failed(attempt, connector, fault);
}

/* connect(2) to no address would undo --interface as well. */
int attempt_disconnect(struct attempt *attempt, const struct connector *connector,
		       struct addr *local, struct fault *fault)
{
	struct trace *trace = connector->run->trace;
	struct addr bound = addr_any(attempt->addr.ss.ss_family, 0);
	sys_close(trace, &attempt->fd);
	if (attempt_open(attempt, connector, fault) != 0)
		return -1;
	if (!connector->source.bound && sys_bind(trace, attempt->fd, &bound) != 0)
		return fault_errno(fault, STEP_BIND, errno,
				   "bind to a port of the kernel's choice");
	if (sys_getsockname(trace, attempt->fd, &bound) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "getsockname");
	addr_set_port(local, addr_port(&bound));
	return 0;
}

size_t attempts_pending(const struct attempt *attempts, size_t count)
{
	size_t pending = 0;
	for (size_t i = 0; i < count; i++)
		pending += attempts[i].state == ATTEMPT_PENDING;
	return pending;
}

void attempt_take(struct attempt *attempt, const struct connector *connector,
		  struct transport *transport)
{
	transport_open(transport, connector->run->trace, attempt->fd, &connector->config->endpoint);
	transport->reset = attempt->reset;
	attempt->fd = -1;
}

void attempt_close(struct attempt *attempt, const struct run *run)
{
	sys_close(run->trace, &attempt->fd);
	unix_path_remove(&attempt->path);
}
