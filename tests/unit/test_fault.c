/* What failed, in words: whatever they are made of, they are harmless. */
#include "base/fault.h"

#include <errno.h>

#include "unit.h"

static void a_cause_is_harmless_and_keeps_its_lines(void)
{
	struct fault fault = {.step = STEP_NONE};
	fault_cause(&fault, "name", "one %s\ntwo\n", "\033[31m\302\233\r");
	CHECK_STR(fault.cause, "one \\x1b[31m\\xc2\\x9b\\x0d\ntwo\n");
	CHECK_STR(fault.name, "name");
}

static void a_cause_made_of_itself_grows_no_escapes(void)
{
	struct fault fault = {.step = STEP_NONE};
	fault_cause(&fault, "name", "%s", "\033");
	fault_cause(&fault, fault.name, "%.600s\nmore", fault.cause);
	CHECK_STR(fault.cause, "\\x1b\nmore");
}

static void an_action_and_a_reason_are_harmless(void)
{
	struct fault fault;
	fault_words(&fault, STEP_CONNECT, STATUS_FAILED, "no\033", "say %s", "\a\n");
	CHECK_STR(fault.reason, "no\\x1b");
	CHECK_STR(fault.action, "say \\x07\\x0a");
	CHECK_INT(fault_errno(&fault, STEP_CONNECT, ECONNREFUSED, "connect to %s", "\033"), -1);
	CHECK_STR(fault.action, "connect to \\x1b");
	CHECK_INT(fault.status, STATUS_REFUSED);
}

UNIT_MAIN(a_cause_is_harmless_and_keeps_its_lines, a_cause_made_of_itself_grows_no_escapes,
	  an_action_and_a_reason_are_harmless)
