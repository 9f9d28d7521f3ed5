/* Who knocks at a listener: errors of accept(2), what is told, and how one is turned away. */
#ifndef HANDSET_SERVE_KNOCK_H
#define HANDSET_SERVE_KNOCK_H

#include <stdbool.h>

struct addr;
struct run;
struct serve_config;
struct trace;

/* Whether ERR, of accept(2) or of a datagram, is news of one client alone: the next one may come.
 */
bool accept_is_transient(int err);

/* Report that PEER is connected. */
void accept_report(const struct run *run, const struct serve_config *config,
		   const struct addr *peer);

/* Close FD with a reset: who is refused sees no end that looks like success. */
void accept_refuse(struct trace *trace, int fd);

#endif
