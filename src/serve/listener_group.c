/* The multicast group of a listener for datagrams. */
#include "serve/listener_group.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "host/egress.h"
#include "host/ifscope.h"
#include "net/run.h"
#include "proto/addr.h"
#include "proto/nlroute.h"
#include "serve/listener.h"
#include "serve/listener_report.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"

bool listener_is_group(const struct listener *listener, const struct serve_config *config)
{
	return config->endpoint.type == SOCK_DGRAM && addr_is_multicast(&listener->addr);
}

/* The flow to the group of LISTENER, from the interface that is asked for. */
static struct route_query group_flow(const struct listener *listener,
				     const struct serve_config *config)
{
	const char *interface = config->endpoint.options.interface;
	struct route_query query = {.to = listener->addr, .protocol = IPPROTO_UDP};
	query.ifindex = interface ? ifscope_index(interface) : addr_scope(&listener->addr);
	return query;
}

int listener_join_group(const struct listener *listener, const struct run *run,
			const struct serve_config *config, struct fault *fault)
{
	struct route_query query = group_flow(listener, config);
	struct ip_mreqn v4 = {.imr_ifindex = (int)query.ifindex};
	struct ipv6_mreq v6 = {.ipv6mr_interface = query.ifindex};
	bool is_v6 = listener->addr.ss.ss_family == AF_INET6;
	size_t len;
	const unsigned char *group = addr_bytes(&listener->addr, &len);
	memcpy(is_v6 ? (void *)&v6.ipv6mr_multiaddr : (void *)&v4.imr_multiaddr, group, len);
	if (sys_setsockopt(run->trace, listener->fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
			   is_v6 ? IPV6_ADD_MEMBERSHIP : IP_ADD_MEMBERSHIP,
			   is_v6 ? (const void *)&v6 : (const void *)&v4,
			   is_v6 ? sizeof(v6) : sizeof(v4)) == 0)
		return 0;
	char where[256];
	struct text text = TEXT_IN(where);
	int err = errno;
	listener_describe(&text, config, listener);
	fault_errno(fault, STEP_BIND, err, "join the group %s", where);
	if (err == ENODEV && query.ifindex == 0)
		fault_cause(fault, CAUSE_ROUTE_MISSING,
			    "no route of this host leads to that group, which would tell the "
			    "interface: name one (--interface)");
	return -1;
}

void listener_report_group(const struct listener *listener, const struct run *run,
			   const struct serve_config *config)
{
	char name[64];
	struct text text = TEXT_IN(name);
	struct route_query query = group_flow(listener, config);
	if (!console_is_verbose(run->console) || !listener_is_group(listener, config))
		return;
	if (config->endpoint.options.interface)
		text_str(&text, config->endpoint.options.interface);
	else if (!egress_put_interface(&text, run->trace, &query))
		text_str(&text, "an interface of the kernel's choice");
	console_status(run->console, "Joined the group %s on %s",
		       addr_host_text(&listener->addr).chars, name);
}
