/* What a scan has found out of each port. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diagnose/scan_internal.h"
#include "net/run.h"
#include "trace/console.h"

void scan_opened(struct scan *scan, const struct slot *slot, size_t answer)
{
	struct port_result *result = &scan->results[slot->port];
	result->left--;
	if (!result->opened)
		result->opened = (unsigned char)(1 + slot->address);
	result->answer = (unsigned short)(answer < UINT16_MAX ? answer : UINT16_MAX);
	scan->heard = true;
}

void scan_failed_silently(struct scan *scan, const struct slot *slot, enum status status,
			  enum cause cause)
{
	struct port_result *result = &scan->results[slot->port];
	result->left--;
	scan->heard |= status != STATUS_TIMEOUT;
	if (result->status != 0 && fault_rank(status) <= fault_rank(result->status))
		return;
	result->status = (unsigned char)status;
	result->cause = cause;
}

/* Keep what is to be printed of FAULT until it is the port's turn. */
static void keep_lines(struct port_result *result, const struct fault *fault)
{
	char lines[4096];
	struct text text = TEXT_IN(lines);
	text_printf(&text, "%shandset: %s failed: %s\n", result->lines ? result->lines : "",
		    fault->action, fault->reason);
	text_indented(&text, fault->detail, 2, 2);
	char *kept = strdup(lines);
	if (!kept)
		return;
	free(result->lines);
	result->lines = kept;
}

void scan_failed(struct scan *scan, const struct slot *slot, struct fault *fault)
{
	fault_explain(fault);
	if (scan->alone && (!fault_is_set(&scan->only) ||
			    fault_rank(fault->status) > fault_rank(scan->only.status)))
		scan->only = *fault;
	else if (console_is_verbose(scan->run->console))
		keep_lines(&scan->results[slot->port], fault);
	scan_failed_silently(scan, slot, fault->status, fault->cause);
}
