/* The path of a listening Unix socket: taken over from the dead only, removed at the end (unix(7)). */
#ifndef HANDSET_NET_UNIXPATH_H
#define HANDSET_NET_UNIXPATH_H

#include <sys/types.h>

struct addr;
struct fault;
struct trace;

struct unixpath {
	const char *path; /* borrowed; NULL: nothing to remove */
	dev_t device;     /* of the socket that was made: another one's is left alone */
	ino_t inode;
};

/* Bind FD, a socket of TYPE, to ADDR, which is PATH.  A socket there on which nobody answers is removed first; a live one, or
 * anything that is no socket, is a fault.  0, or -1 with FAULT. */
int unixpath_bind(struct unixpath *made, struct trace *trace, int fd, int type, const struct addr *addr, const char *path,
		  struct fault *fault);

/* Remove the path, when it is still the one that was made. Safe to call twice. */
void unixpath_remove(struct unixpath *made);

#endif
