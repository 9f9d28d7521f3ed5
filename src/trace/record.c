/* Writing what the program records of itself, without ever waiting in write(2), where neither a
 * deadline nor a signal could be seen. */
#include "trace/record.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "trace/libc.h"

/* A write of that much to a pipe that poll(2) calls writable does not wait (pipe(7)). */
#define PIPE_CHUNK 4096

/* Who waits for a reader looks so often whether a signal asks to end. */
#define LOOK_NS (100 * NS_PER_MS)

/* Whether a signal that is caught asks to end (net/signals.h): it is pending until somebody reads
 * its descriptor. */
static bool asked_to_end(void)
{
	sigset_t pending;
	if (sigpending(&pending) != 0)
		return false;
	return sigismember(&pending, SIGHUP) || sigismember(&pending, SIGINT) ||
	       sigismember(&pending, SIGTERM);
}

/* How often a poll that was interrupted is made again. */
#define TRIES 100

/* Wait until FD can be written, unless the run is to end first. */
static bool wait_writable(int fd, int64_t deadline_ns)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	int tries = 0;
	for (;;) {
		int64_t now_ns = clock_now();
		int64_t until = deadline_min(deadline_ns, now_ns + LOOK_NS);
		int count = poll(&writable, 1, deadline_poll_ms(until, now_ns));
		if (count > 0)
			return true;
		/* Interrupted (EINTR, EAGAIN) it has not told whether there is room. */
		if (count < 0 && tries++ < TRIES)
			continue;
		if (asked_to_end() || clock_now() >= deadline_ns)
			return false;
	}
}

/* Write to a pipe or a socket without ever waiting in write(2): it may belong to others and cannot
 * be made non-blocking. */
static ssize_t write_pipe(int fd, const char *bytes, size_t len, int64_t deadline_ns)
{
	const struct iovec iov = {.iov_base = (char *)(uintptr_t)bytes, .iov_len = len};
	ssize_t n = libc_pwritev2(fd, &iov, 1, RWF_NOWAIT);
	if (n >= 0 || (errno != EAGAIN && errno != EOPNOTSUPP && errno != ENOSYS))
		return n;
	if (!wait_writable(fd, deadline_ns)) {
		errno = ETIMEDOUT;
		return -1;
	}
	return write(fd, bytes, len < PIPE_CHUNK ? len : PIPE_CHUNK);
}

int record_write(int fd, const char *bytes, size_t len, int64_t deadline_ns)
{
	struct stat status;
	bool pipe = fstat(fd, &status) == 0 &&
		    (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
	while (len > 0) {
		ssize_t n = pipe ? write_pipe(fd, bytes, len, deadline_ns) : write(fd, bytes, len);
		if (n < 0 &&
		    (errno == EINTR || (errno == EAGAIN && wait_writable(fd, deadline_ns))))
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}
