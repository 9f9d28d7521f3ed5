/* The words for the end of a run. */
#include "net/run.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/units.h"

int run_deadline_fault(const struct run *run, struct fault *fault, const char *format, ...)
{
	char action[sizeof(fault->action)];
	va_list args;
	va_start(args, format);
	vsnprintf(action, sizeof(action), format, args);
	va_end(args);
	fault_words(fault, STEP_WAIT, STATUS_TIMEOUT, "the deadline passed", "%s", action);
	fault_cause(fault, CAUSE_DEADLINE, "--deadline of %s", units_limit(run->limit_ns).chars);
	return -1;
}
