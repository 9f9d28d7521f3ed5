/* Who has the socket at the other end, where that is on this host: what --why tells of a Unix socket, and of a port of this host. */
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

static void tell_owner(struct why *why, const struct owner *owner)
{
	struct finding finding;
	struct text fact = finding_start(&finding, MARK_GOOD, "listener", -1);
	owner_format(&fact, owner);
	note_text(&finding.note, "command", owner->command[0] ? owner->command : NULL);
	note_text(&finding.note, "user", owner->user);
	note_text(&finding.note, "unit", owner->unit[0] ? owner->unit : NULL);
	if (owner->pid > 0)
		note_number(&finding.note, "pid", owner->pid);
	finding_tell(&finding, why);
}

static void read_command(struct owner *owner)
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
static bool find_peer(const struct why *why, struct owner *owner)
{
	struct ucred peer = {.pid = 0};
	socklen_t len = sizeof(peer);
	if (!why->reached || why->config->endpoint.type == SOCK_DGRAM ||
	    sys_getsockopt(why->run->trace, why->reached->attempt.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
	    peer.pid <= 0)
		return false;
	*owner = (struct owner){.pid = peer.pid};
	owner_user(peer.uid, owner->user, sizeof(owner->user));
	read_command(owner);
	return true;
}

static void tell_unix(struct why *why)
{
	struct diag_socket socket;
	struct owner owner;
	if (find_peer(why, &owner)) {
		tell_owner(why, &owner);
	} else if (owner_unix(why->run->trace, &why->targets[0].attempt.addr, &socket)) {
		owner_identify(&socket, &owner);
		tell_owner(why, &owner);
	}
}

/* Whether TARGET is this host, and who listens there. */
static bool find_inet(struct why *why, const struct why_target *target, struct listening *listening)
{
	int protocol = why_is_udp(why) ? IPPROTO_UDP : IPPROTO_TCP;
	return target->routed && target->route.type == RTN_LOCAL &&
	       listening_find(listening, why->run->trace, protocol, &target->attempt.addr) == 0;
}

static void tell_inet(struct why *why)
{
	const struct why_target *target = why->reached ? why->reached : &why->targets[0];
	struct listening listening;
	struct owner owner;
	if (!find_inet(why, target, &listening) || !listening.has_here)
		return;
	owner_identify(&listening.here, &owner);
	tell_owner(why, &owner);
}

void why_explain_listener(struct why *why, struct why_target *target)
{
	struct listening listening;
	if (target->state == ATTEMPT_FAILED && find_inet(why, target, &listening))
		listening_explain(&listening, why->run->trace, &target->fault);
}

void why_tell_listener(struct why *why)
{
	if (why->config->path)
		tell_unix(why);
	else
		tell_inet(why);
}
