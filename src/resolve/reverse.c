/* Names of addresses, each looked up in a child process. */
#include "resolve/reverse.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/pollset.h"
#include "net/run.h"
#include "trace/purpose.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* The child: look up, answer with the name or with nothing, end.  It must neither outlive its
 * parent nor hold the other end of stdin or stdout open. */
static void __attribute__((noreturn)) look_up(int fd, const struct addr *addr)
{
	char name[REVERSE_NAME] = "";
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (getnameinfo((const struct sockaddr *)&addr->ss, addr->len, name, sizeof(name), NULL, 0,
			NI_NAMEREQD) != 0)
		name[0] = '\0';
	size_t len = strlen(name);
	_exit(len == 0 || write(fd, name, len) == (ssize_t)len ? 0 : 1);
}

void reverse_start(struct reverse *reverse, const struct run *run, const struct addr *addr,
		   int64_t deadline_ns)
{
	int fds[2];
	*reverse = (struct reverse){.addr = *addr, .fd = -1, .deadline_ns = deadline_ns};
	if (sys_pipe(fds) != 0)
		return;
	trace_flush(run->trace);
	reverse->pid = fork();
	if (reverse->pid == 0)
		look_up(fds[1], addr);
	sys_close_pipe(&fds[1]);
	reverse->fd = fds[0];
	if (reverse->pid < 0) {
		reverse->pid = 0;
		sys_close_pipe(&reverse->fd);
	}
}

bool reverse_is_done(const struct reverse *reverse)
{
	return reverse->fd < 0;
}

/* A name is written whole or not at all: it is shorter than PIPE_BUF. */
void reverse_advance(struct reverse *reverse, const struct run *run, int64_t now_ns)
{
	if (reverse_is_done(reverse))
		return;
	if (reverse->ready) {
		struct purpose purpose;
		purpose_enter(&purpose, run->trace, "name of %s",
			      addr_host_text(&reverse->addr).chars);
		ssize_t n = sys_read(run->trace, reverse->fd, reverse->name,
				     sizeof(reverse->name) - 1);
		purpose_leave(&purpose);
		reverse->ready = false;
		if (n < 0 && sys_is_again(errno))
			return;
		reverse->name[n > 0 ? n : 0] = '\0';
		reverse_close(reverse);
	} else if (now_ns >= reverse->deadline_ns) {
		reverse_close(reverse);
	}
}

void reverse_want(struct reverse *reverse, struct pollset *set)
{
	if (reverse_is_done(reverse))
		return;
	pollset_add(set, reverse->fd, POLLIN, &reverse->ready);
	pollset_wake(set, reverse->deadline_ns);
}

void reverse_close(struct reverse *reverse)
{
	if (reverse->pid > 0) {
		sys_close_pipe(&reverse->fd);
		kill(reverse->pid, SIGKILL);
		while (waitpid(reverse->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	reverse->pid = 0;
}
