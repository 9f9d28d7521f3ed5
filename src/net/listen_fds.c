/* Socket activation, sd_listen_fds(3), without a library. */
#include "net/listen_fds.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/parse.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "trace/sys.h"

/* So many can be meant at most; a descriptor beyond the limit is not open. */
#define COUNT_MOST 1024

int listen_fds_find(struct listen_fds *listen_fds, struct fault *fault)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	int64_t number;

	*listen_fds = (struct listen_fds){.count = 0};
	/* Variables that were for a parent of ours are none of our business. */
	if (!pid || !count || parse_int(pid, 1, INT32_MAX, &number) != 0 || number != getpid())
		return 0;
	if (parse_int(count, 0, COUNT_MOST, &number) != 0)
		return fault_usage(
			fault,
			"LISTEN_FDS is \"%s\": expected how many descriptors are handed over",
			count);
	listen_fds->count = (int)number;
	/* Before anything of ours takes its place. */
	for (int fd = LISTEN_FDS_FIRST; fd < LISTEN_FDS_FIRST + listen_fds->count; fd++)
		if (!sys_is_open(fd))
			return fault_usage(fault,
					   "LISTEN_FDS says that descriptor %d is handed over, but "
					   "it is not open",
					   fd);
	listen_fds->names = getenv("LISTEN_FDNAMES");
	return 0;
}

void listen_fds_name(struct text *out, const struct listen_fds *listen_fds, int fd)
{
	const char *name = listen_fds->names;
	for (int at = LISTEN_FDS_FIRST; name && at < fd; at++) {
		name = strchr(name, ':');
		name = name ? name + 1 : NULL;
	}
	if (name)
		text_safe_bytes(out, name, strcspn(name, ":"));
}

static int handover_failed(int fd, int err, struct fault *fault)
{
	fault_errno(fault, STEP_LISTEN, err, "take over descriptor %d", fd);
	if (err == ENOTSOCK)
		fault_cause(fault, CAUSE_HANDOVER,
			    "it is handed over to be listened on, and is no socket");
	return -1;
}

/* What kind of socket it is, as an endpoint; an option of the kernel's that it does not have stays
 * 0. */
static int find_kind(struct endpoint_config *kind, struct trace *trace, int fd)
{
	socklen_t len = sizeof(kind->family);
	*kind = (struct endpoint_config){.family = 0};
	if (sys_getsockopt(trace, fd, SOL_SOCKET, SO_DOMAIN, &kind->family, &len) != 0 ||
	    sys_getsockopt(trace, fd, SOL_SOCKET, SO_TYPE, &kind->type, &len) != 0)
		return -1;
	return sys_getsockopt(trace, fd, SOL_SOCKET, SO_PROTOCOL, &kind->protocol, &len);
}

static bool is_inet(int family)
{
	return family == AF_UNSPEC || family == AF_INET || family == AF_INET6;
}

/* Whether KIND is what WANTED says.  TCP and MPTCP are alike to a listener. */
static bool fits(const struct endpoint_config *kind, const struct endpoint_config *wanted)
{
	bool sctp = kind->protocol == IPPROTO_SCTP;
	if (kind->type != wanted->type || sctp != (wanted->protocol == IPPROTO_SCTP))
		return false;
	if (wanted->family == AF_UNSPEC)
		return is_inet(kind->family);
	return kind->family == wanted->family;
}

static int wrong_kind(int fd, const struct endpoint_config *kind,
		      const struct endpoint_config *wanted, struct fault *fault)
{
	const char *family = kind->family == AF_INET    ? "IPv4 "
			     : kind->family == AF_INET6 ? "IPv6 "
							: "";
	char reason[96];
	struct text text = TEXT_IN(reason);
	text_printf(&text, "it is a socket of another kind (%s%s)", family, endpoint_word(kind));
	fault_words(fault, STEP_LISTEN, STATUS_LOCAL, reason, "take over descriptor %d", fd);
	fault_cause(fault, CAUSE_HANDOVER,
		    "the options ask for %s%s: -u, -U, --seqpacket, --sctp, --vsock, -4 and -6 say "
		    "which kind it is",
		    wanted->family == AF_INET    ? "IPv4 "
		    : wanted->family == AF_INET6 ? "IPv6 "
						 : "",
		    endpoint_word(wanted));
	return -1;
}

/* A stream that does not listen has to be a connection. */
static int find_peer(struct listen_fd *listen_fd, struct trace *trace, struct fault *fault)
{
	if (sys_getpeername(trace, listen_fd->fd, &listen_fd->peer) == 0)
		return 0;
	handover_failed(listen_fd->fd, errno, fault);
	fault_cause(fault, CAUSE_HANDOVER, "it neither listens nor is connected");
	return -1;
}

int listen_fds_take(struct listen_fd *listen_fd, struct trace *trace, int fd,
		    const struct endpoint_config *config, struct fault *fault)
{
	struct endpoint_config kind;
	int at_once = 1;
	int listens = 1;
	socklen_t len = sizeof(listens);

	*listen_fd = (struct listen_fd){.fd = fd};
	if (find_kind(&kind, trace, fd) != 0)
		return handover_failed(fd, errno, fault);
	if (!fits(&kind, config))
		return wrong_kind(fd, &kind, config, fault);
	if (kind.type != SOCK_DGRAM &&
	    sys_getsockopt(trace, fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0)
		return handover_failed(fd, errno, fault);
	if (sys_close_on_exec(fd) != 0 || sys_ioctl_int(trace, fd, FIONBIO, &at_once) != 0 ||
	    sys_getsockname(trace, fd, &listen_fd->local) != 0)
		return handover_failed(fd, errno, fault);
	listen_fd->listens = listens;
	return listens ? 0 : find_peer(listen_fd, trace, fault);
}
