/* The error queue of a socket, decoded. */
#include "host/errqueue.h"

#include <errno.h>
#include <string.h>

#include "base/kernel.h"
#include "base/text.h"
#include "trace/sys.h"

/* The ICMP error in a control message: the error, and behind it the address of who sent it. */
static bool read_error(struct icmp_error *error, const struct cmsghdr *cmsg)
{
	struct sock_extended_err extended;
	const unsigned char *data = CMSG_DATA(cmsg);
	size_t size = cmsg->cmsg_len - CMSG_LEN(0);
	bool v4 = cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVERR;
	bool v6 = cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_RECVERR;

	if ((!v4 && !v6) || size < sizeof(extended))
		return false;
	memcpy(&extended, data, sizeof(extended));
	if (extended.ee_origin != SO_EE_ORIGIN_ICMP && extended.ee_origin != SO_EE_ORIGIN_ICMP6)
		return false;
	size -= sizeof(extended);
	bool too_big = extended.ee_errno == EMSGSIZE;
	*error = (struct icmp_error){.err = (int)extended.ee_errno,
				     .type = extended.ee_type,
				     .code = extended.ee_code,
				     .mtu = too_big ? (int)extended.ee_info : 0};
	error->offender.len = (socklen_t)(size < sizeof(error->offender.ss)
						  ? size
						  : sizeof(error->offender.ss));
	memcpy(&error->offender.ss, data + sizeof(extended), error->offender.len);
	return error->offender.ss.ss_family != AF_UNSPEC;
}

bool errqueue_read(struct trace *trace, int fd, struct icmp_error *error)
{
	char payload[256];
	_Alignas(struct cmsghdr) char control[512];
	struct iovec iov = {.iov_base = payload, .iov_len = sizeof(payload)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	bool found = false;

	if (sys_recvmsg(trace, fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		found |= read_error(error, cmsg);
	return found;
}

static enum icmp_meaning explain(const struct icmp_error *error, const char **words)
{
	bool v6 = error->offender.ss.ss_family == AF_INET6;
	return icmp_explain(v6, error->type, error->code, words);
}

enum icmp_meaning icmp_error_meaning(const struct icmp_error *error)
{
	const char *words;
	return explain(error, &words);
}

void icmp_error_format(struct text *out, const struct icmp_error *error)
{
	const char *words;
	bool v6 = error->offender.ss.ss_family == AF_INET6;
	explain(error, &words);
	text_printf(out, "%s (ICMP%s type %d code %d)", words, v6 ? "v6" : "", error->type,
		    error->code);
}

void icmp_error_format_answer(struct text *out, const struct icmp_error *error)
{
	addr_format_host(out, &error->offender);
	text_str(out, " answered: ");
	icmp_error_format(out, error);
}

bool icmp_error_closes_port(const struct icmp_error *error, const struct addr *target)
{
	struct addr host = *target;
	struct addr sender = error->offender;
	addr_set_port(&host, 0);
	addr_set_port(&sender, 0);
	return addr_equal(&host, &sender) && icmp_error_meaning(error) == ICMP_NO_PORT;
}
