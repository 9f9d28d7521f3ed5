/* Processes and control groups. What cannot be read is left out: it belongs to others, or is gone
 * by now. */
#include "host/process.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "trace/sys.h"

/* How many control groups are looked at, and how deep. */
#define CGROUPS_MAX 4096
#define CGROUP_DEPTH 32

/* Whether one of the descriptors in the folder PATH (/proc/PID/fd) is the one that reads as LINK.
 */
static bool has_link(const char *path, const char *link)
{
	char target[64];
	bool found = false;
	DIR *dir = opendir(path);
	if (!dir)
		return false;
	const struct dirent *entry;
	while (!found && (entry = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		found = strcmp(target, link) == 0;
	}
	closedir(dir);
	return found;
}

pid_t process_of_socket(uint64_t inode)
{
	char link[40], path[64];
	pid_t found = 0;
	DIR *proc = inode != 0 ? opendir("/proc") : NULL;
	if (!proc)
		return 0;
	snprintf(link, sizeof(link), "socket:[%" PRIu64 "]", inode);
	const struct dirent *entry;
	while (found == 0 && (entry = readdir(proc))) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);
		if (pid <= 0 || *end != '\0')
			continue;
		snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
		if (has_link(path, link))
			found = (pid_t)pid;
	}
	closedir(proc);
	return found;
}

/* The first line of /proc/PID/FILE, without its end. */
static bool first_line(pid_t pid, const char *name, char *line, int size)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	FILE *file = sys_fopen(path);
	if (!file)
		return false;
	bool read = fgets(line, size, file);
	fclose(file);
	line[read ? strcspn(line, "\n") : 0] = '\0';
	return read;
}

void process_command(pid_t pid, char *name, size_t size)
{
	char line[128] = "";
	struct text out = text_in(name, size);
	first_line(pid, "comm", line, sizeof(line));
	text_safe(&out, line);
}

/* "/system.slice/nginx.service" is nginx.service; a session or a container is known by the last
 * part as well. */
static void unit_of_path(const char *path, char *name, size_t size)
{
	struct text out = text_in(name, size);
	const char *last = strrchr(path, '/');
	if (last && last[1] != '\0')
		text_safe(&out, last + 1);
}

void process_unit(pid_t pid, char *name, size_t size)
{
	char line[512] = "";
	name[0] = '\0';
	/* cgroups(7): version 2 has the number 0, and comes first where it is alone. */
	if (first_line(pid, "cgroup", line, sizeof(line)) && strncmp(line, "0::", 3) == 0)
		unit_of_path(line + 3, name, size);
}

/* A walk through the control groups. */
struct cgroup_walk {
	uint64_t id;
	dev_t device; /* of the file system: others that are mounted in it are not entered */
	int seen;
	char path[PATH_MAX]; /* where it is */
};

static DIR *open_cgroup(const struct cgroup_walk *walk)
{
	struct stat status;
	DIR *dir = opendir(walk->path);
	if (!dir || (fstat(dirfd(dir), &status) == 0 && status.st_dev == walk->device))
		return dir;
	closedir(dir);
	return NULL;
}

/* Find the group below `path`, which then is its path. */
static bool find_cgroup(struct cgroup_walk *walk, int depth)
{
	size_t len = strlen(walk->path);
	bool found = false;
	DIR *dir = depth < CGROUP_DEPTH ? open_cgroup(walk) : NULL;
	const struct dirent *entry;
	while (dir && !found && walk->seen < CGROUPS_MAX && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		walk->seen++;
		snprintf(walk->path + len, sizeof(walk->path) - len, "/%s", entry->d_name);
		found = entry->d_ino == walk->id || find_cgroup(walk, depth + 1);
		if (!found)
			walk->path[len] = '\0';
	}
	if (dir)
		closedir(dir);
	return found;
}

void cgroup_unit(uint64_t id, char *name, size_t size)
{
	struct cgroup_walk walk = {.id = id, .path = "/sys/fs/cgroup"};
	struct stat status;
	name[0] = '\0';
	if (stat(walk.path, &status) != 0)
		return;
	walk.device = status.st_dev;
	if (find_cgroup(&walk, 0))
		unit_of_path(walk.path, name, size);
}
