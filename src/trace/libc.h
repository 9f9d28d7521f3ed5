/* System calls that the C library may lack (musl, and glibc before 2.36), by syscall(2): as their
 * man pages have them.  Only the seam and what records the trace call these. */
#ifndef HANDSET_TRACE_LIBC_H
#define HANDSET_TRACE_LIBC_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* preadv2(2) and pwritev2(2) at the current offset. */
ssize_t libc_preadv2(int fd, const struct iovec *iov, int count, int flags);
ssize_t libc_pwritev2(int fd, const struct iovec *iov, int count, int flags);
/* musl makes calls of sendmsg(2) instead, which the trace would not show. */
int libc_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int libc_pidfd_open(pid_t pid);
/* close_range(2) of FIRST and all above it. */
int libc_close_range(unsigned first, unsigned flags);

#endif
