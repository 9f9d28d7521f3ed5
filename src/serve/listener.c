/* The sockets that listen. */
#include "serve/listener.h"

#include <errno.h>
#include <netinet/in.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "host/port_owner.h"
#include "net/run.h"
#include "resolve/resolve.h"
#include "resolve/resolve_wait.h"
#include "serve/listener_group.h"
#include "serve/listener_inherited.h"
#include "serve/listener_report.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A port that the kernel chose for one family may be taken in the other: then it chooses again. */
#define PORT_TRIES 16

static int step_failed(const struct serve_config *config, const struct listener *listener,
		       enum step step, const char *verb, struct fault *fault)
{
	char where[256];
	struct text text = TEXT_IN(where);
	int err = errno;
	listener_describe(&text, config, listener);
	return fault_errno(fault, step, err, "%s %s", verb, where);
}

/* SO_REUSEADDR lets a listener start while old connections of its port are in TIME_WAIT; two
 * listeners it does not allow, but of a multicast group, each of whom gets all.  IPV6_V6ONLY is set
 * explicitly, as its default is the administrator's (net.ipv6.bindv6only). */
static int set_listener(const struct listener *listener, const struct run *run,
			const struct serve_config *config, bool both, struct fault *fault)
{
	int on = 1;
	int only = both ? 0 : 1;
	int family = listener->addr.ss.ss_family;
	struct sockopt_target target = {.fd = listener->fd,
					.family = family,
					.type = config->endpoint.type,
					.protocol = config->endpoint.protocol};

	if (family == AF_INET6 && sys_setsockopt(run->trace, listener->fd, IPPROTO_IPV6,
						 IPV6_V6ONLY, &only, sizeof(only)) != 0)
		return fault_errno(fault, STEP_OPTION, errno, "set IPV6_V6ONLY");
	bool inet = family == AF_INET || family == AF_INET6;

	bool shared = config->endpoint.type == SOCK_STREAM || listener_is_group(listener, config);
	if (inet && shared &&
	    sys_setsockopt(run->trace, listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) !=
		    0)
		return fault_errno(fault, STEP_OPTION, errno, "set SO_REUSEADDR");
	/* What it is for is told when it is there; nothing depends on it. */
	if (listener_wants_syn(run, config))
		sys_setsockopt(run->trace, listener->fd, IPPROTO_TCP, TCP_SAVE_SYN, &on,
			       sizeof(on));
	return sockopt_apply(run->trace, &target, &config->endpoint.options, PHASE_LISTEN, fault);
}

static int bind_listener(struct listeners *listeners, const struct listener *listener,
			 struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	if (config->path)
		return unix_path_bind(&listeners->path, run->trace, listener->fd, fault);
	if (sys_bind(run->trace, listener->fd, &listener->addr) == 0)
		return 0;
	step_failed(config, listener, STEP_BIND, "bind to", fault);
	endpoint_explain_bind(&listener->addr, fault);
	return -1;
}

/* Open one listener on ADDR; BOTH: an IPv6 socket that takes IPv4 as well. */
static int open_one(struct listeners *listeners, const struct addr *addr, bool both,
		    struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	struct listener *listener = &listeners->at[listeners->count++];
	listener->addr = listeners->last = *addr;
	listener->fd = endpoint_socket(run->trace, &config->endpoint, addr->ss.ss_family, fault);
	if (listener->fd < 0 || set_listener(listener, run, config, both, fault) != 0 ||
	    bind_listener(listeners, listener, fault) != 0)
		return -1;
	if (config->endpoint.type != SOCK_DGRAM &&
	    sys_listen(run->trace, listener->fd, config->backlog) != 0)
		return step_failed(config, listener, STEP_LISTEN, "listen on", fault);
	if (sys_getsockname(run->trace, listener->fd, &listener->addr) != 0)
		return step_failed(config, listener, STEP_LISTEN, "getsockname of", fault);
	if (listener_is_group(listener, config))
		return listener_join_group(listener, run, config, fault);
	return 0;
}

static void drop_last(struct listeners *listeners)
{
	listeners->count--;
	sys_close(listeners->run->trace, &listeners->at[listeners->count].fd);
}

/* Whether FAULT says that this host has no IPv6 at all. */
static bool lacks_ipv6(const struct fault *fault)
{
	return fault->err == EAFNOSUPPORT ||
	       (fault->step == STEP_BIND && fault->err == EADDRNOTAVAIL);
}

/* Every address of both families on one port: two sockets for streams; for datagrams one that takes
 * both, so that one conversation has one socket. */
static int open_everywhere(struct listeners *listeners, uint16_t port, struct fault *fault)
{
	const struct serve_config *config = listeners->config;
	bool datagrams = config->endpoint.type == SOCK_DGRAM;
	for (int tries = 0; tries < PORT_TRIES; tries++) {
		struct addr any4 = addr_any(AF_INET, port);
		struct addr any6 = addr_any(AF_INET6, port);
		*fault = (struct fault){.step = STEP_NONE};
		if (!datagrams) {
			if (open_one(listeners, &any4, false, fault) != 0)
				return -1;
			addr_set_port(&any6, addr_port(&listeners->at[0].addr));
		}
		if (open_one(listeners, &any6, datagrams, fault) == 0)
			return 0;
		drop_last(listeners);
		if (lacks_ipv6(fault)) {
			*fault = (struct fault){.step = STEP_NONE};
			return datagrams ? open_one(listeners, &any4, false, fault) : 0;
		}
		if (port != 0 || fault->err != EADDRINUSE)
			return -1;
		listeners_close_sockets(listeners);
	}
	return -1;
}

/* The addresses of a host that was named. */
static int open_named(struct listeners *listeners, const struct resolve *resolve,
		      struct fault *fault)
{
	const struct serve_config *config = listeners->config;

	for (size_t i = resolve->count; i-- > 0;) {
		const struct lookup *lookup = &resolve->lookups[i];
		for (size_t k = 0; k < lookup->count && listeners->count < LISTENERS; k++) {
			struct addr addr = lookup->addrs[k];
			if (listeners->count > 0 && addr_port(&addr) == 0)
				addr_set_port(&addr, addr_port(&listeners->at[0].addr));
			if (open_one(listeners, &addr, false, fault) != 0)
				return -1;
			/* A conversation in datagrams has one socket. */
			if (config->endpoint.type == SOCK_DGRAM)
				return 0;
		}
	}
	return 0;
}

static int open_inet(struct listeners *listeners, struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	struct resolve resolve = {
		.host = config->target.host, .port = config->target.port, .passive = true};
	uint16_t port;

	if (!*config->target.host && config->endpoint.family == AF_UNSPEC) {
		if (resolve_port(&port, &config->endpoint, config->target.port, fault) != 0)
			return -1;
		return open_everywhere(listeners, port, fault);
	}
	if (resolve_start(&resolve, run, &config->endpoint, fault) != 0)
		return -1;
	int64_t deadline_ns = deadline_min(run->deadline_ns,
					   deadline_after(clock_now(), config->wait_ns));
	int status = resolve_wait(&resolve, run, deadline_ns,
				  deadline_ns == run->deadline_ns ? run->limit_ns : config->wait_ns,
				  fault);
	resolve_close(&resolve);
	return status == 0 ? open_named(listeners, &resolve, fault) : -1;
}

static int open_unix(struct listeners *listeners, struct fault *fault)
{
	const struct serve_config *config = listeners->config;
	struct addr addr;

	listeners->path = (struct unix_path){.path = config->path, .type = config->endpoint.type};
	if (addr_unix(&addr, config->path, fault) != 0)
		return -1;
	return open_one(listeners, &addr, false, fault);
}

static void report_listening(const struct run *run, const struct serve_config *config,
			     const struct addr *addr)
{
	struct note note;

	struct addr_text address = addr_text(addr);
	note_start(&note, "listening", "listening on %s", address.chars);
	note_text(&note, "local", address.chars);
	trace_note(run->trace, &note);
	if (config->path)
		console_status(run->console, "Listening on %s", config->path);
	else
		console_status(run->console, "Listening on %s %u", addr_host_text(addr).chars,
			       addr_port(addr));
}

static void report_all(const struct listeners *listeners)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	bool everywhere = config->listen_fds.count == 0 && !config->path && !*config->target.host &&
			  config->endpoint.family == AF_UNSPEC;
	const struct addr *first = &listeners->at[0].addr;
	/* The one socket that takes datagrams of both families. */
	if (everywhere && listeners->count == 1 && first->ss.ss_family == AF_INET6) {
		struct addr any4 = addr_any(AF_INET, addr_port(first));
		report_listening(run, config, &any4);
	}
	for (size_t i = 0; i < listeners->count; i++) {
		report_listening(run, config, &listeners->at[i].addr);
		listener_report_group(&listeners->at[i], run, config);
	}
}

int listeners_open(struct listeners *listeners, struct fault *fault)
{
	const struct serve_config *config = listeners->config;
	int status;
	listeners->connected = -1;
	if (config->listen_fds.count > 0)
		status = listeners_take(listeners, fault);
	else
		status = config->path ? open_unix(listeners, fault) : open_inet(listeners, fault);
	if (status != 0) {
		/* Not to find ourselves. */
		listeners_close(listeners);
		port_owner_blame(listeners->run, &config->endpoint, &listeners->last, fault);
		fault_explain(fault);
		return -1;
	}
	if (console_is_verbose(listeners->run->console))
		report_all(listeners);
	return 0;
}

void listeners_close_sockets(struct listeners *listeners)
{
	listener_report_drops(listeners);
	for (size_t i = 0; i < listeners->count; i++)
		sys_close(listeners->run->trace, &listeners->at[i].fd);
	listeners->count = 0;
}

void listeners_close(struct listeners *listeners)
{
	listeners_close_sockets(listeners);
	unix_path_remove(&listeners->path);
}
