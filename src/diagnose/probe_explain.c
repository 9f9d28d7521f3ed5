/* The cause of a probe that was not accepted. */
#include "diagnose/probe_explain.h"

#include <errno.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/attempt.h"
#include "connect/connect_explain.h"
#include "connect/connector.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "diagnose/probe.h"
#include "host/egress.h"
#include "host/evidence.h"
#include "net/run.h"

static void explain_icmp(const struct probe *probe, const struct probe_target *target,
			 struct fault *fault)
{
	struct evidence evidence = {.icmp = true, .error = probe->error};
	struct route_query query = connector_flow(target->connector, &target->addr);
	evidence.from_self = egress_is_here(
		target->connector->run->trace,
		&(struct route_query){.to = probe_answerer(probe, target)});
	evidence_of_link(&evidence, target->connector->run->trace, &query);
	if (probe_is_closed(probe, target))
		evidence_explain_closed(&evidence, fault);
	else
		connect_explain_evidence(&evidence, &target->addr, probe->took_ns, fault);
}

/* This host itself could not send: the same connect, with all the evidence that a connect gathers.
 */
static void explain_local(const struct probe_target *target, struct fault *fault)
{
	struct attempt attempt = {.addr = target->addr};
	struct fault found = {.step = STEP_NONE};

	attempt_start(&attempt, target->connector, &found);
	if (attempt.state == ATTEMPT_FAILED)
		*fault = found;
	attempt_close(&attempt, target->connector->run);
	connect_explain_route(target->connector, &target->addr, fault);
	/* A datagram is let through by connect, and stopped when it is sent. */
	if (attempt.state != ATTEMPT_FAILED && fault->err == EPERM)
		fault_cause(fault, CAUSE_LOCAL_FIREWALL,
			    "the firewall of this host does not let it out: nothing was sent");
}

/* Datagrams that nothing has come back for. */
static void explain_silence(const struct probe *probe, const struct probe_target *target,
			    struct fault *fault)
{
	struct route_query query = connector_flow(target->connector, &target->addr);
	char words[160];
	struct text text = TEXT_IN(words);
	enum cause link = egress_first_link(&text, target->connector->run->trace, &query);
	fault->reason[0] = '\0';
	struct text reason = TEXT_IN(fault->reason);
	text_str(&reason, "no answer");
	if (link)
		fault_cause(fault, link, "nothing has left this host: %s", words);
	else if (probe->group)
		fault_cause(
			fault, CAUSE_GROUP_SILENT,
			"nobody who listens at that address answered what was sent to all of them");
	else
		fault_cause(fault, CAUSE_NO_ANSWER,
			    "neither an answer nor an ICMP error: the port is open and the service "
			    "has nothing to say "
			    "to what was sent, or a firewall drops it");
}

void probe_explain(const struct probe *probe, const struct probe_target *target,
		   struct fault *fault)
{
	char name[512];
	struct text text = TEXT_IN(name);
	bool udp = target->connector->config->endpoint.type == SOCK_DGRAM;
	const char *verb = udp && probe->state != PROBE_SILENT ? "send to" : "connect to";
	int err = probe->state == PROBE_SILENT ? ETIMEDOUT : probe->err;

	describe_attempt(&text, target->connector->config, &target->addr);
	fault_errno(fault, STEP_CONNECT, err, "%s %s", verb, name);
	if (probe->state == PROBE_ICMP) {
		explain_icmp(probe, target, fault);
	} else if (probe->state == PROBE_FAILED) {
		explain_local(target, fault);
	} else if (udp && probe->state == PROBE_SILENT) {
		explain_silence(probe, target, fault);
	} else if (udp && probe->state == PROBE_REFUSED) {
		fault_cause(fault, CAUSE_REFUSED,
			    "an ICMP error, of whom is not known, says that nothing has that port");
	} else {
		connect_explain_evidence(&(struct evidence){.icmp = false}, &target->addr,
					 probe->took_ns, fault);
	}
	fault_explain(fault);
}
