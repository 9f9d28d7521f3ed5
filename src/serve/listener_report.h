/* What is reported of a listener: its name, how far away a client is by its SYN, connections that
 * the kernel dropped because nobody accepted in time.  Only on request: -v, -vv, --stats, SIGUSR1.
 */
#ifndef HANDSET_SERVE_LISTENER_REPORT_H
#define HANDSET_SERVE_LISTENER_REPORT_H

#include <stdbool.h>

struct addr;
struct listener;
struct listeners;
struct run;
struct serve_config;
struct text;

/* Append "0.0.0.0 port 80 (tcp)" or the path. */
void listener_describe(struct text *out, const struct serve_config *config,
		       const struct listener *listener);

/* Whether the SYN of each client is to be reported (-vv, --stats), so that the kernel must save it.
 */
bool listener_wants_syn(const struct run *run, const struct serve_config *config);

/* Report the SYN that made the accepted socket FD, when the kernel has saved it. */
void listener_report_syn(const struct run *run, int fd, const struct addr *peer);

/* With -v or --stats: report how many connections were dropped since the last report, if any. */
void listener_report_drops(struct listeners *listeners);

/* SIGUSR1: how many wait to be accepted. */
void listener_report(const struct listeners *listeners);

#endif
