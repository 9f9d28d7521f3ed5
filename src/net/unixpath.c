/* The path of a listening Unix socket. */
#include "net/unixpath.h"

#include <errno.h>
#include <stddef.h>

#include "base/fault.h"
#include "proto/addr.h"
#include "trace/sys.h"

enum occupant { NOBODY, ANOTHER_FILE, DEAD_SOCKET, LIVE_SOCKET };

/* Who has the path: connect(2) says ECONNREFUSED for a socket that no process holds any more, but for a plain file too. */
static enum occupant who_has(struct trace *trace, int type, const struct addr *addr, const char *path)
{
	struct stat status;
	if (sys_lstat(path, &status) != 0)
		return NOBODY;
	if (!S_ISSOCK(status.st_mode))
		return ANOTHER_FILE;
	int probe = sys_socket(trace, AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return LIVE_SOCKET;
	bool dead = sys_connect(trace, probe, addr) != 0 && errno == ECONNREFUSED;
	sys_close(trace, &probe);
	return dead ? DEAD_SOCKET : LIVE_SOCKET;
}

static int in_use(int type, const char *path, enum occupant occupant, struct fault *fault)
{
	fault_errno(fault, STEP_BIND, EADDRINUSE, "bind to %s", path);
	if (occupant == ANOTHER_FILE)
		fault_cause(fault, "address-in-use", "there is a file that is no socket: it is left as it is");
	else
		fault_cause(fault, "address-in-use", "a process has a socket there%s", type == SOCK_DGRAM ? "" : " and answers");
	return -1;
}

int unixpath_bind(struct unixpath *made, struct trace *trace, int fd, int type, const struct addr *addr, const char *path,
		  struct fault *fault)
{
	struct stat status;
	int failed = sys_bind(trace, fd, addr);
	if (failed && errno == EADDRINUSE && path[0] != '@') {
		enum occupant occupant = who_has(trace, type, addr, path);
		if (occupant == ANOTHER_FILE || occupant == LIVE_SOCKET)
			return in_use(type, path, occupant, fault);
		if (occupant == DEAD_SOCKET)
			sys_unlink(path);
		failed = sys_bind(trace, fd, addr);
	}
	if (failed)
		return fault_errno(fault, STEP_BIND, errno, "bind to %s", path);
	if (path[0] != '@' && sys_lstat(path, &status) == 0)
		*made = (struct unixpath){.path = path, .device = status.st_dev, .inode = status.st_ino};
	return 0;
}

void unixpath_remove(struct unixpath *made)
{
	struct stat status;
	if (!made->path)
		return;
	if (sys_lstat(made->path, &status) == 0 && status.st_dev == made->device && status.st_ino == made->inode)
		sys_unlink(made->path);
	made->path = NULL;
}
