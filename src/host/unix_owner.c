/* Who has a Unix socket.  The kernel's list (unix_diag, else /proc/net/unix) has the sockets of
 * this network namespace alone, while a path leads to those of all: whether anybody has a path is
 * asked by connecting a datagram socket to it.  The kernel refuses that when nobody has it, and
 * else compares the types before it does anything to the other socket; one of datagrams does not
 * learn who is connected to it either. */
#include "host/unix_owner.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "host/netlink.h"
#include "proto/addr.h"
#include "proto/nlmsg.h"
#include "trace/purpose.h"
#include "trace/sys.h"

#define TRIES 3

/* The socket that is looked for: by the file of its path, or by its abstract name and its type,
 * since two of different types may have one name. */
struct unix_search {
	struct stat file;
	char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	size_t name_len;
	int type;
	struct unix_owner *owner;
};

static void take(struct unix_search *search, const struct diag_socket *socket)
{
	struct unix_owner *owner = search->owner;
	/* Accepted connections have their listener's name; that one is meant. */
	if (!owner->known || socket->state == DIAG_LISTEN)
		owner->socket = *socket;
	owner->known = true;
}

static bool has_name(const struct unix_search *search, const struct diag_socket *socket)
{
	return search->name_len > 0 && socket->type == search->type &&
	       socket->name_len == search->name_len &&
	       memcmp(socket->name, search->name, search->name_len) == 0;
}

static bool take_diag(const struct nlmessage *message, void *context)
{
	struct unix_search *search = context;
	struct diag_socket socket;
	if (!nldiag_unix(message, &socket))
		return true;
	/* The kernel numbers devices otherwise than stat(2): 20 bits are the minor's. */
	uint32_t dev = (uint32_t)(major(search->file.st_dev) << 20 | minor(search->file.st_dev));
	bool same_file = search->name_len == 0 && socket.file_dev == dev &&
			 socket.file_inode == (uint32_t)search->file.st_ino;
	if (same_file || has_name(search, &socket))
		take(search, &socket);
	return true;
}

/* /proc/net/unix has the path as it was bound: one that is not absolute may be anywhere. */
static bool is_same_file(const struct unix_search *search, const struct diag_socket *socket)
{
	char path[sizeof(socket->name) + 1];
	struct stat file;
	snprintf(path, sizeof(path), "%.*s", (int)socket->name_len, socket->name);
	return path[0] == '/' && sys_stat(path, &file) == 0 && file.st_dev == search->file.st_dev &&
	       file.st_ino == search->file.st_ino;
}

static void read_proc(struct unix_search *search)
{
	char line[512];
	struct diag_socket socket;
	FILE *file = sys_fopen("/proc/net/unix");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (nldiag_proc_unix_line(line, &socket) &&
		    (search->name_len > 0 ? has_name(search, &socket)
					  : is_same_file(search, &socket)))
			take(search, &socket);
	fclose(file);
}

static void find_unix(struct unix_search *search, struct trace *trace)
{
	struct netlink netlink;
	struct nlrequest request;
	nldiag_ask_unix(&request);
	bool told = netlink_open(&netlink, trace, NETLINK_SOCK_DIAG) == 0 &&
		    netlink_ask(&netlink, &request, take_diag, search) == 0;
	netlink_close(&netlink);
	if (!told)
		read_proc(search);
}

/* Whether anybody has the path ADDR, as the head of this file says; `err` and `held` say it. */
static void ask_path(struct unix_owner *owner, struct trace *trace, const struct addr *addr)
{
	int probe = sys_socket(trace, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	owner->err = EAGAIN;
	/* Nothing is waited for here: EAGAIN is a shortage of a moment. */
	for (int tries = 0; sys_is_again(owner->err) && tries < TRIES; tries++)
		owner->err = probe >= 0 && sys_connect(trace, probe, addr) == 0 ? 0 : errno;
	sys_close(trace, &probe);
	/* EPERM: one of datagrams that is connected, and takes them from its peer alone. */
	owner->held = owner->err == 0 || owner->err == EPROTOTYPE || owner->err == EPERM;
}

/* What connect(2) by a socket of TYPE says to the socket that was found. */
static int connect_errno(const struct diag_socket *socket, int type)
{
	if (socket->type != type)
		return EPROTOTYPE;
	if (type == SOCK_DGRAM)
		return 0;
	if (socket->state != DIAG_LISTEN)
		return ECONNREFUSED;
	return socket->rqueue > socket->wqueue ? EAGAIN : 0;
}

static void find_owner(struct unix_owner *owner, struct trace *trace, const struct addr *addr,
		       int type)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&addr->ss;
	struct unix_search search = {.owner = owner, .type = type};
	*owner = (struct unix_owner){.err = ECONNREFUSED};
	if (un->sun_path[0] == '\0') {
		search.name_len = addr->len - offsetof(struct sockaddr_un, sun_path);
		memcpy(search.name, un->sun_path, search.name_len);
		search.name[0] = '@';
	} else {
		ask_path(owner, trace, addr);
		if ((!owner->held && owner->err != EACCES) ||
		    sys_stat(un->sun_path, &search.file) != 0)
			return;
	}
	find_unix(&search, trace);
	owner->held = owner->held || owner->known;
	if (owner->known && owner->err != EPERM && owner->err != EACCES)
		owner->err = connect_errno(&owner->socket, type);
	else if (owner->err == EPROTOTYPE && type != SOCK_DGRAM)
		owner->err = 0; /* streams or packets, which of them cannot be told */
}

void unix_owner_ask(struct unix_owner *owner, struct trace *trace, const struct addr *addr,
		    int type)
{
	struct purpose purpose;
	purpose_begin(&purpose, trace, "this host", "who has the socket %s", addr_text(addr).chars);
	find_owner(owner, trace, addr, type);
	purpose_end(&purpose, "%s",
		    !owner->held      ? "nobody"
		    : owner->err == 0 ? "somebody, who takes connects like this one"
				      : "somebody, who takes none like this one");
}
