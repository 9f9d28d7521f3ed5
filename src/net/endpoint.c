/* What kind of socket the command line asks for, and making one. */
#include "net/endpoint.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/text.h"
#include "trace/sys.h"

const char *endpoint_word(const struct endpoint_config *config)
{
	bool local = config->family == AF_UNIX;
	if (config->protocol == IPPROTO_MPTCP)
		return "mptcp";
	switch (config->type) {
	case SOCK_DGRAM:
		return local ? "unix datagram" : "udp";
	case SOCK_SEQPACKET:
		return "unix packet";
	default:
		return local ? "unix" : "tcp";
	}
}

const char *endpoint_proto(const struct endpoint_config *config)
{
	if (config->family == AF_UNIX)
		return "UNIX";
	return config->type == SOCK_DGRAM ? "UDP" : "TCP";
}

bool endpoint_is_packets(const struct endpoint_config *config)
{
	return config->type != SOCK_STREAM;
}

int endpoint_socket(struct trace *trace, const struct endpoint_config *config, int family, struct fault *fault)
{
	/* The protocol is named where there is one, so that the trace says tcp and not 0. */
	int inet = config->protocol ? config->protocol : config->type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
	int protocol = family == AF_UNIX ? 0 : inet;
	int fd = sys_socket(trace, family, config->type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		fault_errno(fault, STEP_SOCKET, errno, "open a socket (%s%s)", endpoint_word(config),
			    family == AF_INET6 ? ", IPv6" : "");
	return fd;
}

void endpoint_services_from_file(void)
{
	__nss_configure_lookup("services", "files");
}

void endpoint_service(struct text *out, const struct endpoint_config *config, unsigned port)
{
	struct servent entry;
	struct servent *found = NULL;
	char buffer[1024];
	const char *protocol = config->type == SOCK_DGRAM ? "udp" : "tcp";

	/* Only -v asks: glibc opens some eighty files before it reads /etc/services. */
	if (!config->numeric) {
		endpoint_services_from_file();
		getservbyport_r(htons((uint16_t)port), protocol, &entry, buffer, sizeof(buffer), &found);
	}
	if (found)
		text_safe(out, found->s_name);
	else
		text_char(out, '*');
}
