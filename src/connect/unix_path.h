/* The path of a listening Unix socket: taken over from the dead only, removed at the end (unix(7)).
 */
#ifndef HANDSET_CONNECT_UNIX_PATH_H
#define HANDSET_CONNECT_UNIX_PATH_H

#include <stdbool.h>
#include <sys/types.h>

struct fault;
struct trace;

struct unix_path {
	const char *path; /* borrowed; a leading @ names the abstract namespace, which needs no
			     removing */
	int type;         /* of the socket */
	bool made;        /* there is something to remove: */
	dev_t device;     /* the socket that was made; another one's is left alone */
	ino_t inode;
};

/* Bind FD to the path and note what was made.  A socket there that no process has any more is
 * removed first; a live one, or anything that is no socket, is a fault.  Whoever has it does not
 * notice being looked for.  0, or -1 with FAULT. */
int unix_path_bind(struct unix_path *path, struct trace *trace, int fd, struct fault *fault);

/* Remove the path, when it is still the one that was made. Safe to call twice. */
void unix_path_remove(struct unix_path *path);

#endif
