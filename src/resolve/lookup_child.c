/* A child process that asks the C library. */
#include "resolve/lookup_child.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* It must neither outlive its parent nor hold the other end of stdin or stdout open. */
static void __attribute__((noreturn)) run_child(int fd, lookup_answer *answer, const void *context)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	_exit(answer(fd, context) ? 0 : 1);
}

int lookup_child_start(struct lookup_child *child, const struct run *run, lookup_answer *answer,
		       const void *context)
{
	int fds[2];
	*child = (struct lookup_child){.fd = -1};
	if (sys_pipe(fds) != 0)
		return -1;
	/* What the child has a copy of must not be written twice. */
	trace_flush(run->trace);
	pid_t pid = fork();
	if (pid == 0)
		run_child(fds[1], answer, context);
	int err = errno;
	sys_close_pipe(&fds[1]);
	if (pid < 0) {
		sys_close_pipe(&fds[0]);
		errno = err;
		return -1;
	}
	child->pid = pid;
	child->fd = fds[0];
	return 0;
}

void lookup_child_want(struct lookup_child *child, struct pollset *set)
{
	if (child->fd >= 0)
		pollset_add(set, child->fd, POLLIN, &child->ready);
}

void lookup_child_close(struct lookup_child *child)
{
	sys_close_pipe(&child->fd);
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	child->pid = 0;
}
