/* -e and -c: a program on the connection.  It gets the socket itself, and this program moves no
 * byte; or one end of a pair of sockets, whose other end is relayed, where the bytes must be seen
 * or their flow be ruled. */
#ifndef HANDSET_SERVE_CLIENT_EXEC_H
#define HANDSET_SERVE_CLIENT_EXEC_H

#include "relay/session.h"

struct child_config;
struct client;
struct fault;
struct run;

/* Run PROGRAM on the connection that CONFIG tells of (its `local` parts apart); both need not live
 * on but for what they point to.  The connection is closed in any case.  NULL with FAULT when there
 * is no memory; that the program cannot be started is told when the client is closed. */
struct client *client_exec(const struct run *run, const struct session_config *config,
			   const struct child_config *program, struct fault *fault);

/* All of it, for a connection of our own: 0, or -1 with FAULT (of STEP_STATUS: what the program
 * ended with). */
int exec_run(const struct run *run, const struct session_config *config,
	     const struct child_config *program, struct fault *fault);

#endif
