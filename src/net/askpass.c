/* A password from the terminal. */
#include "net/askpass.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* The longest line of a terminal that gathers lines, N_TTY_BUF_SIZE of the kernel. */
#define LINE_SIZE 4096

/* Wait until there is a line.  0, or -1 with FAULT. */
static int wait_for_line(const struct run *run, int tty, struct fault *fault)
{
	int ready = pollset_wait_ready(run, tty, POLLIN, fault);
	if (ready != 0)
		return ready < 0 ? -1 : 0;
	return run_deadline_fault(run, fault, "wait for the password");
}

/* Take the line, *AGAIN when it is not there yet: 0, or -1 with FAULT. */
static int take_line(int tty, char *password, size_t size, bool *again, struct fault *fault)
{
	char line[LINE_SIZE];
	int status = 0;
	ssize_t len = sys_read_terminal(tty, line, sizeof(line));
	*again = len < 0 && sys_is_again(errno);
	if (*again)
		return 0;
	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (len < 0)
		status = fault_errno(fault, STEP_LOCAL, errno,
				     "read the password from the terminal");
	else if (len == 0)
		status = fault_usage(
			fault, "no password was given (an empty one: USER: in HANDSET_PROXY_AUTH)");
	else if ((size_t)len >= size || memchr(line, '\0', (size_t)len))
		status = fault_usage(fault, "the password is longer than %zu bytes", size - 1);
	if (status == 0) {
		memcpy(password, line, (size_t)len);
		password[len] = '\0';
	}
	explicit_bzero(line, sizeof(line));
	return status;
}

static int ask(int tty, const char *prompt, struct fault *fault)
{
	if (sys_write_terminal(tty, prompt, strlen(prompt)) < 0)
		return fault_errno(fault, STEP_LOCAL, errno,
				   "ask for the password on the terminal");
	return 0;
}

int askpass(const struct run *run, const char *prompt, char *password, size_t size,
	    struct fault *fault)
{
	struct termios usual;
	int tty = sys_open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
	if (tty < 0 || tcgetattr(tty, &usual) != 0) {
		sys_close_file(&tty);
		fault_usage(fault, "-P needs a password, and there is no terminal to ask on");
		fault_cause(fault, CAUSE_NO_TERMINAL,
			    "HANDSET_PROXY_AUTH=USER:PASSWORD in the environment gives one");
		return -1;
	}
	struct termios silent = usual;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	silent.c_lflag |= ICANON | ISIG;
	/* To be stopped would leave a shell with a terminal that does not echo. */
	silent.c_cc[VSUSP] = _POSIX_VDISABLE;
	silent.c_cc[VQUIT] = _POSIX_VDISABLE;
	trace_flush(run->trace);
	tcsetattr(tty, TCSAFLUSH, &silent);
	int status = ask(tty, prompt, fault);
	bool again = status == 0;
	while (status == 0 && again) {
		status = wait_for_line(run, tty, fault);
		if (status == 0)
			status = take_line(tty, password, size, &again, fault);
	}
	tcsetattr(tty, TCSAFLUSH, &usual);
	sys_write_terminal(tty, "\n", 1);
	sys_close_file(&tty);
	return status;
}
