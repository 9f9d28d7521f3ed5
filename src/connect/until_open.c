/* Trying again until the connection succeeds. */
#include "connect/until_open.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/console.h"

/* Whether what FAULT tells of may be otherwise next time: nobody listens yet, the host or its name
 * is not there yet, or this host has no address or no port left for it. */
static bool may_pass(const struct fault *fault)
{
	switch (fault->step) {
	case STEP_CONNECT:
	case STEP_BIND:
	case STEP_LOOKUP:
	case STEP_READ:
	case STEP_WRITE:
		return true;
	default:
		return false;
	}
}

/* What is waited for, and how often it has been tried. */
struct tries {
	const struct run *run;
	const struct dial_config *config;
	unsigned count;
};

static void report_tries(const void *context)
{
	const struct tries *tries = context;
	char target[512], line[640];
	struct text text = TEXT_IN(target);
	struct note note;
	describe_target(&text, tries->config);
	snprintf(line, sizeof(line), "state: %s is not open yet after %u tries\n", target,
		 tries->count);
	note_start(&note, "state", "%s is not open yet", target);
	note_number(&note, "attempts", tries->count);
	console_report(tries->run->console, &note, line);
}

/* Time is up; LAST is what the last try ended with. */
static int give_up(const struct tries *tries, const struct fault *last, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	describe_target(&text, tries->config);
	fault_words(fault, STEP_WAIT, STATUS_TIMEOUT, "not open yet", "wait for %s", target);
	fault_cause(fault, last->cause, "%u %s in %s (--deadline), the last: %s%s%.700s",
		    tries->count, tries->count == 1 ? "try" : "tries",
		    units_limit(tries->run->limit_ns).chars, last->reason,
		    last->detail[0] ? "\n" : "", last->detail);
	return -1;
}

int dial_until_open(const struct run *run, const struct dial_config *config, int64_t pause_ns,
		    struct dial_result *result, struct fault *fault)
{
	struct tries tries = {.run = run, .config = config};
	for (;;) {
		int64_t start_ns = clock_now();
		struct fault last = {.step = STEP_NONE};
		tries.count++;
		if (dial(run, config, result, &last) == 0)
			return 0;
		fault_explain(&last);
		if (!may_pass(&last)) {
			*fault = last;
			return -1;
		}
		if (clock_now() < run->deadline_ns)
			console_status(run->console, "handset: %s failed: %s", last.action,
				       last.reason);
		if (pollset_pause(run, deadline_after(start_ns, pause_ns), report_tries, &tries,
				  fault) != 0)
			return -1;
		if (clock_now() >= run->deadline_ns)
			return give_up(&tries, &last, fault);
	}
}
