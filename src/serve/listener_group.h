/* The multicast group of a listener for datagrams. */
#ifndef HANDSET_SERVE_LISTENER_GROUP_H
#define HANDSET_SERVE_LISTENER_GROUP_H

#include <stdbool.h>

struct fault;
struct listener;
struct run;
struct serve_config;

/* Returns whether LISTENER is on the address of a group. */
bool listener_is_group(const struct listener *listener, const struct serve_config *config);

/* Joins the group of LISTENER, on the interface of --interface or of the zone, else on the one that
 * the routes choose.  The kernel leaves it when the socket is closed.  Returns 0, or -1 with FAULT.
 */
int listener_join_group(const struct listener *listener, const struct run *run,
			const struct serve_config *config, struct fault *fault);

/* Prints, with -v, on which interface LISTENER has joined its group; nothing where it is on none.
 */
void listener_report_group(const struct listener *listener, const struct run *run,
			   const struct serve_config *config);

#endif
