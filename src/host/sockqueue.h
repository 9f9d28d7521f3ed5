/* What waits in the queues of a socket, and what the kernel has dropped before it was taken:
 * connections that nobody accepted, datagrams that found the receive buffer full.  Asked when it is
 * told of, never while all is quiet. */
#ifndef HANDSET_HOST_SOCKQUEUE_H
#define HANDSET_HOST_SOCKQUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct trace;

/* SO_MEMINFO (Linux 4.12): how much FD has dropped since it was made, and the size of its receive
 * buffer. False: not known. */
bool drops_of_socket(struct trace *trace, int fd, uint32_t *drops, uint32_t *receive_buffer);

/* How many connections wait in the accept queue of the listening TCP socket FD, and how many may
 * (tcp(7), TCP_INFO). False: not known. */
bool drops_accept_queue(struct trace *trace, int fd, uint32_t *waiting, uint32_t *most);

#endif
