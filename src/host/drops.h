/* Why packets of clients were dropped: connections that nobody accepted, datagrams that found the
 * receive buffer full, and what waits in the queues of a socket.  Read only to report a problem,
 * never in normal operation. */
#ifndef HANDSET_HOST_DROPS_H
#define HANDSET_HOST_DROPS_H

#include <stdbool.h>
#include <stdint.h>

struct trace;

/* SO_MEMINFO (Linux 4.12): how much FD has dropped since it was made, and the size of its receive
 * buffer. False: not known. */
bool drops_of_socket(struct trace *trace, int fd, uint32_t *drops, uint32_t *receive_buffer);

/* How many connections wait in the accept queue of the listening TCP socket FD, and how many may
 * (tcp(7), TCP_INFO). False: not known. */
bool drops_accept_queue(struct trace *trace, int fd, uint32_t *waiting, uint32_t *most);

/* Reads the counter NAME of GROUP ("TcpExt", "Udp"; "Udp6" for IPv6) into *VALUE.  This host (its
 * network namespace) has counted it since it was started, over all its sockets: a hint only.
 * False: not known. */
bool drops_read_counter(const char *group, const char *name, uint64_t *value);

#endif
