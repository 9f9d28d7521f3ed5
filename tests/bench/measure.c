/* Runs a command and tells what it cost: `measure FILE COUNT TEXT COMMAND...` runs COMMAND COUNT
 * times, one after the other, each with TEXT on stdin ("-": stdin as it is), and writes a line a
 * run to FILE: wall and CPU time in nanoseconds, peak memory in KiB, exit status (of a signal: 128
 * and more).  A small program does this, because a child that starts as a copy of a large one is
 * charged with the memory of its parent. */
#include "bench.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int64_t time_ns(struct timeval time)
{
	return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

/* A pipe from which TEXT can be read, and then the end. */
static int text_pipe(const char *text)
{
	int fds[2];
	check(pipe2(fds, O_CLOEXEC), "pipe2");
	check(write(fds[1], text, strlen(text)), "write");
	close(fds[1]);
	return fds[0];
}

/* Between vfork and exec the parent's memory is shared: nothing is written but the child's own
 * kernel state. */
static void run(FILE *report, const char *text, char **command)
{
	struct rusage usage;
	int status;
	int input = strcmp(text, "-") == 0 ? -1 : text_pipe(text);
	int64_t start = now_ns();
	pid_t child = vfork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (input >= 0)
			dup2(input, STDIN_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	check(child, "vfork");
	check(wait4(child, &status, 0, &usage), "wait4");
	int64_t wall = now_ns() - start;
	if (input >= 0)
		close(input);
	fprintf(report, "%lld %lld %ld %d\n", (long long)wall,
		(long long)(time_ns(usage.ru_utime) + time_ns(usage.ru_stime)), usage.ru_maxrss,
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	fflush(report);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	FILE *report = fopen(argv[1], "we");
	if (!report)
		die(argv[1]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int left = atoi(argv[2]); left > 0; left--)
		run(report, argv[3], argv + 4);
	return fclose(report) == 0 ? 0 : 1;
}
