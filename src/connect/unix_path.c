/* The path of a listening Unix socket. */
#include "connect/unix_path.h"

#include <errno.h>
#include <string.h>

#include "base/errors.h"
#include "base/fault.h"
#include "base/text.h"
#include "host/socket_owner.h"
#include "host/unix_owner.h"
#include "net/endpoint.h"
#include "proto/addr.h"
#include "trace/sys.h"

enum occupant { NOBODY, ANOTHER_FILE, DEAD_SOCKET, LIVE_SOCKET, UNKNOWN_SOCKET };

/* Who has the path.  Without the right to write to a socket nobody is told whether a process has
 * it. */
static enum occupant who_has(const struct unix_path *path, struct trace *trace,
			     const struct addr *addr, struct unix_owner *owner)
{
	struct stat status;
	if (sys_lstat(path->path, &status) != 0)
		return NOBODY;
	if (!S_ISSOCK(status.st_mode))
		return ANOTHER_FILE;
	unix_owner_ask(owner, trace, addr, path->type);
	if (owner->held)
		return LIVE_SOCKET;
	return owner->err == ECONNREFUSED ? DEAD_SOCKET : UNKNOWN_SOCKET;
}

/* The bind has failed with ERR.  Returns -1. */
static int bind_failed(const struct unix_path *path, int err, struct fault *fault)
{
	const struct endpoint_config endpoint = {.family = AF_UNIX, .type = path->type};
	char name[256];
	struct text text = TEXT_IN(name);
	endpoint_describe_path(&text, &endpoint, path->path);
	return fault_errno(fault, STEP_BIND, err, "bind to %s", name);
}

static int in_use(const struct unix_path *path, const struct unix_owner *unix_owner,
		  struct fault *fault)
{
	char who[320] = "";
	struct text text = TEXT_IN(who);
	struct socket_owner owner;
	if (unix_owner->known) {
		socket_owner_identify(&unix_owner->socket, &owner);
		text_str(&text, ": ");
		socket_owner_format(&text, &owner);
	}
	bind_failed(path, EADDRINUSE, fault);
	fault_cause(fault, CAUSE_PATH_IN_USE, "a process has a socket there%s", who);
	return -1;
}

/* An abstract name is in the way only while somebody has it. */
static int name_in_use(const struct unix_path *path, struct trace *trace, const struct addr *addr,
		       struct fault *fault)
{
	struct unix_owner owner;
	unix_owner_ask(&owner, trace, addr, path->type);
	return in_use(path, &owner, fault);
}

static int not_to_be_told(const struct unix_path *path, const struct unix_owner *owner,
			  struct fault *fault)
{
	bind_failed(path, EADDRINUSE, fault);
	fault_cause(fault, CAUSE_PATH_IN_USE,
		    "there is a socket, and whether a process has it cannot be found out: %s",
		    errno_words(owner->err));
	return -1;
}

/* Bind, and once more when what was in the way is a socket that nobody has any more. */
static int bind_again(const struct unix_path *path, struct trace *trace, int fd,
		      const struct addr *addr, struct fault *fault)
{
	struct unix_owner owner;
	enum occupant occupant = who_has(path, trace, addr, &owner);
	if (occupant == ANOTHER_FILE) {
		bind_failed(path, EADDRINUSE, fault);
		fault_cause(fault, CAUSE_PATH_TAKEN,
			    "there is a file that is no socket: it is left as it is");
		return -1;
	}
	if (occupant == LIVE_SOCKET)
		return in_use(path, &owner, fault);
	if (occupant == UNKNOWN_SOCKET)
		return not_to_be_told(path, &owner, fault);
	if (occupant == DEAD_SOCKET)
		sys_unlink(path->path);
	if (sys_bind(trace, fd, addr) == 0)
		return 0;
	return bind_failed(path, errno, fault);
}

int unix_path_bind(struct unix_path *path, struct trace *trace, int fd, struct fault *fault)
{
	struct stat status;
	struct addr addr;
	bool abstract = path->path[0] == '@';

	if (addr_unix(&addr, path->path, fault) != 0)
		return -1;
	if (sys_bind(trace, fd, &addr) != 0) {
		if (errno == EADDRINUSE && abstract)
			return name_in_use(path, trace, &addr, fault);
		if (errno != EADDRINUSE)
			return bind_failed(path, errno, fault);
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

void unix_path_remove(struct unix_path *path)
{
	struct stat status;
	if (!path->made)
		return;
	if (sys_lstat(path->path, &status) == 0 && status.st_dev == path->device &&
	    status.st_ino == path->inode)
		sys_unlink(path->path);
	path->made = false;
}
