/* What this host (its network namespace) has counted since it was started: a hint only, as
 * everybody is in it.  Asked when something is told of, never while all is well. */
#ifndef HANDSET_HOST_HOSTCOUNT_H
#define HANDSET_HOST_HOSTCOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* The counter NAME of GROUP ("TcpExt", "Udp"; "Udp6" for IPv6), which may be unknown: false. */
bool drops_read_counter(const char *group, const char *name, uint64_t *value);

#endif
