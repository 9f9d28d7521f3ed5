/* The fault that stands for all attempts of a dial: the one that says most, or the list of them. */
#include "connect/dial_fault.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "connect/connect_explain.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/dial_internal.h"
#include "connect/dial_report.h"
#include "net/run.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_report.h"

void dial_fault_add(struct dial *dial, const struct attempt *attempt, struct fault *fault)
{
	connect_explain(&dial->connector, &attempt->addr, fault);
	fault_explain(fault);
	text_printf(&dial->failed, "%s%s: %s", dial->failed_count++ ? "\n" : "",
		    addr_host_text(&attempt->addr).chars, fault->reason);
	if (fault->detail[0] != '\0')
		text_printf(&dial->failed, ": %.*s", (int)strcspn(fault->detail, "\n"),
			    fault->detail);
	if (!fault_is_set(&dial->worst) ||
	    fault_rank(fault->status) > fault_rank(dial->worst.status))
		dial->worst = *fault;
}

/* Add to FAULT's cause what the look-up has to say to it. */
static int with_remark(const struct dial *dial, struct fault *fault)
{
	char lines[sizeof(fault->detail)];
	struct text text = TEXT_IN(lines);
	fault_explain(fault);
	text_str(&text, fault->detail);
	resolve_remark(&dial->resolve, &text);
	fault_cause(fault, fault->cause, "%s", lines + (lines[0] == '\n'));
	return -1;
}

int dial_fault_all(struct dial *dial, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);

	if (dial->count == 0)
		return resolve_fault(&dial->resolve, fault);
	resolve_report(&dial->resolve, dial->run);
	*fault = dial->worst;
	if (dial->failed_count < 2 || fault->step != STEP_CONNECT)
		return with_remark(dial, fault);
	describe_attempt(&text, dial->config, NULL);
	fault_errno(fault, STEP_CONNECT, dial->worst.err, "connect to %s", target);
	fault_cause(fault, dial->worst.cause, "%s", dial->failures);
	fault->here = dial->worst.here;
	return with_remark(dial, fault);
}

int dial_fault_timeout(struct dial *dial, struct fault *fault)
{
	bool whole_run = dial->deadline_ns == dial->run->deadline_ns;
	int64_t limit_ns = whole_run ? dial->run->limit_ns : dial->config->connect_ns;
	char target[512];
	struct text text = TEXT_IN(target);

	if (dial->covered) {
		describe_target(&text, dial->config);
		return fault_words(fault, STEP_CONNECT, STATUS_TIMEOUT,
				   "the handshake was not over in time", "connect to %s", target);
	}
	if (dial->winner) {
		dial_proxy_timeout(dial, limit_ns, fault);
		fault->status = whole_run ? STATUS_TIMEOUT : fault->status;
		return -1;
	}
	if (dial->count == 0)
		return resolve_timeout(&dial->resolve, dial->run, limit_ns, fault);
	/* Every address that is known has failed already: it is the other family's look-up that ran
	 * out. */
	if (attempts_pending(dial->attempts, dial->count) == 0)
		return dial_fault_all(dial, fault);
	for (size_t i = 0; i < dial->count; i++) {
		if (dial->attempts[i].state != ATTEMPT_PENDING)
			continue;
		attempt_timeout(&dial->attempts[i], &dial->connector, fault);
		if (dial->count == 1)
			continue;
		dial_fault_add(dial, &dial->attempts[i], fault);
		dial_report_failure(dial, fault);
	}
	if (dial->count == 1) {
		connect_explain(&dial->connector, &dial->attempts[0].addr, fault);
		return with_remark(dial, fault);
	}
	describe_attempt(&text, dial->config, NULL);
	fault_errno(fault, STEP_CONNECT, ETIMEDOUT, "connect to %s", target);
	fault_cause(fault, CAUSE_NO_ANSWER, "%s", dial->failures);
	return with_remark(dial, fault);
}
