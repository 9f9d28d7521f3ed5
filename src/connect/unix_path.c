/* The path of a listening Unix socket. */
#include "connect/unix_path.h"

#include <errno.h>

#include "base/fault.h"
#include "base/text.h"
#include "host/socket_owner.h"
#include "proto/addr.h"
#include "trace/sys.h"

enum occupant { NOBODY, ANOTHER_FILE, DEAD_SOCKET, LIVE_SOCKET };

/* Who has the path: connect(2) says ECONNREFUSED for a socket that no process holds any more, but
 * for a plain file too. */
static enum occupant who_has(const struct unixpath *path, struct trace *trace,
			     const struct addr *addr)
{
	struct stat status;
	if (sys_lstat(path->path, &status) != 0)
		return NOBODY;
	if (!S_ISSOCK(status.st_mode))
		return ANOTHER_FILE;
	int probe = sys_socket(trace, AF_UNIX, path->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return LIVE_SOCKET;
	bool dead = sys_connect(trace, probe, addr) != 0 && errno == ECONNREFUSED;
	sys_close(trace, &probe);
	return dead ? DEAD_SOCKET : LIVE_SOCKET;
}

static const char *word(const struct unixpath *path)
{
	return path->type == SOCK_DGRAM       ? "unix datagram"
	       : path->type == SOCK_SEQPACKET ? "unix packet"
					      : "unix";
}

/* Who has the socket that answers there. */
static void name_owner(struct trace *trace, const struct addr *addr, struct text *out)
{
	struct diag_socket socket;
	struct socket_owner owner;
	if (!socket_owner_unix(trace, addr, &socket))
		return;
	socket_owner_identify(&socket, &owner);
	text_str(out, ": ");
	socket_owner_format(out, &owner);
}

static int in_use(const struct unixpath *path, struct trace *trace, const struct addr *addr,
		  struct fault *fault)
{
	char who[320] = "";
	struct text text = TEXT_IN(who);
	name_owner(trace, addr, &text);
	fault_errno(fault, STEP_BIND, EADDRINUSE, "bind to %s (%s)", path->path, word(path));
	fault_cause(fault, CAUSE_PATH_IN_USE, "a process has a socket there%s%s",
		    path->type == SOCK_DGRAM || path->path[0] == '@' ? "" : " and answers", who);
	return -1;
}

/* Bind, and once more when what was in the way is a socket that nobody answers on. */
static int bind_again(const struct unixpath *path, struct trace *trace, int fd,
		      const struct addr *addr, struct fault *fault)
{
	enum occupant occupant = who_has(path, trace, addr);
	if (occupant == ANOTHER_FILE) {
		fault_errno(fault, STEP_BIND, EADDRINUSE, "bind to %s (%s)", path->path,
			    word(path));
		fault_cause(fault, CAUSE_PATH_TAKEN,
			    "there is a file that is no socket: it is left as it is");
		return -1;
	}
	if (occupant == LIVE_SOCKET)
		return in_use(path, trace, addr, fault);
	if (occupant == DEAD_SOCKET)
		sys_unlink(path->path);
	if (sys_bind(trace, fd, addr) == 0)
		return 0;
	return fault_errno(fault, STEP_BIND, errno, "bind to %s (%s)", path->path, word(path));
}

int unixpath_bind(struct unixpath *path, struct trace *trace, int fd, struct fault *fault)
{
	struct stat status;
	struct addr addr;
	bool abstract = path->path[0] == '@';

	if (addr_unix(&addr, path->path) != 0)
		return fault_usage(fault, "the socket path %s is too long (107 bytes at most)",
				   path->path);
	if (sys_bind(trace, fd, &addr) != 0) {
		if (errno == EADDRINUSE && abstract)
			return in_use(path, trace, &addr, fault);
		if (errno != EADDRINUSE)
			return fault_errno(fault, STEP_BIND, errno, "bind to %s (%s)", path->path,
					   word(path));
		if (bind_again(path, trace, fd, &addr, fault) != 0)
			return -1;
	}
	if (!abstract && sys_lstat(path->path, &status) == 0) {
		path->made = true;
		path->device = status.st_dev;
		path->inode = status.st_ino;
	}
	return 0;
}

void unixpath_remove(struct unixpath *path)
{
	struct stat status;
	if (!path->made)
		return;
	if (sys_lstat(path->path, &status) == 0 && status.st_dev == path->device &&
	    status.st_ino == path->inode)
		sys_unlink(path->path);
	path->made = false;
}
