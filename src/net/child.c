/* A program that is run on a connection. */
#include "net/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "net/run.h"
#include "proto/ucspi.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* The words of -e at most, the last one NULL. */
#define WORDS 256

bool child_is_wanted(const struct child_config *config)
{
	return config->program || config->command;
}

/* Split TEXT, which is written to, at its spaces. */
static int split(char *text, char **words)
{
	size_t count = 0;
	char *rest = text;
	char *word;
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (*word == '\0')
			continue;
		if (count == WORDS - 1)
			return E2BIG;
		words[count++] = word;
	}
	words[count] = NULL;
	return count > 0 ? 0 : ENOENT;
}

/* Our environment without what tells of other connections, and VARIABLES; the caller frees it. NULL
 * without memory. */
static char **build_environment(const struct ucspi *variables)
{
	size_t count = 0;
	size_t used = 0;
	while (environ && environ[count])
		count++;
	char **list = calloc(count + variables->count + 1, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!ucspi_is_foreign(environ[i]))
			list[used++] = environ[i];
	for (size_t i = 0; i < variables->count; i++)
		list[used++] = (char *)(uintptr_t)variables->variables[i];
	return list;
}

/* Have every descriptor beyond 2 closed in programs: ours are already, others were inherited. */
static int close_others_on_exec(void)
{
	if (sys_close_on_exec_from(STDERR_FILENO + 1) == 0)
		return 0;
	/* A kernel before Linux 5.11, or a sandbox. */
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	if (!dir)
		return errno;
	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);
		if (fd > STDERR_FILENO)
			sys_close_on_exec(fd);
	}
	closedir(dir);
	return 0;
}

/* What the program finds: its descriptors 0 and 1, no others beyond 2, signals as if it had been
 * started in our place. */
static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
		   const struct run *run, int fd)
{
	sigset_t defaults;
	sigemptyset(&defaults);
	/* splice(2) made us ignore it, and to be ignored is inherited. */
	sigaddset(&defaults, SIGPIPE);
	int err = posix_spawn_file_actions_adddup2(actions, fd, STDIN_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(actions, fd, STDOUT_FILENO);
	posix_spawnattr_setsigdefault(attributes, &defaults);
	posix_spawnattr_setsigmask(attributes, &run->signal_mask);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return err;
}

/* Start WORDS: 0, or the errno. */
static int spawn(pid_t *pid, const struct run *run, char **words, int fd, char **environment)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	posix_spawnattr_init(&attributes);
	int err = prepare(&actions, &attributes, run, fd);
	trace_flush(run->trace);
	if (err == 0)
		err = posix_spawnp(pid, words[0], &actions, &attributes, words, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* The words of CONFIG: those of -e are in *COPY, which the caller frees.  0, or an errno. */
static int find_words(const struct child_config *config, char **words, char **copy)
{
	const char *const shell[] = {"/bin/sh", "-c", config->command, NULL};
	if (config->command) {
		memcpy(words, shell, sizeof(shell));
		return 0;
	}
	*copy = strdup(config->program);
	return *copy ? split(*copy, words) : ENOMEM;
}

static int start_failed(const struct child_config *config, int err, struct fault *fault)
{
	return fault_errno(fault, STEP_PROGRAM, err, "run %s",
			   config->command ? "/bin/sh" : config->program);
}

/* Whether PATH is a file that this user may run: 0, or the errno that execve(2) would say. */
static int check_file(const char *path)
{
	struct stat status;
	if (sys_stat(path, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return EACCES;
	return 0;
}

/* The same for NAME in the folders of PATH, as execvp(3) looks for it: one that may not be run is
 * passed over for another. */
static int check_name(const char *name)
{
	const char *folders = getenv("PATH");
	int err = ENOENT;
	const char *at = folders ? folders : "/bin:/usr/bin";
	for (;;) {
		char path[PATH_MAX];
		size_t len = strcspn(at, ":");
		/* An empty one is the current folder. */
		snprintf(path, sizeof(path), "%.*s%s%s", (int)len, at, len > 0 ? "/" : "", name);
		int found = check_file(path);
		if (found == 0)
			return 0;
		err = found == EACCES ? EACCES : err;
		if (at[len] == '\0')
			return err;
		at += len + 1;
	}
}

int child_check(const struct child_config *config, struct fault *fault)
{
	char *words[WORDS];
	char *copy = NULL;
	int err = find_words(config, words, &copy);
	if (err == 0)
		err = strchr(words[0], '/') ? check_file(words[0]) : check_name(words[0]);
	free(copy);
	return err == 0 ? 0 : start_failed(config, err, fault);
}

int child_start(struct child *child, const struct run *run, const struct child_config *config,
		const struct child_place *place, struct fault *fault)
{
	char *words[WORDS];
	char *copy = NULL;
	char **environment = build_environment(place->variables);
	*child = (struct child){.fd = -1};
	int err = environment ? find_words(config, words, &copy) : ENOMEM;
	if (err == 0)
		err = close_others_on_exec();
	if (err == 0)
		err = spawn(&child->pid, run, words, place->fd, environment);
	free(copy);
	free(environment);
	if (err != 0) {
		child->pid = 0;
		return start_failed(config, err, fault);
	}
	child->fd = sys_pidfd_open(child->pid);
	if (child->fd >= 0)
		return 0;
	err = errno;
	child_signal(child, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	child->pid = 0;
	return start_failed(config, err, fault);
}

bool child_has_ended(struct child *child)
{
	int status;
	child->ready = false;
	if (child->pid > 0 && waitpid(child->pid, &status, WNOHANG) == child->pid) {
		child->pid = 0;
		child->killed_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		child->status = child->killed_by ? 128 + child->killed_by : WEXITSTATUS(status);
		child_close(child);
	}
	return child->pid == 0;
}

void child_signal(const struct child *child, int number)
{
	if (child->pid > 0)
		kill(child->pid, number);
}

void child_close(struct child *child)
{
	sys_close_pipe(&child->fd);
	child->pid = 0;
}
