/* The messages of sock_diag(7). */
#include "proto/nldiag.h"

#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "proto/nlmsg.h"

/* INET_DIAG_CGROUP_ID, an enumerator that <linux/inet_diag.h> has since Linux 5.7. */
enum { DIAG_CGROUP_ID = 21 };

void nldiag_ask_inet(struct nlrequest *request, int family, int protocol, uint16_t port,
		     uint32_t states)
{
	struct inet_diag_req_v2 body = {.sdiag_family = (uint8_t)family,
					.sdiag_protocol = (uint8_t)protocol,
					.idiag_states = states,
					.id = {.idiag_sport = htons(port)}};
	nlmsg_begin(request, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &body, sizeof(body));
}

void nldiag_ask_unix(struct nlrequest *request)
{
	struct unix_diag_req body = {.sdiag_family = AF_UNIX,
				     .udiag_states = UINT32_MAX,
				     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS |
						   UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID};
	nlmsg_begin(request, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &body, sizeof(body));
}

bool nldiag_inet(const struct nlmessage *message, struct diag_socket *socket)
{
	struct inet_diag_msg body;
	if (message->type != SOCK_DIAG_BY_FAMILY || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	*socket = (struct diag_socket){.state = body.idiag_state,
				       .uid = body.idiag_uid,
				       .inode = body.idiag_inode,
				       .rqueue = body.idiag_rqueue,
				       .wqueue = body.idiag_wqueue,
				       .ifindex = body.id.idiag_if};
	if (!addr_of_bytes(&socket->local, body.idiag_family, body.id.idiag_src,
			   ntohs(body.id.idiag_sport)) ||
	    !addr_of_bytes(&socket->peer, body.idiag_family, body.id.idiag_dst,
			   ntohs(body.id.idiag_dport)))
		return false;
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute)) {
		if (attribute.type == DIAG_CGROUP_ID && attribute.len == sizeof(socket->cgroup))
			memcpy(&socket->cgroup, attribute.value, sizeof(socket->cgroup));
		else if (attribute.type == INET_DIAG_SKV6ONLY && attribute.len == sizeof(uint8_t))
			socket->v6only = *attribute.value != 0;
	}
	return true;
}

static void unix_attribute(struct diag_socket *socket, const struct nlattr_view *attribute)
{
	struct unix_diag_vfs file;
	struct unix_diag_rqlen queue;
	if (attribute->type == UNIX_DIAG_NAME && attribute->len > 0 &&
	    attribute->len < sizeof(socket->name)) {
		memcpy(socket->name, attribute->value, attribute->len);
		socket->name_len = attribute->len;
		if (socket->name[0] == '\0')
			socket->name[0] = '@';
	} else if (attribute->type == UNIX_DIAG_VFS && attribute->len >= sizeof(file)) {
		memcpy(&file, attribute->value, sizeof(file));
		socket->file_inode = file.udiag_vfs_ino;
		socket->file_dev = file.udiag_vfs_dev;
	} else if (attribute->type == UNIX_DIAG_RQLEN && attribute->len >= sizeof(queue)) {
		memcpy(&queue, attribute->value, sizeof(queue));
		socket->has_queue = true;
		socket->rqueue = queue.udiag_rqueue;
		socket->wqueue = queue.udiag_wqueue;
	} else if (attribute->type == UNIX_DIAG_UID) {
		socket->uid = nlmsg_number_of(attribute);
	}
}

bool nldiag_unix(const struct nlmessage *message, struct diag_socket *socket)
{
	struct unix_diag_msg body;
	if (message->type != SOCK_DIAG_BY_FAMILY || message->len < sizeof(body))
		return false;
	memcpy(&body, message->payload, sizeof(body));
	if (body.udiag_family != AF_UNIX)
		return false;
	*socket = (struct diag_socket){.state = body.udiag_state,
				       .type = body.udiag_type,
				       .inode = body.udiag_ino,
				       .uid = (uid_t)-1};
	struct nlcursor cursor = nlmsg_attributes(message, sizeof(body));
	struct nlattr_view attribute;
	while (nlmsg_next_attribute(&cursor, &attribute))
		unix_attribute(socket, &attribute);
	return true;
}

/* An address of /proc/net: words of four bytes in this machine's order, each in hex, and the port.
 */
static bool proc_addr(struct addr *addr, int family, const char *text)
{
	uint32_t words[4] = {0};
	unsigned port;
	int read = family == AF_INET
			   ? sscanf(text, "%8" SCNx32 ":%4x", &words[0], &port) + 3
			   : sscanf(text, "%8" SCNx32 "%8" SCNx32 "%8" SCNx32 "%8" SCNx32 ":%4x",
				    &words[0], &words[1], &words[2], &words[3], &port);
	return read == 5 && addr_of_bytes(addr, family, words, (uint16_t)port);
}

bool nldiag_proc_line(const char *line, int family, struct diag_socket *socket)
{
	char local[64], peer[64];
	unsigned state, uid;
	*socket = (struct diag_socket){.state = 0};
	if (sscanf(line,
		   " %*u: %63s %63s %2x %8" SCNx32 ":%8" SCNx32 " %*x:%*x %*x %u %*u %" SCNu64,
		   local, peer, &state, &socket->wqueue, &socket->rqueue, &uid,
		   &socket->inode) != 7)
		return false;
	socket->state = (int)state;
	socket->uid = uid;
	return proc_addr(&socket->local, family, local) && proc_addr(&socket->peer, family, peer);
}

/* Flags and states of /proc/net/unix: __SO_ACCEPTCON, and SS_CONNECTED of linux/net.h. */
#define PROC_UNIX_LISTENS 0x10000
#define PROC_UNIX_CONNECTED 3

bool nldiag_proc_unix_line(const char *line, struct diag_socket *socket)
{
	unsigned flags, type, state;
	int end = 0;
	*socket = (struct diag_socket){.uid = (uid_t)-1};
	if (sscanf(line, " %*[0-9a-fA-F]: %*x %*x %8x %4x %2x %" SCNu64 "%n", &flags, &type, &state,
		   &socket->inode, &end) != 4)
		return false;
	socket->type = (int)type;
	socket->state = flags & PROC_UNIX_LISTENS      ? DIAG_LISTEN
			: state == PROC_UNIX_CONNECTED ? DIAG_CONNECTED
						       : DIAG_BOUND;
	if (line[end] != ' ')
		return true;
	size_t len = strcspn(line + end + 1, "\n");
	socket->name_len = len < sizeof(socket->name) ? len : sizeof(socket->name);
	memcpy(socket->name, line + end + 1, socket->name_len);
	return true;
}
