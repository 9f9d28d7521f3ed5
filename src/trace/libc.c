/* System calls that the C library may lack. */
#include "trace/libc.h"

#include <limits.h>
#include <unistd.h>

#include "base/kernel.h"

/* The offset -1 is the current one; 32-bit machines take it in two halves, others ignore one. */
ssize_t libc_preadv2(int fd, const struct iovec *iov, int count, int flags)
{
	return syscall(SYS_preadv2, fd, iov, (long)count, -1L, -1L, flags);
}

ssize_t libc_pwritev2(int fd, const struct iovec *iov, int count, int flags)
{
	return syscall(SYS_pwritev2, fd, iov, (long)count, -1L, -1L, flags);
}

int libc_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}

int libc_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int libc_close_range(unsigned first, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, UINT_MAX, flags);
}
