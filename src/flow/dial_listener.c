/* Who has the port of this host that a connect did not reach: nobody, somebody on another address, or somebody whose accept queue is full.
 * Asked of sock_diag(7) when a connect to this host has failed. */
#include <errno.h>
#include <netinet/in.h>

#include "base/text.h"
#include "flow/dial.h"
#include "flow/dialing.h"
#include "net/owner.h"
#include "net/run.h"

struct search {
	const struct addr *to;
	struct diag_socket exact, other; /* on that very address; on any other one */
	bool has_exact, has_other;
};

static bool take_listener(const struct diag_socket *socket, void *context)
{
	struct search *search = context;
	struct addr local = addr_unmapped(&socket->local);
	bool exact = addr_equal(&local, search->to);
	*(exact ? &search->exact : &search->other) = *socket;
	search->has_exact |= exact;
	search->has_other |= !exact;
	return true;
}

static void put_owner(struct text *out, const struct diag_socket *socket)
{
	struct owner owner;
	owner_identify(socket, &owner);
	owner_format(out, &owner);
}

/* The kernel answers with RST for a port that nobody has on that address. */
static void explain_refused(const struct search *search, struct fault *fault)
{
	char words[256];
	struct text text = TEXT_IN(words);
	if (search->has_exact) {
		put_owner(&text, &search->exact);
		text_str(&text, " listens there, so that a firewall of this host sends the RST, it seems");
	} else if (search->has_other) {
		text_str(&text, "not on that address, but on ");
		addr_format(&text, (const struct sockaddr *)&search->other.local.ss, search->other.local.len);
		text_str(&text, " listens ");
		put_owner(&text, &search->other);
	} else {
		text_str(&text, "no socket of this host listens on that port");
	}
	fault_cause(fault, "refused", "%.600s\n%s", fault->cause, words);
}

/* A listener whose queue is full drops the SYN (listen(2)), which looks like a firewall. */
static void explain_silence(const struct search *search, struct fault *fault)
{
	char words[256];
	struct text text = TEXT_IN(words);
	const struct diag_socket *socket = search->has_exact ? &search->exact : &search->other;
	if ((!search->has_exact && !search->has_other) || socket->rqueue <= socket->wqueue)
		return;
	put_owner(&text, socket);
	fault_cause(
		fault, "accept-queue-full",
		"%.600s\nit is the queue: %u wait in it to be accepted, with a backlog of %u, and the listener is %s",
		fault->cause, socket->rqueue, socket->wqueue, words);
}

void dial_explain_listener(const struct dial *dial, const struct addr *to, struct fault *fault)
{
	bool refused = fault->err == ECONNREFUSED && fault_is_cause(fault, "refused");
	bool silent = fault->err == ETIMEDOUT && fault_is_cause(fault, "no-answer");
	struct search search = {.to = to};
	struct owner_query query = {
		.family = AF_UNSPEC, .protocol = IPPROTO_TCP, .port = addr_port(to), .states = 1U << DIAG_LISTEN};
	if ((!refused && !silent) || owner_sockets(dial->run->trace, &query, take_listener, &search) != 0)
		return;
	if (refused)
		explain_refused(&search, fault);
	else
		explain_silence(&search, fault);
}
