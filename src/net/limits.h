/* The limits of this process, and of ports on this host. */
#ifndef HANDSET_NET_LIMITS_H
#define HANDSET_NET_LIMITS_H

#include <stdbool.h>

/* May have as many descriptors as the administrator allows (the hard limit of RLIMIT_NOFILE,
 * getrlimit(2)) and not only as many as is usual.  A refusal does no harm. */
void limits_raise_files(void);

/* How many descriptors this process may have now. */
unsigned long long limits_files(void);

/* The ports that the kernel gives to sockets that ask for none (ip(7), ip_local_port_range).  False
 * when it is not known. */
bool limits_port_range(unsigned *first, unsigned *last);

/* The first port that needs no privilege (ip(7), ip_unprivileged_port_start); 0: it is not known.
 */
unsigned limits_privileged_end(void);

#endif
