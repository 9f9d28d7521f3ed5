/* Unix sockets: what --why tells of the path itself, and of who has the socket. */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "flow/dial.h"
#include "flow/whying.h"
#include "net/run.h"
#include "trace/sys.h"

/* Append the name of user UID as /etc/passwd has it, or its number: getpwuid(3) might ask a daemon over a socket. */
static void put_user(struct text *out, uid_t uid)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry = NULL;
	while (file && (entry = fgetpwent(file)) != NULL && entry->pw_uid != uid)
		continue;
	if (entry)
		text_safe(out, entry->pw_name);
	else
		text_printf(out, "uid %u", uid);
	if (file)
		fclose(file);
}

/* The first folder of PATH that is not there, or may not be searched, into FOLDER; 0, or an errno. */
static int search(const char *path, char folder[PATH_MAX])
{
	struct stat status;
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, PATH_MAX, "%.*s", (int)(slash - path), path);
		if (sys_stat(folder, &status) != 0)
			return errno;
		if (!S_ISDIR(status.st_mode))
			return ENOTDIR;
		if (access(folder, X_OK) != 0)
			return errno;
	}
	return 0;
}

static void tell_folder(struct why *why, const char *folder, int err)
{
	struct finding finding;
	struct text fact = finding_start(&finding, MARK_BAD, "path", -1);
	text_printf(&fact, "the folder %s: %s", folder, strerror(err));
	finding_tell(&finding, why);
}

static const char *kind_of(mode_t mode)
{
	return S_ISSOCK(mode) ? "a socket" : S_ISDIR(mode) ? "a folder" : S_ISREG(mode) ? "a file" : "no socket";
}

void why_tell_path(struct why *why)
{
	const char *path = why->config->path;
	char folder[PATH_MAX];
	struct stat status;
	struct finding finding;

	if (path[0] == '@')
		return;
	int err = search(path, folder);
	if (err != 0) {
		tell_folder(why, folder, err);
		return;
	}
	bool there = sys_stat(path, &status) == 0;
	err = errno;
	bool open = there && S_ISSOCK(status.st_mode) && access(path, W_OK) == 0;
	struct text fact = finding_start(&finding, open ? MARK_GOOD : MARK_BAD, "path", -1);
	text_str(&fact, path);
	if (there) {
		text_printf(&fact, " is %s of user ", kind_of(status.st_mode));
		put_user(&fact, status.st_uid);
		text_printf(&fact, ", mode %04o", (unsigned)status.st_mode & 07777);
		if (!open && S_ISSOCK(status.st_mode))
			text_str(&fact, ": this user may not write to it, which connecting needs");
	} else {
		text_printf(&fact, ": %s", strerror(err));
	}
	note_text(&finding.note, "path", path);
	finding_tell(&finding, why);
}

void why_tell_listener(struct why *why)
{
	struct ucred peer = {.pid = 0};
	socklen_t len = sizeof(peer);
	char name[64] = "", file[64];
	struct finding finding;

	if (!why->reached || why->config->endpoint.type == SOCK_DGRAM ||
	    sys_getsockopt(why->run->trace, why->reached->attempt.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return;
	struct text fact = finding_start(&finding, MARK_GOOD, "listener", -1);
	snprintf(file, sizeof(file), "/proc/%d/comm", peer.pid);
	FILE *comm = peer.pid > 0 ? fopen(file, "re") : NULL;
	if (comm && fgets(name, sizeof(name), comm))
		name[strcspn(name, "\n")] = '\0';
	if (comm)
		fclose(comm);
	text_printf(&fact, "%s%sprocess %d of user ", name, name[0] ? ", " : "", peer.pid);
	put_user(&fact, peer.uid);
	note_text(&finding.note, "command", name[0] ? name : NULL);
	note_number(&finding.note, "pid", peer.pid);
	note_number(&finding.note, "uid", peer.uid);
	finding_tell(&finding, why);
}
