/* What all attempts to connect have in common: where they start from. */
#include "connect/connector.h"

#include <netinet/in.h>
#include <unistd.h>

#include "base/fault.h"
#include "connect/dial.h"
#include "host/egress.h"
#include "host/ifscope.h"
#include "net/run.h"
#include "proto/vsock.h"
#include "resolve/resolve.h"
#include "resolve/resolve_wait.h"

static int source_unix(struct source *source, const char *path, struct fault *fault)
{
	source->bound = true;
	return addr_unix(&source->addr, path, fault);
}

static int source_vsock(struct source *source, const char *port, struct fault *fault)
{
	source->bound = port;
	if (!port || vsock_parse(&source->addr, "", port, true) == VSOCK_OK)
		return 0;
	return fault_usage(fault, "\"%s\" is no port of vsock", port);
}

int connector_open(struct connector *connector, const struct run *run,
		   const struct dial_config *config, int64_t deadline_ns, struct fault *fault)
{
	struct source *source = &connector->source;
	struct resolve resolve;
	uint16_t port = 0;

	*connector = (struct connector){.run = run, .config = config};
	if (config->path)
		return config->source ? source_unix(source, config->source, fault) : 0;
	if (config->endpoint.family == AF_VSOCK)
		return source_vsock(source, config->source_port, fault);
	source->bound = config->source || config->source_port || config->random_source_port;
	source->any = !config->source;
	if (config->source_port &&
	    resolve_port(&port, &config->endpoint, config->source_port, fault) != 0)
		return -1;
	source->addr = addr_any(AF_INET, port);
	if (!config->source)
		return 0;
	resolve = (struct resolve){.host = config->source, .port = "0"};
	if (resolve_start(&resolve, run, &config->endpoint, fault) != 0)
		return -1;
	int status = resolve_wait(&resolve, run, deadline_ns, config->connect_ns, fault);
	resolve_close(&resolve);
	for (size_t i = resolve.count; status == 0 && i-- > 0;)
		if (resolve.lookups[i].count > 0)
			source->addr = resolve.lookups[i].addrs[0];
	addr_set_port(&source->addr, port);
	return status;
}

struct route_query connector_flow(const struct connector *connector, const struct addr *to)
{
	const struct dial_config *config = connector->config;
	const struct source *source = &connector->source;
	const struct sockopt_config *options = &config->endpoint.options;
	struct route_query query = {.to = *to,
				    .protocol = config->endpoint.type == SOCK_DGRAM ? IPPROTO_UDP
										    : IPPROTO_TCP,
				    .mark = options->mark > 0 ? (uint32_t)options->mark : 0,
				    .uid = geteuid()};
	if (source->bound && !source->any)
		query.from = source->addr;
	if (options->interface)
		query.ifindex = ifscope_index(options->interface);
	else
		query.ifindex = addr_scope(to);
	return query;
}

bool connector_is_group(const struct connector *connector, const struct addr *to)
{
	const struct dial_config *config = connector->config;
	if (config->endpoint.type != SOCK_DGRAM || config->path)
		return false;
	if (addr_is_multicast(to) || !config->endpoint.options.broadcast ||
	    to->ss.ss_family != AF_INET)
		return addr_is_multicast(to);
	struct route_query query = connector_flow(connector, to);
	return egress_is_broadcast(connector->run->trace, &query);
}
