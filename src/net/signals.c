/* Signals as a descriptor. */
#include "net/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fault.h"
#include "net/run.h"
#include "trace/sys.h"
#include "trace/trace.h"

void signals_ignore_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int signals_catch(struct run *run, bool ending, struct fault *fault)
{
	static const int caught[] = {SIGUSR1, SIGHUP, SIGINT, SIGTERM};
	sigset_t set;
	sigemptyset(&set);
	size_t count = ending ? sizeof(caught) / sizeof(caught[0]) : run->reloads ? 2 : 1;
	for (size_t i = 0; i < count; i++) {
		struct sigaction old;
		/* What nohup(1) or a shell's & has ignored stays ignored. */
		if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaddset(&set, caught[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, &run->signal_mask) == 0)
		run->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return run->signal_fd >= 0
		       ? 0
		       : fault_errno(fault, STEP_LOCAL, errno, "open a descriptor for signals");
}

int signals_take(const struct run *run)
{
	struct signalfd_siginfo info;
	ssize_t n = sys_read(run->trace, run->signal_fd, &info, sizeof(info));
	return n == sizeof(info) ? (int)info.ssi_signo : 0;
}

void signals_die(int number)
{
	sigset_t set;
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	_exit(128 + number);
}
