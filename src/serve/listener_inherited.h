/* Listening on sockets that were handed over (net/listen_fds.h) instead of sockets of our own. */
#ifndef HANDSET_SERVE_LISTENER_INHERITED_H
#define HANDSET_SERVE_LISTENER_INHERITED_H

#include <stddef.h>

struct fault;
struct listeners;
struct run;
struct serve_config;

/* Take over what the configuration says is handed over: sockets that listen into the `at` of
 * LISTENERS, a connection into its `connected`.  0, or -1 with FAULT. */
int listeners_take(struct listeners *listeners, struct fault *fault);

/* The path of a Unix socket that is handed over, as messages have it, into PATH of SIZE bytes;
 * empty for a socket of another kind. */
void listeners_find_path(const struct run *run, const struct serve_config *config, char *path,
			 size_t size);

#endif
