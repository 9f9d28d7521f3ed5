/* Datagrams that did not arrive.  The kernel reports an ICMP error for one with the next call, and
 * who sent it in the error queue, which has to be emptied, as poll tells of it until then (ip(7),
 * IP_RECVERR). */
#include "relay/relay_icmp.h"

#include <errno.h>
#include <string.h>

#include "base/errors.h"
#include "base/fault.h"
#include "base/text.h"
#include "host/egress.h"
#include "host/errqueue.h"
#include "host/evidence.h"
#include "net/run.h"
#include "net/transport.h"
#include "relay/relay.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* So many errors are taken in one go, at the most. */
#define TAKES 64

/* The last ICMP error that has come in for FD; the queue is empty then. */
static bool take_errors(struct trace *trace, int fd, struct icmp_error *error)
{
	struct icmp_error next;
	bool found = false;
	for (int takes = 0; takes < TAKES && errqueue_read(trace, fd, &next); takes++) {
		*error = next;
		found = true;
	}
	return found;
}

bool relay_forgives(struct relay *relay, struct pump *pump, int err)
{
	char sender[256];
	struct text text = TEXT_IN(sender);
	struct icmp_error error;
	struct trace *trace = relay->run->trace;
	/* One that is too large will be so the next time, too. */
	bool icmp = icmp_is_errno(err) && err != EMSGSIZE;
	bool unreachable = icmp && err != ECONNREFUSED;
	bool of_one = icmp || err == EPERM || err == ENOENT;

	if (!relay->net->packets ||
	    !(relay->net->any_peer && !relay->net->group ? of_one
							 : unreachable && relay->out.bytes > 0))
		return false;
	if (take_errors(trace, transport_socket(relay->net), &error)) {
		text_str(&text, ": ");
		icmp_error_format_answer(&text, &error);
	}
	console_status(relay->run->console, "the last datagram did not reach %s: %s%s", relay->peer,
		       errno_words(err), sender);
	pump_forget(pump);
	return true;
}

/* A datagram that is larger than the next link takes was dropped there. */
static void explain_size(const struct icmp_error *error, struct fault *fault)
{
	fault->status = STATUS_UNREACHABLE;
	fault_cause(fault, CAUSE_TOO_LARGE,
		    "%s answered: the next link takes %d bytes at the most, headers included",
		    addr_host_text(&error->offender).chars, error->mtu);
}

static void explain_icmp(struct trace *trace, int fd, const struct icmp_error *error,
			 struct fault *fault)
{
	char sender[256];
	struct text text = TEXT_IN(sender);
	struct addr target;
	struct evidence evidence;

	if (error->mtu > 0) {
		explain_size(error, fault);
		return;
	}
	if (sys_getpeername(trace, fd, &target) != 0)
		return;
	target = addr_unmapped(&target);
	evidence_of_error(&evidence, trace, fd, error);
	if (icmp_error_closes_port(error, &target)) {
		evidence_explain_closed(&evidence, fault);
		return;
	}
	/* How long ago it was sent is not known: the neighbors tell whether the next hop answers.
	 */
	enum cause local = evidence.from_self ? egress_fault(&text, trace, fd) : CAUSE_NONE;
	if (local)
		fault_cause(fault, local, "%s", sender);
	else if (fault->detail[0] == '\0')
		evidence_explain_icmp(&evidence, &target, 0, fault);
}

void relay_explain_datagram(const struct relay *relay, const struct transport *transport,
			    struct fault *fault)
{
	struct icmp_error error;
	struct trace *trace = relay->run->trace;
	if (take_errors(trace, transport_socket(transport), &error))
		explain_icmp(trace, transport_socket(transport), &error, fault);
	else if (fault->err == EPERM)
		fault_cause(fault, CAUSE_LOCAL_FIREWALL,
			    "the firewall of this host does not let it out: it was not sent");
}

enum cause relay_judge_silence(const struct relay *relay, struct text *out)
{
	if (relay->in.bytes == 0 || relay->out.bytes > 0)
		return CAUSE_NONE;
	text_str(out, out->len ? "\n" : "");
	if (relay->net->group) {
		text_printf(out,
			    "%llu bytes were sent to all who listen at that address, and nobody "
			    "answered",
			    (unsigned long long)relay->in.bytes);
		return CAUSE_GROUP_SILENT;
	}
	text_printf(out,
		    "%llu bytes were sent, and neither an answer nor an ICMP error came: the "
		    "service has nothing to say to "
		    "them, or a firewall drops them, or the answers",
		    (unsigned long long)relay->in.bytes);
	return CAUSE_NO_ANSWER;
}
