/* The options that name a proxy, and the configuration that they make together.  Private to cli/.
 */
#ifndef HANDSET_CLI_PROXY_OPTIONS_H
#define HANDSET_CLI_PROXY_OPTIONS_H

struct fault;
struct options;

/* Fill in the configuration of the proxy, whose strings were stored before: 0, or -1 with FAULT of
 * status 2.  A password on the command line is overwritten there, so that ps(1) does not show it
 * from then on. */
int proxy_options_settle(struct options *options, struct fault *fault);

#endif
