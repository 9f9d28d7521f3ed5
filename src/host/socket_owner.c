/* Who has a socket. Only done when something has failed: it may take some milliseconds. */
#include "host/socket_owner.h"

#include <ctype.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "host/netlink.h"
#include "host/process.h"
#include "proto/nlmsg.h"
#include "trace/sys.h"

/* Who is given each socket; `done` when TAKE wants no more. */
struct socket_reader {
	const struct socket_owner_query *query;
	bool (*take)(const struct diag_socket *socket, void *context);
	void *context;
	bool done;
};

static void hand_on(struct socket_reader *reader, const struct diag_socket *socket)
{
	const struct socket_owner_query *query = reader->query;
	bool port = query->port == 0 || addr_port(&socket->local) == query->port;
	if (!reader->done && port && query->states & 1U << (socket->state & 31))
		reader->done = !reader->take(socket, reader->context);
}

static bool take_inet(const struct nlmessage *message, void *context)
{
	struct socket_reader *reader = context;
	struct diag_socket socket;
	if (nldiag_inet(message, &socket))
		hand_on(reader, &socket);
	return !reader->done;
}

static int read_proc(struct socket_reader *reader, int family)
{
	char path[32], line[512];
	struct diag_socket socket;
	snprintf(path, sizeof(path), "/proc/net/%s%s",
		 reader->query->protocol == IPPROTO_UDP ? "udp" : "tcp",
		 family == AF_INET6 ? "6" : "");
	FILE *file = sys_fopen(path);
	if (!file)
		return -1;
	while (!reader->done && fgets(line, sizeof(line), file))
		if (nldiag_proc_line(line, family, &socket))
			hand_on(reader, &socket);
	fclose(file);
	return 0;
}

static int read_family(struct netlink *netlink, struct socket_reader *reader, int family)
{
	struct nlrequest request;
	const struct socket_owner_query *query = reader->query;
	if (reader->done)
		return 0;
	nldiag_ask_inet(&request, family, query->protocol, query->port, query->states);
	if (netlink->fd >= 0 && netlink_ask(netlink, &request, take_inet, reader) == 0)
		return 0;
	return read_proc(reader, family);
}

int socket_owner_sockets(struct trace *trace, const struct socket_owner_query *query,
			 bool (*take)(const struct diag_socket *, void *), void *context)
{
	struct netlink netlink;
	struct socket_reader reader = {.query = query, .take = take, .context = context};
	int v4 = -1, v6 = -1;
	netlink_open(&netlink, trace, NETLINK_SOCK_DIAG);
	if (query->family != AF_INET6)
		v4 = read_family(&netlink, &reader, AF_INET);
	if (query->family != AF_INET)
		v6 = read_family(&netlink, &reader, AF_INET6);
	netlink_close(&netlink);
	return v4 == 0 || v6 == 0 ? 0 : -1;
}

void socket_owner_user(uid_t uid, char *name, size_t size)
{
	struct text out = text_in(name, size);
	const struct passwd *found = NULL;
	/* getpwuid(3) might ask nscd(8) or systemd, over a socket that the trace does not see. */
	FILE *file = sys_fopen("/etc/passwd");
	while (file && (found = fgetpwent(file)) && found->pw_uid != uid)
		continue;
	if (found)
		text_safe(&out, found->pw_name);
	else
		text_printf(&out, "uid %u", uid);
	if (file)
		fclose(file);
}

void socket_owner_identify(const struct diag_socket *socket, struct socket_owner *owner)
{
	*owner = (struct socket_owner){.pid = process_of_socket(socket->inode)};
	socket_owner_user(socket->uid, owner->user, sizeof(owner->user));
	if (owner->pid > 0) {
		process_command(owner->pid, owner->command, sizeof(owner->command));
		process_unit(owner->pid, owner->unit, sizeof(owner->unit));
	} else if (socket->cgroup > 1) {
		cgroup_unit(socket->cgroup, owner->unit, sizeof(owner->unit));
	}
}

void socket_owner_format(struct text *out, const struct socket_owner *owner)
{
	if (owner->pid > 0)
		text_printf(out, "%s (pid %d, user %s", owner->command, owner->pid, owner->user);
	else
		text_printf(out, "a process of user %s (which this user may not see", owner->user);
	if (owner->unit[0] != '\0')
		text_printf(out, ", unit %s", owner->unit);
	text_char(out, ')');
}
