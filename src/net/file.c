/* Files that options name.  open(2) would wait for the other end of a FIFO, where neither a
 * deadline nor a signal is seen: all is opened with O_NONBLOCK. */
#include "net/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"

/* Nothing tells when a FIFO gets a reader. */
#define TRY_AGAIN_NS (20 * NS_PER_MS)

/* ---- to be written ---- */

static bool is_fifo(const char *file)
{
	struct stat status;
	return sys_stat(file, &status) == 0 && S_ISFIFO(status.st_mode);
}

static int no_reader(const struct run *run, const char *file, const char *what, struct fault *fault)
{
	run_deadline_fault(run, fault, "open %s %s", what, file);
	fault_cause(fault, CAUSE_DEADLINE, "%s: it is a FIFO that nobody reads", fault->detail);
	return -1;
}

int file_open_write(const struct run *run, const char *file, const char *what, int flags,
		    struct fault *fault)
{
	for (;;) {
		int fd = sys_open(file, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | flags, 0666);
		if (fd >= 0)
			return fd;
		/* ENXIO is a socket's error, too. */
		if (errno != ENXIO || !is_fifo(file))
			return fault_errno(fault, STEP_FILE, errno, "open %s %s", what, file);
		int64_t now_ns = clock_now();
		if (now_ns >= run->deadline_ns)
			return no_reader(run, file, what, fault);
		if (pollset_pause(run, now_ns + TRY_AGAIN_NS, NULL, NULL, fault) != 0)
			return -1;
	}
}

/* ---- to be read ---- */

static int read_failed(struct file_read *read, int err, struct fault *fault)
{
	fault_errno(fault, STEP_FILE, err, "read the %s %s", read->what, read->file);
	file_read_close(read);
	return -1;
}

int file_read_begin(struct file_read *read, const char *file, const char *what, size_t most,
		    struct fault *fault)
{
	struct stat status;
	*read = (struct file_read){.file = file, .what = what, .fd = -1, .most = most};
	read->text = malloc(most + 1);
	if (!read->text)
		return read_failed(read, errno, fault);
	read->fd = sys_open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (read->fd < 0 || sys_fstat(read->fd, &status) != 0)
		return read_failed(read, errno, fault);
	/* A FIFO that nobody has written to yet would read as ended: poll(2) knows better. */
	read->ready = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
	return 0;
}

int file_read_go_on(struct file_read *read, const struct run *run, struct fault *fault)
{
	ssize_t n = -1;
	if (!read->ready)
		return 0;
	while (read->len < read->most && (n = sys_read(run->trace, read->fd, read->text + read->len,
						       read->most - read->len)) > 0)
		read->len += (size_t)n;
	if (read->len == read->most)
		return read_failed(read, EFBIG, fault);
	if (n < 0 && sys_is_again(errno)) {
		read->ready = false;
		return 0;
	}
	if (n < 0)
		return read_failed(read, errno, fault);
	if (memchr(read->text, '\0', read->len))
		return read_failed(read, EILSEQ, fault);
	read->text[read->len] = '\0';
	return 1;
}

void file_read_want(struct file_read *read, struct pollset *set)
{
	if (read->fd >= 0 && !read->ready)
		pollset_add(set, read->fd, POLLIN, &read->ready);
}

int file_read_timeout(const struct file_read *read, const struct run *run, bool whole_run,
		      struct fault *fault)
{
	static const char why[] = "nobody has written it to its end";
	if (whole_run) {
		run_deadline_fault(run, fault, "read the %s %s", read->what, read->file);
		fault_cause(fault, CAUSE_DEADLINE, "%s: %s", fault->detail, why);
	} else {
		fault_words(fault, STEP_FILE, STATUS_LOCAL, why, "read the %s %s", read->what,
			    read->file);
	}
	return -1;
}

void file_read_close(struct file_read *read)
{
	sys_close_pipe(&read->fd);
	free(read->text);
	*read = (struct file_read){.fd = -1};
}
