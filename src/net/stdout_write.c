/* Answers on standard output, which is never made non-blocking, and may be already. */
#include "net/stdout_write.h"

#include <errno.h>
#include <unistd.h>

#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/console.h"
#include "trace/sys.h"

static int wait_writable(const struct run *run, struct fault *fault)
{
	int ready = pollset_wait_ready(run, STDOUT_FILENO, POLLOUT, fault);
	if (ready != 0)
		return ready < 0 ? -1 : 0;
	return fault_errno(fault, STEP_OUTPUT, ETIMEDOUT, "write standard output");
}

int stdout_write(const struct run *run, const char *text, size_t len, struct fault *fault)
{
	while (len > 0) {
		ssize_t n = sys_write(run->trace, STDOUT_FILENO, text, len);
		if (n < 0 && sys_is_again(errno) && wait_writable(run, fault) == 0)
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
