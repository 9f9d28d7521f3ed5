/* The one seam to the kernel.  A wrapper is its signature and one line: the macro tests one bit,
 * makes the call and hands the call to the trace as data.  tests/lint/symbols proves that no other
 * object imports these. */
#include "trace/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "proto/addr.h"
#include "trace/event.h"
#include "trace/libc.h"
#include "trace/trace.h"

#define ARG(value) ((uint64_t)(value))
#define PTR(value) ((uint64_t)(uintptr_t)(value))

/* The bytes that are filled of a buffer with room for ROOM when the kernel says SAID.  It says how
 * long the whole is, where it was cut off: a datagram with MSG_TRUNC (recv(2)), an address
 * (accept(2)), the value of some options. */
static size_t filled(int64_t said, size_t room)
{
	if (said < 0)
		return 0;
	return (uint64_t)said < room ? (size_t)said : room;
}

/* How often a call that was interrupted is made again. */
#define TRIES 100

/* Whether call SYSID has been interrupted and is to be made again.  poll(2) has a time that has
 * passed meanwhile, so that its caller computes it anew; close(2) has closed the descriptor on
 * Linux; connect(2) goes on by itself. */
static bool is_interrupted(enum sys_id sysid)
{
	return errno == EINTR && sysid != SYS_POLL && sysid != SYS_CLOSE && sysid != SYS_CONNECT;
}

/* Make EXPR again while it is interrupted: for calls that are not traced. */
#define AGAIN(expr)                                                                    \
	({                                                                             \
		int again_tries = 0;                                                   \
		__typeof__(expr) again_result;                                         \
		do                                                                     \
			again_result = (expr);                                         \
		while (again_result == -1 && errno == EINTR && again_tries++ < TRIES); \
		again_result;                                                          \
	})

/* Return what EXPR returns; when the trace shows call SYSID, report it with the arguments that
 * follow.  FILLS notes in call.filled what a call that succeeded has filled in. */
#define TRACED_FILLING(type, sysid, expr, fills, ...)                       \
	int tries = 0;                                                      \
	type result;                                                        \
	do {                                                                \
		if (!(trace->mask & 1ULL << (sysid))) {                     \
			result = (type)(expr);                              \
			continue;                                           \
		}                                                           \
		struct call call = {.id = (sysid), .arg = {__VA_ARGS__}};   \
		int64_t start_ns = clock_now();                             \
		call.ret = (expr);                                          \
		call.err = call.ret == -1 ? errno : 0;                      \
		if (call.ret != -1)                                         \
			fills;                                              \
		trace_call(trace, &call, start_ns);                         \
		result = (type)call.ret;                                    \
	} while (result == -1 && is_interrupted(sysid) && tries++ < TRIES); \
	return result

/* The same for a call that fills in no buffer, or one whose size is its type's. */
#define TRACED(type, sysid, expr, ...) TRACED_FILLING(type, sysid, expr, (void)0, __VA_ARGS__)

bool sys_is_again(int err)
{
	return err == EAGAIN || err == EINTR || err == ENOBUFS;
}

int sys_socket(struct trace *trace, int domain, int type, int protocol)
{
	TRACED(int, SYS_SOCKET, socket(domain, type, protocol), ARG(domain), ARG(type),
	       ARG(protocol));
}

int sys_socketpair(struct trace *trace, int domain, int type, int protocol, int fds[2])
{
	TRACED(int, SYS_SOCKETPAIR, socketpair(domain, type, protocol, fds), ARG(domain), ARG(type),
	       ARG(protocol), PTR(fds));
}

int sys_bind(struct trace *trace, int fd, const struct addr *addr)
{
	const struct sockaddr *sa = (const struct sockaddr *)&addr->ss;
	TRACED(int, SYS_BIND, bind(fd, sa, addr->len), ARG(fd), PTR(sa), ARG(addr->len));
}

int sys_listen(struct trace *trace, int fd, int backlog)
{
	TRACED(int, SYS_LISTEN, listen(fd, backlog), ARG(fd), ARG(backlog));
}

int sys_accept4(struct trace *trace, int fd, struct addr *peer, int flags)
{
	struct sockaddr *sa = (struct sockaddr *)&peer->ss;
	peer->len = sizeof(peer->ss);
	TRACED_FILLING(int, SYS_ACCEPT4, accept4(fd, sa, &peer->len, flags),
		       call.filled[1] = filled(peer->len, sizeof(peer->ss)), ARG(fd), PTR(sa),
		       PTR(&peer->len), ARG(flags), 0, sizeof(peer->ss));
}

static int connect_traced(struct trace *trace, int fd, const struct addr *addr)
{
	const struct sockaddr *sa = (const struct sockaddr *)&addr->ss;
	TRACED(int, SYS_CONNECT, connect(fd, sa, addr->len), ARG(fd), PTR(sa), ARG(addr->len));
}

/* A second call tells how the one that was interrupted stands; where that had not begun, it
 * begins.  EAGAIN is the full queue of a Unix listener, for which its caller waits, else a shortage
 * of a moment. */
int sys_connect(struct trace *trace, int fd, const struct addr *addr)
{
	bool unix_queue = addr->ss.ss_family == AF_UNIX;
	int tries = 0;
	int result = connect_traced(trace, fd, addr);
	while (result != 0 && (errno == EINTR || (errno == EAGAIN && !unix_queue)) &&
	       tries++ < TRIES) {
		result = connect_traced(trace, fd, addr);
		if (result != 0 && errno == EALREADY)
			errno = EINPROGRESS;
		if (result != 0 && errno == EISCONN)
			result = 0;
	}
	return result;
}

int sys_shutdown(struct trace *trace, int fd, int how)
{
	TRACED(int, SYS_SHUTDOWN, shutdown(fd, how), ARG(fd), ARG(how));
}

static int close_traced(struct trace *trace, int fd)
{
	TRACED(int, SYS_CLOSE, close(fd), ARG(fd));
}

void sys_close(struct trace *trace, int *fd)
{
	int err = errno;
	if (*fd >= 0)
		close_traced(trace, *fd);
	*fd = -1;
	errno = err;
}

int sys_setsockopt(struct trace *trace, int fd, int level, int name, const void *value,
		   socklen_t len)
{
	TRACED(int, SYS_SETSOCKOPT, setsockopt(fd, level, name, value, len), ARG(fd), ARG(level),
	       ARG(name), PTR(value), ARG(len));
}

int sys_getsockopt(struct trace *trace, int fd, int level, int name, void *value, socklen_t *len)
{
	TRACED_FILLING(int, SYS_GETSOCKOPT, getsockopt(fd, level, name, value, len),
		       call.filled[3] = filled(*len, call.arg[5]), ARG(fd), ARG(level), ARG(name),
		       PTR(value), PTR(len), ARG(*len));
}

int sys_getsockname(struct trace *trace, int fd, struct addr *addr)
{
	struct sockaddr *sa = (struct sockaddr *)&addr->ss;
	addr->len = sizeof(addr->ss);
	TRACED_FILLING(int, SYS_GETSOCKNAME, getsockname(fd, sa, &addr->len),
		       call.filled[1] = filled(addr->len, sizeof(addr->ss)), ARG(fd), PTR(sa),
		       PTR(&addr->len), 0, 0, sizeof(addr->ss));
}

int sys_getpeername(struct trace *trace, int fd, struct addr *addr)
{
	struct sockaddr *sa = (struct sockaddr *)&addr->ss;
	addr->len = sizeof(addr->ss);
	TRACED_FILLING(int, SYS_GETPEERNAME, getpeername(fd, sa, &addr->len),
		       call.filled[1] = filled(addr->len, sizeof(addr->ss)), ARG(fd), PTR(sa),
		       PTR(&addr->len), 0, 0, sizeof(addr->ss));
}

int sys_poll(struct trace *trace, struct pollfd *fds, nfds_t count, int timeout_ms)
{
	if (timeout_ms != 0)
		trace_flush(trace);
	TRACED(int, SYS_POLL, poll(fds, count, timeout_ms), PTR(fds), ARG(count), ARG(timeout_ms));
}

ssize_t sys_read(struct trace *trace, int fd, void *buf, size_t len)
{
	TRACED_FILLING(ssize_t, SYS_READ, read(fd, buf, len),
		       call.filled[1] = filled(call.ret, len), ARG(fd), PTR(buf), ARG(len));
}

ssize_t sys_write(struct trace *trace, int fd, const void *buf, size_t len)
{
	TRACED(ssize_t, SYS_WRITE, write(fd, buf, len), ARG(fd), PTR(buf), ARG(len));
}

ssize_t sys_preadv2(struct trace *trace, int fd, void *buf, size_t len, int flags)
{
	const struct iovec iov = {.iov_base = buf, .iov_len = len};
	TRACED_FILLING(ssize_t, SYS_PREADV2, libc_preadv2(fd, &iov, 1, flags),
		       call.filled[1] = filled(call.ret, len), ARG(fd), PTR(&iov), 1, ARG(-1),
		       ARG(flags));
}

ssize_t sys_pwritev2(struct trace *trace, int fd, const void *buf, size_t len, int flags)
{
	const struct iovec iov = {.iov_base = (void *)(uintptr_t)buf, .iov_len = len};
	TRACED(ssize_t, SYS_PWRITEV2, libc_pwritev2(fd, &iov, 1, flags), ARG(fd), PTR(&iov), 1,
	       ARG(-1), ARG(flags));
}

ssize_t sys_send(struct trace *trace, int fd, const void *buf, size_t len, int flags)
{
	return sys_sendto(trace, fd, buf, len, flags, NULL);
}

ssize_t sys_send_secret(struct trace *trace, int fd, const void *buf, const void *shown, size_t len)
{
	TRACED(ssize_t, SYS_SENDTO, sendto(fd, buf, len, MSG_NOSIGNAL, NULL, 0), ARG(fd),
	       PTR(shown), ARG(len), ARG(MSG_NOSIGNAL), 0, 0);
}

ssize_t sys_sendto(struct trace *trace, int fd, const void *buf, size_t len, int flags,
		   const struct addr *to)
{
	const struct sockaddr *sa = to ? (const struct sockaddr *)&to->ss : NULL;
	socklen_t sa_len = to ? to->len : 0;
	TRACED(ssize_t, SYS_SENDTO, sendto(fd, buf, len, flags, sa, sa_len), ARG(fd), PTR(buf),
	       ARG(len), ARG(flags), PTR(sa), ARG(sa_len));
}

/* tcp(7): with MSG_TRUNC a stream's bytes are thrown away and the buffer stays as it was, while of
 * a datagram its beginning is there.  Nothing in the result tells them apart, so that the buffer is
 * made empty first. */
static void empty_for_trunc(void *buf, size_t len, int flags)
{
	if (buf && flags & MSG_TRUNC)
		memset(buf, 0, len);
}

ssize_t sys_recv(struct trace *trace, int fd, void *buf, size_t len, int flags)
{
	empty_for_trunc(buf, len, flags);
	TRACED_FILLING(ssize_t, SYS_RECVFROM, recv(fd, buf, len, flags),
		       call.filled[1] = filled(call.ret, buf ? len : 0), ARG(fd), PTR(buf),
		       ARG(len), ARG(flags));
}

ssize_t sys_recvfrom(struct trace *trace, int fd, void *buf, size_t len, int flags,
		     struct addr *from)
{
	struct sockaddr *sa = (struct sockaddr *)&from->ss;
	from->len = sizeof(from->ss);
	empty_for_trunc(buf, len, flags);
	TRACED_FILLING(ssize_t, SYS_RECVFROM, recvfrom(fd, buf, len, flags, sa, &from->len),
		       (call.filled[1] = filled(call.ret, buf ? len : 0),
			call.filled[4] = filled(from->len, sizeof(from->ss))),
		       ARG(fd), PTR(buf), ARG(len), ARG(flags), PTR(sa), PTR(&from->len));
}

ssize_t sys_sendmsg(struct trace *trace, int fd, const struct msghdr *msg, int flags)
{
	TRACED(ssize_t, SYS_SENDMSG, sendmsg(fd, msg, flags), ARG(fd), PTR(msg), ARG(flags));
}

ssize_t sys_recvmsg(struct trace *trace, int fd, struct msghdr *msg, int flags)
{
	TRACED(ssize_t, SYS_RECVMSG, recvmsg(fd, msg, flags), ARG(fd), PTR(msg), ARG(flags));
}

int sys_recvmmsg(struct trace *trace, int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	TRACED(int, SYS_RECVMMSG, recvmmsg(fd, messages, count, flags, NULL), ARG(fd),
	       PTR(messages), ARG(count), ARG(flags), 0);
}

int sys_sendmmsg(struct trace *trace, int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	TRACED(int, SYS_SENDMMSG, libc_sendmmsg(fd, messages, count, flags), ARG(fd), PTR(messages),
	       ARG(count), ARG(flags));
}

ssize_t sys_splice(struct trace *trace, int from, int to, size_t len, unsigned flags)
{
	TRACED(ssize_t, SYS_SPLICE, splice(from, NULL, to, NULL, len, flags), ARG(from), 0, ARG(to),
	       0, ARG(len), ARG(flags));
}

ssize_t sys_sendfile(struct trace *trace, int to, int from, size_t len)
{
	TRACED(ssize_t, SYS_SENDFILE, sendfile(to, from, NULL, len), ARG(to), ARG(from), 0,
	       ARG(len));
}

ssize_t sys_netlink_send(struct trace *trace, int fd, int protocol, const void *buf, size_t len)
{
	TRACED(ssize_t, SYS_NETLINK_SEND, send(fd, buf, len, 0), ARG(fd), PTR(buf), ARG(len), 0,
	       ARG(protocol));
}

ssize_t sys_netlink_recv(struct trace *trace, int fd, int protocol, void *buf, size_t len)
{
	TRACED_FILLING(ssize_t, SYS_NETLINK_RECV, recv(fd, buf, len, 0),
		       call.filled[1] = filled(call.ret, len), ARG(fd), PTR(buf), ARG(len), 0,
		       ARG(protocol));
}

int sys_ioctl_int(struct trace *trace, int fd, unsigned long request, int *value)
{
	TRACED(int, SYS_IOCTL, ioctl(fd, request, value), ARG(fd), ARG(request), PTR(value));
}

int sys_pipe(int fds[2])
{
	return pipe2(fds, O_NONBLOCK | O_CLOEXEC);
}

void sys_close_pipe(int *fd)
{
	int err = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = err;
}

int sys_open(const char *path, int flags, mode_t mode)
{
	return AGAIN(open(path, flags | O_CLOEXEC, mode));
}

int sys_close_file(int *fd)
{
	int status = *fd < 0 ? 0 : close(*fd);
	*fd = -1;
	return status != 0 && errno == EINTR ? 0 : status;
}

/* ---- files of text, as stdio reads them ---- */

static ssize_t read_cookie(void *cookie, char *buf, size_t size)
{
	ssize_t n = -1;
	for (int tries = 0; n < 0 && tries < TRIES; tries++) {
		n = read((int)(intptr_t)cookie, buf, size);
		if (n < 0 && !sys_is_again(errno))
			break;
	}
	return n;
}

/* fgetpwent(3) goes back to the begin of a line that it has read. */
static int seek_cookie(void *cookie, off_t *offset, int whence)
{
	off_t at = lseek((int)(intptr_t)cookie, *offset, whence);
	if (at < 0)
		return -1;
	*offset = at;
	return 0;
}

static int close_cookie(void *cookie)
{
	return close((int)(intptr_t)cookie);
}

/* stdio itself takes an interruption for an error. */
FILE *sys_fopen(const char *path)
{
	static const cookie_io_functions_t functions = {
		.read = read_cookie, .seek = seek_cookie, .close = close_cookie};
	int fd = sys_open(path, O_RDONLY, 0);
	FILE *file = fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, "r", functions);
	if (!file && fd >= 0)
		sys_close_pipe(&fd);
	return file;
}

bool sys_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
}

bool sys_can_open(int fd, int count)
{
	int copies[SYS_COPIES];
	int made = 0;
	count = count < SYS_COPIES ? count : SYS_COPIES;
	while (made < count && (copies[made] = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0)
		made++;
	bool can = made == count;
	while (made > 0)
		close(copies[--made]);
	return can;
}

int sys_close_on_exec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int sys_close_on_exec_from(int first)
{
	return libc_close_range((unsigned)first, CLOSE_RANGE_CLOEXEC);
}

int sys_fstat(int fd, struct stat *status)
{
	return fstat(fd, status);
}

int64_t sys_offset(int fd)
{
	return lseek(fd, 0, SEEK_CUR);
}

int sys_stat(const char *path, struct stat *status)
{
	return stat(path, status);
}

int sys_lstat(const char *path, struct stat *status)
{
	return lstat(path, status);
}

ssize_t sys_read_terminal(int fd, void *buf, size_t len)
{
	return AGAIN(read(fd, buf, len));
}

ssize_t sys_write_terminal(int fd, const void *buf, size_t len)
{
	return AGAIN(write(fd, buf, len));
}

int sys_columns(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int sys_pipe_size(int fd, int size)
{
	return fcntl(fd, F_SETPIPE_SZ, size);
}

int sys_file_flags(int fd)
{
	return fcntl(fd, F_GETFL);
}

int sys_unlink(const char *path)
{
	return unlink(path);
}

int sys_pidfd_open(pid_t pid)
{
	return libc_pidfd_open(pid);
}

void sys_yield(void)
{
	sched_yield();
}
