/* -F: the connected socket is passed to whoever has the other end of standard output (unix(7),
 * SCM_RIGHTS). */
#ifndef HANDSET_NET_FDPASS_H
#define HANDSET_NET_FDPASS_H

struct fault;
struct run;

/* Whether standard output is a Unix socket: 0, or -1 with FAULT. */
int fdpass_check(const struct run *run, struct fault *fault);

/* Pass FD, which waits as programs expect it from then on, with one byte.  FD stays the caller's.
 * 0, or -1 with FAULT. */
int fdpass_send(const struct run *run, int fd, struct fault *fault);

#endif
