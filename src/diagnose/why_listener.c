/* Who has the socket at the other end, where that is on this host: what --why tells of a Unix
 * socket, and of a port of this host. */
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/why_internal.h"
#include "host/port_owner.h"
#include "host/socket_owner.h"
#include "net/run.h"
#include "trace/sys.h"

static void print_owner(struct why *why, const struct socket_owner *owner)
{
	struct finding finding;
	struct text fact = finding_start(&finding, MARK_GOOD, "listener", -1);
	socket_owner_format(&fact, owner);
	note_text(&finding.note, "command", owner->command[0] ? owner->command : NULL);
	note_text(&finding.note, "user", owner->user);
	note_text(&finding.note, "unit", owner->unit[0] ? owner->unit : NULL);
	if (owner->pid > 0)
		note_number(&finding.note, "pid", owner->pid);
	finding_print(&finding, why);
}

static void read_command(struct socket_owner *owner)
{
	char file[64];
	char command[64] = "";
	struct text text = TEXT_IN(owner->command);
	snprintf(file, sizeof(file), "/proc/%d/comm", owner->pid);
	FILE *comm = fopen(file, "re");
	if (!comm)
		return;
	if (fgets(command, sizeof(command), comm))
		text_safe_bytes(&text, command, strcspn(command, "\n"));
	fclose(comm);
}

/* A Unix listener is known to who has connected to it, whoever's it is (unix(7), SO_PEERCRED). */
static bool find_peer(const struct why *why, struct socket_owner *owner)
{
	struct ucred peer = {.pid = 0};
	socklen_t len = sizeof(peer);
	if (!why->reached || why->config->endpoint.type == SOCK_DGRAM ||
	    sys_getsockopt(why->run->trace, why->reached->attempt.fd, SOL_SOCKET, SO_PEERCRED,
			   &peer, &len) != 0 ||
	    peer.pid <= 0)
		return false;
	*owner = (struct socket_owner){.pid = peer.pid};
	socket_owner_user(peer.uid, owner->user, sizeof(owner->user));
	read_command(owner);
	return true;
}

static void print_unix(struct why *why)
{
	struct diag_socket socket;
	struct socket_owner owner;
	if (find_peer(why, &owner)) {
		print_owner(why, &owner);
	} else if (socket_owner_unix(why->run->trace, &why->targets[0].attempt.addr, &socket)) {
		socket_owner_identify(&socket, &owner);
		print_owner(why, &owner);
	}
}

/* Whether TARGET is this host, and who listens there. */
static bool find_inet(struct why *why, const struct why_target *target,
		      struct port_owner *port_owner)
{
	int protocol = why_is_udp(why) ? IPPROTO_UDP : IPPROTO_TCP;
	return target->routed && target->route.type == RTN_LOCAL &&
	       port_owner_find(port_owner, why->run->trace, protocol, &target->attempt.addr) == 0;
}

static void print_inet(struct why *why)
{
	const struct why_target *target = why->reached ? why->reached : &why->targets[0];
	struct port_owner port_owner;
	struct socket_owner owner;
	if (!find_inet(why, target, &port_owner) || !port_owner.has_here)
		return;
	socket_owner_identify(&port_owner.here, &owner);
	print_owner(why, &owner);
}

void why_explain_listener(struct why *why, struct why_target *target)
{
	struct port_owner port_owner;
	if (target->state == ATTEMPT_FAILED && find_inet(why, target, &port_owner))
		port_owner_explain(&port_owner, why->run->trace, &target->fault);
}

void why_print_listener(struct why *why)
{
	if (why->config->path)
		print_unix(why);
	else
		print_inet(why);
}
