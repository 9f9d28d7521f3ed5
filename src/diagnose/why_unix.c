/* Unix sockets: what --why tells of the path itself. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/why_internal.h"
#include "host/socket_owner.h"
#include "trace/sys.h"

/* The first folder of PATH that is not there, or may not be searched, into FOLDER; 0, or an errno.
 */
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

static void print_folder(struct why *why, const char *folder, int err)
{
	struct finding finding;
	struct text fact = finding_start(&finding, MARK_BAD, "path", -1);
	text_printf(&fact, "the folder %s: %s", folder, errno_words(err));
	finding_print(&finding, why);
}

static const char *kind_of(mode_t mode)
{
	return S_ISSOCK(mode)  ? "a socket"
	       : S_ISDIR(mode) ? "a folder"
	       : S_ISREG(mode) ? "a file"
			       : "no socket";
}

void why_print_path(struct why *why)
{
	const char *path = why->config->path;
	char folder[PATH_MAX];
	char user[64];
	struct stat status;
	struct finding finding;

	if (path[0] == '@')
		return;
	int err = search(path, folder);
	if (err != 0) {
		print_folder(why, folder, err);
		return;
	}
	bool there = sys_stat(path, &status) == 0;
	err = errno;
	bool open = there && S_ISSOCK(status.st_mode) && access(path, W_OK) == 0;
	struct text fact = finding_start(&finding, open ? MARK_GOOD : MARK_BAD, "path", -1);
	text_str(&fact, path);
	if (there) {
		socket_owner_user(status.st_uid, user, sizeof(user));
		text_printf(&fact, " is %s of user %s, mode %04o", kind_of(status.st_mode), user,
			    (unsigned)status.st_mode & 07777);
		if (!open && S_ISSOCK(status.st_mode))
			text_str(&fact, ": this user may not write to it, which connecting needs");
	} else {
		text_printf(&fact, ": %s", errno_words(err));
	}
	note_text(&finding.note, "path", path);
	finding_print(&finding, why);
}
