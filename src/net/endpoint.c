/* What kind of socket the command line asks for, and making one. */
#include "net/endpoint.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "net/limits.h"
#include "net/services.h"
#include "proto/addr.h"
#include "trace/sys.h"

const char *endpoint_word(const struct endpoint_config *config)
{
	bool local = config->family == AF_UNIX;
	if (config->family == AF_VSOCK)
		return "vsock";
	if (config->protocol == IPPROTO_MPTCP)
		return "mptcp";
	if (config->protocol == IPPROTO_SCTP)
		return "sctp";
	switch (config->type) {
	case SOCK_DGRAM:
		return local ? "unix datagram" : "udp";
	case SOCK_SEQPACKET:
		return "unix packet";
	default:
		return local ? "unix" : "tcp";
	}
}

void endpoint_describe(struct text *out, const struct endpoint_config *config,
		       const struct addr *addr)
{
	addr_format_host(out, addr);
	text_printf(out, " port %u (%s)", addr_port(addr), endpoint_word(config));
}

void endpoint_describe_names(struct text *out, const struct endpoint_config *config,
			     const char *host, const char *port)
{
	text_printf(out, "%s port %s (%s)", host, port, endpoint_word(config));
}

void endpoint_describe_path(struct text *out, const struct endpoint_config *config,
			    const char *path)
{
	text_printf(out, "%s (%s)", path, endpoint_word(config));
}

void endpoint_explain_bind(const struct addr *addr, struct fault *fault)
{
	bool inet = addr->ss.ss_family == AF_INET || addr->ss.ss_family == AF_INET6;
	unsigned end = inet && fault->err == EACCES ? limits_privileged_end() : 0;
	if (end > 0 && addr_port(addr) < end)
		fault_cause(fault, CAUSE_PRIVILEGED_PORT,
			    "ports below %u need a privilege that this user does not have "
			    "(CAP_NET_BIND_SERVICE)",
			    end);
}

const char *endpoint_proto(const struct endpoint_config *config)
{
	if (config->family == AF_UNIX)
		return "UNIX";
	if (config->family == AF_VSOCK)
		return "VSOCK";
	if (config->protocol == IPPROTO_SCTP)
		return "SCTP";
	return config->type == SOCK_DGRAM ? "UDP" : "TCP";
}

bool endpoint_is_packets(const struct endpoint_config *config)
{
	return config->type != SOCK_STREAM;
}

bool endpoint_is_tcp(const struct endpoint_config *config)
{
	bool inet = config->family != AF_UNIX && config->family != AF_VSOCK;
	return inet && config->type == SOCK_STREAM && config->protocol != IPPROTO_SCTP;
}

const char *endpoint_services(const struct endpoint_config *config)
{
	if (config->protocol == IPPROTO_SCTP)
		return "sctp";
	return config->type == SOCK_DGRAM ? "udp" : "tcp";
}

/* What is missing is a module of the kernel, as a rule. */
static int socket_failed(const struct endpoint_config *config, int family, struct fault *fault)
{
	int err = errno;
	fault_errno(fault, STEP_SOCKET, err, "open a socket (%s%s)", endpoint_word(config),
		    family == AF_INET6 ? ", IPv6" : "");
	if (err == EMFILE)
		fault_cause(fault, CAUSE_DESCRIPTORS,
			    "this process may have no more than %llu descriptors (ulimit -n)",
			    limits_files());
	if (config->protocol == IPPROTO_SCTP && (err == EPROTONOSUPPORT || err == ESOCKTNOSUPPORT))
		fault_cause(fault, CAUSE_PROTOCOL_MISSING,
			    "this kernel has no SCTP, or its module is not loaded (as root: "
			    "modprobe sctp)");
	if (family == AF_VSOCK && err == EAFNOSUPPORT)
		fault_cause(fault, CAUSE_FAMILY_MISSING,
			    "this kernel has no vsock, or its module is not loaded (as root: "
			    "modprobe vsock)");
	return -1;
}

int endpoint_socket(struct trace *trace, const struct endpoint_config *config, int family,
		    struct fault *fault)
{
	/* The protocol is named where there is one, so that the trace says tcp and not 0. */
	int inet = config->protocol             ? config->protocol
		   : config->type == SOCK_DGRAM ? IPPROTO_UDP
						: IPPROTO_TCP;
	int protocol = family == AF_INET || family == AF_INET6 ? inet : 0;
	int fd = sys_socket(trace, family, config->type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	return fd >= 0 ? fd : socket_failed(config, family, fault);
}

void endpoint_service(struct text *out, const struct endpoint_config *config, unsigned port)
{
	bool none = config->numeric || config->family == AF_VSOCK || port > UINT16_MAX;
	if (none || !services_name(out, (uint16_t)port, endpoint_services(config)))
		text_char(out, '*');
}
