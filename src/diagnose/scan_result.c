/* What a scan has found out of each port. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "diagnose/scan_internal.h"
#include "net/run.h"
#include "trace/trace.h"

/* The address of SLOT is not the one of ANSWERER: keep that. */
static void keep_other(struct port_result *result, const struct scan *scan, const struct slot *slot,
		       const struct addr *answerer)
{
	struct addr bare = *answerer;
	addr_set_port(&bare, 0);
	if (!scan_is_proxied(scan) && !addr_equal(&bare, &scan->addrs[slot->address]))
		result->other = strdup(addr_host_text(&bare).chars);
}

/* What SLOT has come to is the port's own result. */
static void set_answerer(struct scan *scan, const struct slot *slot, const struct addr *answerer)
{
	struct port_result *result = &scan->results[slot->port];
	free(result->other);
	result->other = NULL;
	result->answered = answerer != NULL;
	result->address = (unsigned char)slot->address;
	result->took_ns = clock_now() - slot->start_ns;
	if (answerer)
		keep_other(result, scan, slot, answerer);
}

void scan_opened(struct scan *scan, const struct slot *slot, const struct addr *answerer,
		 size_t answer)
{
	struct port_result *result = &scan->results[slot->port];
	result->left--;
	scan->heard = true;
	if (result->opened)
		return;
	result->opened = (unsigned char)(1 + slot->address);
	result->answer = (unsigned short)(answer < UINT16_MAX ? answer : UINT16_MAX);
	set_answerer(scan, slot, answerer ? answerer : &scan->addrs[slot->address]);
}

static void take_failure(struct scan *scan, const struct slot *slot, const struct fault *fault,
			 const struct addr *answerer)
{
	struct port_result *result = &scan->results[slot->port];
	result->left--;
	scan->heard |= fault->status != STATUS_TIMEOUT;
	if (result->opened ||
	    (result->status != 0 && fault_rank(fault->status) <= fault_rank(result->status)))
		return;
	result->status = (unsigned char)fault->status;
	result->cause = fault->cause;
	set_answerer(scan, slot, answerer);
}

/* Keep the cause that FAULT has until it is the port's turn. */
static void keep_evidence(struct port_result *result, const struct fault *fault)
{
	char lines[4096];
	struct text text = TEXT_IN(lines);
	text_str(&text, result->evidence ? result->evidence : "");
	text_indented(&text, fault->detail, 2, 2);
	char *kept = strdup(lines);
	if (!kept)
		return;
	free(result->evidence);
	result->evidence = kept;
}

void scan_failed(struct scan *scan, const struct slot *slot, struct fault *fault,
		 const struct addr *answerer)
{
	fault_explain(fault);
	if (!fault_is_set(&scan->failure) ||
	    (scan->alone && fault_rank(fault->status) > fault_rank(scan->failure.status)))
		scan->failure = *fault;
	if (!scan->alone && trace_shows(scan->run->trace, 2))
		keep_evidence(&scan->results[slot->port], fault);
	take_failure(scan, slot, fault, answerer);
}

void scan_refused(struct scan *scan, const struct slot *slot)
{
	const struct fault fault = {.status = STATUS_REFUSED, .cause = CAUSE_REFUSED};
	take_failure(scan, slot, &fault, &scan->addrs[slot->address]);
}

void scan_result_close(struct port_result *result)
{
	free(result->other);
	free(result->evidence);
	result->other = result->evidence = NULL;
}
