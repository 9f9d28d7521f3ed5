/* What the kernel knows of a connect that failed.  The order is given by the kernel: SO_ERROR, then
 * the error queue, as emptying that clears SO_ERROR; then TCP_INFO, which a closed socket has no
 * more. */
#include "host/evidence.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "host/egress.h"
#include "host/errqueue.h"
#include "net/sockopt.h"
#include "proto/nlroute.h"
#include "trace/purpose.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* Before so much time nobody concludes that a next hop does not answer. */
#define NEXT_HOP_NS (500 * NS_PER_MS)

void evidence_ask(struct trace *trace, int fd, int family, bool on)
{
	if (family == AF_INET6)
		sockopt_ask_errors(trace, fd, family, on);
}

/* Whether ADDR is this host's: a connection to it, or an error from it, has it as its source. */
static bool is_own(struct trace *trace, int fd, const struct addr *addr)
{
	struct addr local;
	struct addr same = *addr;
	if (sys_getsockname(trace, fd, &local) != 0)
		return false;
	addr_set_port(&local, 0);
	addr_set_port(&same, 0);
	return addr_equal(&local, &same);
}

/* No SYN counts as repeated (tcpi_total_retrans), and yet the timer has run (tcpi_retransmits): the
 * first one waits for the next hop's link address and has never left. */
static void read_syns(struct evidence *evidence, struct trace *trace, int fd)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);
	if (sys_getsockopt(trace, fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return;
	if (len < offsetof(struct tcp_info, tcpi_total_retrans) + sizeof(info.tcpi_total_retrans))
		return;
	evidence->syns = 1 + (int)info.tcpi_total_retrans;
	evidence->unsent = info.tcpi_total_retrans == 0 && info.tcpi_retransmits > 0;
}

void evidence_of_error(struct evidence *evidence, struct trace *trace, int fd,
		       const struct icmp_error *error)
{
	*evidence = (struct evidence){.icmp = true, .error = *error};
	evidence->from_self = is_own(trace, fd, &evidence->error.offender);
}

/* What the calls of this file are made for, and in the trace the answer to. */
#define QUESTION "what became of the SYN"

bool evidence_take_icmp(struct evidence *evidence, struct trace *trace, int fd)
{
	struct purpose purpose;
	purpose_enter(&purpose, trace, QUESTION);
	*evidence = (struct evidence){.icmp = false};
	evidence->icmp = errqueue_read(trace, fd, &evidence->error);
	purpose_leave(&purpose);
	return evidence->icmp;
}

/* Whether this host itself says that the next hop cannot be reached. */
static bool says_no_hop(const struct evidence *evidence)
{
	return evidence->icmp && evidence->from_self &&
	       icmp_error_meaning(&evidence->error) == ICMP_NO_HOST;
}

/* Whether it looks as if nothing had left this host; a SYN that has been sent once may wait for
 * what is still asked for. */
static bool suspects_link(const struct evidence *evidence)
{
	return says_no_hop(evidence) || evidence->unsent ||
	       (!evidence->icmp && evidence->syns == 1);
}

void evidence_of_link(struct evidence *evidence, struct trace *trace,
		      const struct route_query *query)
{
	struct text text = TEXT_IN(evidence->link_words);
	if (!suspects_link(evidence))
		return;
	evidence->link = egress_first_link(&text, trace, query);
	evidence->unsent |= !evidence->icmp && evidence->link;
}

/* Ends PURPOSE with what EVIDENCE says of a connect that failed with ERR. */
static void tell_answer(struct purpose *purpose, const struct evidence *evidence, int err)
{
	char answer[320] = "";
	struct text text = TEXT_IN(answer);
	if (evidence->icmp)
		icmp_error_format_answer(&text, &evidence->error);
	else if (err == ECONNREFUSED)
		text_str(&text, "answered with RST");
	else if (evidence->unsent)
		text_str(&text, "it has not left this host");
	else if (evidence->syns > 0)
		text_printf(&text, "no answer, sent %d time%s", evidence->syns,
			    evidence->syns == 1 ? "" : "s");
	else
		text_str(&text, "not known");
	purpose_end(purpose, "%s", answer);
}

void evidence_complete(struct evidence *evidence, struct trace *trace, int fd,
		       const struct addr *target, int err)
{
	struct route_query query;
	struct purpose purpose;
	purpose_begin(&purpose, trace, "this host", QUESTION);
	if (evidence->icmp)
		evidence->from_self = is_own(trace, fd, &evidence->error.offender);
	else
		read_syns(evidence, trace, fd);
	evidence->to_self = is_own(trace, fd, target);
	if (err != ECONNREFUSED && suspects_link(evidence) &&
	    egress_flow(&query, trace, fd, target))
		evidence_of_link(evidence, trace, &query);
	tell_answer(&purpose, evidence, err);
}

/* What the answer means, by who gave it: this host (which then has a name for it of its
 * own), the target, or somebody on the way. */
static const struct {
	enum cause cause, self_cause;
	const char *self, *host, *router;
} icmp_causes[] = {
	[ICMP_OTHER] = {CAUSE_ICMP_ERROR, CAUSE_ICMP_ERROR, "", "", ""},
	[ICMP_NO_NETWORK] = {CAUSE_ROUTER_NO_ROUTE, CAUSE_ROUTE_MISSING, ": this host has no route",
			     "", ": that router has no route to the network"},
	[ICMP_NO_HOST] = {CAUSE_HOST_UNREACHABLE, CAUSE_NEXT_HOP_SILENT,
			  ": the next hop does not answer ARP or neighbor discovery, so the host "
			  "is down or not there",
			  "", ": that router does not reach the host, which is down or not there"},
	[ICMP_NO_PROTOCOL] = {CAUSE_PROTOCOL_UNREACHABLE, CAUSE_LOCAL_FIREWALL,
			      ": the firewall of this host rejects it",
			      ": the host does not speak this protocol",
			      ": a firewall on the way rejects it"},
	[ICMP_NO_PORT] = {CAUSE_FIREWALL_REJECTS, CAUSE_LOCAL_FIREWALL,
			  ": the firewall of this host rejects it",
			  ": a firewall on that host rejects it (a closed TCP port answers "
			  "with RST)",
			  ": a firewall on the way rejects it"},
	[ICMP_PROHIBITED] = {CAUSE_PROHIBITED, CAUSE_LOCAL_FIREWALL,
			     ": the firewall of this host rejects it",
			     ": a firewall on that host rejects it",
			     ": a firewall on the way rejects it"},
	[ICMP_TTL] = {CAUSE_TTL_EXCEEDED, CAUSE_TTL_EXCEEDED, "", "",
		      ": the TTL is too small for the way, or there is a routing loop"},
};

/* An ICMP error names its sender: that is a fact. */
void evidence_explain_icmp(const struct evidence *evidence, const struct addr *target,
			   int64_t waited_ns, struct fault *fault)
{
	char answer[320];
	struct text text = TEXT_IN(answer);
	struct addr host = *target;
	struct addr sender = evidence->error.offender;
	enum icmp_meaning meaning = icmp_error_meaning(&evidence->error);

	addr_set_port(&host, 0);
	addr_set_port(&sender, 0);
	bool from_host = addr_equal(&host, &sender);
	/* ARP and neighbor discovery are tried for some time; a firewall rejects at once. */
	if (evidence->from_self && meaning == ICMP_NO_HOST && !evidence->link &&
	    waited_ns < NEXT_HOP_NS)
		meaning = ICMP_PROHIBITED;
	const char *meant = evidence->from_self ? icmp_causes[meaning].self
			    : from_host         ? icmp_causes[meaning].host
						: icmp_causes[meaning].router;
	enum cause cause = evidence->link        ? evidence->link
			   : evidence->from_self ? icmp_causes[meaning].self_cause
						 : icmp_causes[meaning].cause;
	addr_format_host(&text, &sender);
	text_printf(&text,
		    " answered%s: ", evidence->from_self ? ", which is this host itself" : "");
	icmp_error_format(&text, &evidence->error);
	fault_cause(fault, cause, "%s%s%s%s", answer, meant, evidence->link ? "\n" : "",
		    evidence->link_words);
	/* Not by the errno: ICMPv6 that prohibits becomes EACCES, which would be this host's. */
	fault->status = cause_status(cause);
}

void evidence_explain_closed(const struct evidence *evidence, struct fault *fault)
{
	char answer[256];
	struct text text = TEXT_IN(answer);
	icmp_error_format_answer(&text, &evidence->error);
	fault->here = evidence->from_self;
	fault_cause(fault, CAUSE_REFUSED, "%s: the host is up, and nothing has that port", answer);
}
