/* Who has the socket at the other end, where that is on this host: what --why tells of a Unix socket, and of a port of this host. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/text.h"
#include "flow/dial.h"
#include "flow/whying.h"
#include "net/owner.h"
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

/* The listener that a connection to ADDR reaches: on that very address before one on every address. */
struct search {
	const struct addr *addr;
	struct diag_socket socket;
	bool found;
	struct diag_socket elsewhere; /* one that has the port on another address */
	bool has_elsewhere;
};

static bool take_listener(const struct diag_socket *socket, void *context)
{
	struct search *search = context;
	struct addr local = addr_unmapped(&socket->local);
	bool exact = addr_equal(&local, search->addr);
	struct addr any4 = addr_any(AF_INET, addr_port(search->addr));
	struct addr any6 = addr_any(AF_INET6, addr_port(search->addr));
	if (!exact && !addr_equal(&local, &any4) && !addr_equal(&local, &any6)) {
		search->elsewhere = *socket;
		search->has_elsewhere = true;
		return true;
	}
	if (!search->found || exact)
		search->socket = *socket;
	search->found = true;
	return !exact;
}

/* The port is refused on the address that was dialled, and served on another one. */
static void tell_elsewhere(struct why *why, const struct why_target *target, const struct diag_socket *socket)
{
	struct finding finding;
	struct owner owner;
	char name[160];
	struct text address = TEXT_IN(name);
	if (target->state != ATTEMPT_FAILED || target->fault.err != ECONNREFUSED)
		return;
	owner_identify(socket, &owner);
	addr_format(&address, (const struct sockaddr *)&socket->local.ss, socket->local.len);
	struct text fact = finding_start(&finding, MARK_ODD, "listener", -1);
	text_printf(&fact, "not on that address, but on %s listens ", name);
	owner_format(&fact, &owner);
	note_text(&finding.note, "address", name);
	finding_tell(&finding, why);
}

/* The queue of the listener is full (listen(2)): the kernel drops the SYN, which looks like a firewall. */
static void blame_queue(struct why_target *target, const struct diag_socket *socket)
{
	if (target->state != ATTEMPT_FAILED || target->fault.err != ETIMEDOUT || socket->rqueue <= socket->wqueue)
		return;
	fault_cause(&target->fault, "accept-queue-full",
		    "%u connections wait to be accepted, and the backlog of the listener is %u: it drops further SYNs",
		    socket->rqueue, socket->wqueue);
}

static void tell_inet(struct why *why)
{
	struct why_target *target = why->reached ? why->reached : &why->targets[0];
	struct owner owner;
	if (!target || !target->routed || target->route.type != RTN_LOCAL)
		return;
	struct search search = {.addr = &target->attempt.addr};
	struct owner_query query = {.family = AF_UNSPEC,
				    .protocol = IPPROTO_TCP,
				    .port = addr_port(&target->attempt.addr),
				    .states = 1U << DIAG_LISTEN};
	if (owner_sockets(why->run->trace, &query, take_listener, &search) != 0)
		return;
	if (!search.found) {
		if (search.has_elsewhere)
			tell_elsewhere(why, target, &search.elsewhere);
		return;
	}
	owner_identify(&search.socket, &owner);
	tell_owner(why, &owner);
	blame_queue(target, &search.socket);
}

void why_tell_listener(struct why *why)
{
	if (why->config->path)
		tell_unix(why);
	else
		tell_inet(why);
}
