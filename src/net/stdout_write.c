/* Answers on standard output, which is never made non-blocking, and may be already. */
#include "net/stdout_write.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/console.h"
#include "trace/sys.h"

static int wait_writable(const struct run *run, struct fault *fault)
{
	struct pollset set = {.count = 0};
	bool ready = false;
	int status = 0;
	while (!ready && status == 0) {
		if (clock_now() >= run->deadline_ns)
			status = fault_errno(fault, STEP_OUTPUT, ETIMEDOUT,
					     "write standard output");
		pollset_clear(&set);
		pollset_add(&set, STDOUT_FILENO, POLLOUT, &ready);
		if (status == 0)
			status = pollset_wait(&set, run, fault);
	}
	pollset_close(&set);
	return status;
}

int stdout_write(const struct run *run, const char *text, size_t len, struct fault *fault)
{
	while (len > 0) {
		ssize_t n = sys_write(run->trace, STDOUT_FILENO, text, len);
		if (n < 0 && errno == EAGAIN && wait_writable(run, fault) == 0)
			continue;
		if (n < 0 && !fault_is_set(fault))
			fault_errno(fault, STEP_OUTPUT, errno, "write standard output");
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

bool stdout_color(const struct run *run)
{
	return console_color(run->console, STDOUT_FILENO);
}
