/* The counters of this host's network, as /proc/net has them (proc_pid_net(5)): in /proc/net/snmp
 * and netstat a line of names and a line of values for each group, in /proc/net/snmp6 a line for
 * each. Pure. */
#ifndef HANDSET_PROTO_COUNTERS_H
#define HANDSET_PROTO_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* The value of NAME from "GROUP: name name ..." and "GROUP: 1 2 ...". False: it is not there. */
bool counters_pair(const char *names, const char *values, const char *name, uint64_t *value);

/* The value of NAME from a line "NAME 1". False: it is another line. */
bool counters_line(const char *line, const char *name, uint64_t *value);

#endif
