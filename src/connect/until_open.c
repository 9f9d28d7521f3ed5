/* Trying again until the connection succeeds. */
#include "connect/until_open.h"

#include <stdio.h>
#include <string.h>

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
	case STEP_READ:
	case STEP_WRITE:
		return true;
	case STEP_LOOKUP:
		return strncmp(fault->action, "look-up of service", strlen("look-up of service")) !=
		       0;
	default:
		return false;
	}
}

/* Wait until UNTIL_NS.  0, or -1 with FAULT: a signal asks to end. */
static int pause_until(const struct run *run, const struct dial_config *config, unsigned tries,
		       int64_t until_ns, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	while (status == 0 && clock_now() < deadline_min(until_ns, run->deadline_ns)) {
		pollset_clear(&set);
		pollset_wake(&set, until_ns);
		status = pollset_wait(&set, run, fault);
		if (set.report) {
			char target[512], line[640];
			struct text text = TEXT_IN(target);
			struct note note;
			describe_target(&text, config);
			snprintf(line, sizeof(line), "state: %s is not open yet after %u tries\n",
				 target, tries);
			note_start(&note, "state", "%s is not open yet", target);
			note_number(&note, "attempts", tries);
			console_report(run->console, &note, line);
		}
		set.report = false;
	}
	pollset_close(&set);
	return status;
}

/* Time is up; LAST is what the last try ended with. */
static int give_up(const struct run *run, const struct dial_config *config, unsigned tries,
		   const struct fault *last, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	describe_target(&text, config);
	fault_words(fault, STEP_WAIT, STATUS_TIMEOUT, "not open yet", "wait for %s", target);
	fault_cause(fault, last->cause, "%u %s in %s (--deadline), the last: %s%s%.700s", tries,
		    tries == 1 ? "try" : "tries", units_limit(run->limit_ns).chars, last->reason,
		    last->detail[0] ? "\n" : "", last->detail);
	return -1;
}

int dial_until_open(const struct run *run, const struct dial_config *config, int64_t pause_ns,
		    struct dial_result *result, struct fault *fault)
{
	for (unsigned tries = 1;; tries++) {
		int64_t start_ns = clock_now();
		struct fault last = {.step = STEP_NONE};
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
		if (pause_until(run, config, tries, deadline_after(start_ns, pause_ns), fault) != 0)
			return -1;
		if (clock_now() >= run->deadline_ns)
			return give_up(run, config, tries, &last, fault);
	}
}
