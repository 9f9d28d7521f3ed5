/* The one seam to the kernel: every call that touches a socket, a descriptor of the data path, an
 * address or a route.  Each is its man page's call with the trace in front, returns what the call
 * returned, with errno set, and is reported when the trace shows it.  A call
 * that is interrupted (EINTR) is made again here, and nobody else deals with that: signals that are
 * caught come by signalfd(2), but a stop and a continue, or a debugger, interrupt too.  Only poll
 * reports it, since the time that it may wait has to be computed anew (net/pollset.c). */
#ifndef HANDSET_TRACE_SYS_H
#define HANDSET_TRACE_SYS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The most that sys_can_open tries. */
#define SYS_COPIES 16

struct trace;
struct addr;

/* Returns whether a call that failed with ERR is to be made again when poll says so: it would have
 * waited, was interrupted, or the kernel has no buffer for it now. */
bool sys_is_again(int err);

int sys_socket(struct trace *trace, int domain, int type, int protocol);
int sys_socketpair(struct trace *trace, int domain, int type, int protocol, int fds[2]);
int sys_bind(struct trace *trace, int fd, const struct addr *addr);
int sys_listen(struct trace *trace, int fd, int backlog);
int sys_accept4(struct trace *trace, int fd, struct addr *peer, int flags);
/* connect(2).  One that is interrupted goes on by itself: EINPROGRESS.  EAGAIN is of Unix sockets.
 */
int sys_connect(struct trace *trace, int fd, const struct addr *addr);
int sys_shutdown(struct trace *trace, int fd, int how);
/* Close *FD and make it -1; nothing when it is -1 already.  Keeps errno. */
void sys_close(struct trace *trace, int *fd);
int sys_setsockopt(struct trace *trace, int fd, int level, int name, const void *value,
		   socklen_t len);
int sys_getsockopt(struct trace *trace, int fd, int level, int name, void *value, socklen_t *len);
int sys_getsockname(struct trace *trace, int fd, struct addr *addr);
int sys_getpeername(struct trace *trace, int fd, struct addr *addr);

/* poll(2), the only call that waits.  Writes the trace out first when it may wait. */
int sys_poll(struct trace *trace, struct pollfd *fds, nfds_t count, int timeout_ms);

ssize_t sys_read(struct trace *trace, int fd, void *buf, size_t len);
ssize_t sys_write(struct trace *trace, int fd, const void *buf, size_t len);
/* preadv2(2) into one buffer at the current offset with FLAGS (RWF_NOWAIT). */
ssize_t sys_preadv2(struct trace *trace, int fd, void *buf, size_t len, int flags);
/* pwritev2(2) of one buffer at the current offset with FLAGS (RWF_NOWAIT). */
ssize_t sys_pwritev2(struct trace *trace, int fd, const void *buf, size_t len, int flags);
ssize_t sys_send(struct trace *trace, int fd, const void *buf, size_t len, int flags);
/* The same for what holds a secret: the trace shows SHOWN, of the same length, instead. */
ssize_t sys_send_secret(struct trace *trace, int fd, const void *buf, const void *shown,
			size_t len);
/* sendto(2) with an address; TO may be NULL. */
ssize_t sys_sendto(struct trace *trace, int fd, const void *buf, size_t len, int flags,
		   const struct addr *to);
/* recv(2) and recvfrom(2).  With MSG_TRUNC, when the result may be more than LEN, BUF is emptied
 * first: TCP leaves it as it was. */
ssize_t sys_recv(struct trace *trace, int fd, void *buf, size_t len, int flags);
ssize_t sys_recvfrom(struct trace *trace, int fd, void *buf, size_t len, int flags,
		     struct addr *from);
ssize_t sys_sendmsg(struct trace *trace, int fd, const struct msghdr *msg, int flags);
ssize_t sys_recvmsg(struct trace *trace, int fd, struct msghdr *msg, int flags);
/* recvmmsg(2) without a timeout: as many as are there, COUNT at most.  A message has one buffer,
 * and its name room for a struct sockaddr_storage. */
int sys_recvmmsg(struct trace *trace, int fd, struct mmsghdr *messages, unsigned count, int flags);
int sys_sendmmsg(struct trace *trace, int fd, struct mmsghdr *messages, unsigned count, int flags);
ssize_t sys_splice(struct trace *trace, int from, int to, size_t len, unsigned flags);
ssize_t sys_sendfile(struct trace *trace, int to, int from, size_t len);
/* send(2) and recv(2) of netlink messages on a socket of PROTOCOL (NETLINK_ROUTE), by which the
 * trace names them. */
ssize_t sys_netlink_send(struct trace *trace, int fd, int protocol, const void *buf, size_t len);
ssize_t sys_netlink_recv(struct trace *trace, int fd, int protocol, void *buf, size_t len);
/* ioctl(2) with an int to fill in or to hand over: SIOCOUTQ, SIOCINQ, FIONBIO. */
int sys_ioctl_int(struct trace *trace, int fd, unsigned long request, int *value);

/* Not traced: they touch no socket, address or route.  Here, because descriptors of the data path
 * are made and looked at in one place. */
int sys_pipe(int fds[2]);                               /* non-blocking, close-on-exec */
void sys_close_pipe(int *fd);                           /* as sys_close */
int sys_open(const char *path, int flags, mode_t mode); /* close-on-exec */
int sys_close_file(int *fd); /* close *FD unless it is -1, which it becomes: what close(2) says */
/* fopen(3) for reading, close-on-exec. */
FILE *sys_fopen(const char *path);
bool sys_is_open(int fd);
bool sys_can_open(int fd, int count);  /* whether COUNT more descriptors are to be had, up to
					  SYS_COPIES: it copies FD and closes the copies */
int sys_close_on_exec(int fd);         /* FD_CLOEXEC, for what was inherited */
int sys_close_on_exec_from(int first); /* of FIRST and all above it; -1 before Linux 5.11 */
int sys_fstat(int fd, struct stat *status);
int64_t sys_offset(int fd); /* lseek(2): where FD is read from next; -1 */
int sys_stat(const char *path, struct stat *status);
int sys_lstat(const char *path, struct stat *status);
/* read(2) and write(2) of a terminal on which a secret is asked for. */
ssize_t sys_read_terminal(int fd, void *buf, size_t len);
ssize_t sys_write_terminal(int fd, const void *buf, size_t len);
int sys_columns(int fd);             /* of a terminal (TIOCGWINSZ, tty_ioctl(4)); 0: not known */
int sys_pipe_size(int fd, int size); /* F_SETPIPE_SZ */
int sys_file_flags(int fd);          /* F_GETFL */
int sys_unlink(const char *path);
int sys_pidfd_open(pid_t pid); /* close-on-exec, as always */
void sys_yield(void);          /* sched_yield(2) */

#endif
