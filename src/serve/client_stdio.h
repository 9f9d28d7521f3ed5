/* A client that talks with stdin and stdout: one at a time. */
#ifndef HANDSET_SERVE_CLIENT_STDIO_H
#define HANDSET_SERVE_CLIENT_STDIO_H

struct client;
struct fault;
struct run;
struct session_config;

/* Serves the connection of CONFIG, which is closed in any case.  NULL with FAULT when there
 * is no memory. */
struct client *client_stdio(const struct run *run, const struct session_config *config,
			    struct fault *fault);

#endif
