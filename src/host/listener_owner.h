/* Who has the port that a listener wants.  Private to flow/. */
#ifndef HANDSET_HOST_LISTENER_OWNER_H
#define HANDSET_HOST_LISTENER_OWNER_H

struct addr;
struct endpoint_config;
struct fault;
struct run;

/* FAULT says that ADDR is in use: name the process that has it, and what it does there, where that
 * can be found out. */
void port_owner_blame(const struct run *run, const struct endpoint_config *endpoint,
		      const struct addr *addr, struct fault *fault);

#endif
