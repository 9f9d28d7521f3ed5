/* The connected socket is passed on. */
#include "net/fdpass.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"

static int pass_failed(int err, struct fault *fault)
{
	return fault_errno(fault, STEP_OUTPUT, err, "pass the connection to standard output");
}

/* A TCP socket would take the message and leave the descriptor out, without a word. */
int fdpass_check(const struct run *run, struct fault *fault)
{
	int family = 0;
	socklen_t len = sizeof(family);
	if (sys_getsockopt(run->trace, STDOUT_FILENO, SOL_SOCKET, SO_DOMAIN, &family, &len) == 0 &&
	    family == AF_UNIX)
		return 0;
	pass_failed(ENOTSOCK, fault);
	fault_cause(fault, CAUSE_STDOUT_NO_SOCKET,
		    "-F needs a Unix socket there, as programs make it that ask for a connection "
		    "(ssh with ProxyUseFdpass)");
	return -1;
}

int fdpass_send(const struct run *run, int fd, struct fault *fault)
{
	int waits = 0;
	char byte = '\0';
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	union {
		struct cmsghdr header; /* for its alignment */
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.space = {0}};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));

	sys_ioctl_int(run->trace, fd, FIONBIO, &waits);
	while (sys_sendmsg(run->trace, STDOUT_FILENO, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (!sys_is_again(errno))
			return pass_failed(errno, fault);
		int ready = pollset_wait_ready(run, STDOUT_FILENO, POLLOUT, fault);
		if (ready <= 0)
			return ready < 0 ? -1 : pass_failed(ETIMEDOUT, fault);
	}
	return 0;
}
