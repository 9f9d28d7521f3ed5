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

static void print_unix(struct why *why)
{
	const struct unix_owner *unix_owner = &why->unix_owner;
	struct socket_owner owner;
	if (!unix_owner->known)
		return;
	socket_owner_identify(&unix_owner->socket, &owner);
	print_owner(why, &owner);
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
