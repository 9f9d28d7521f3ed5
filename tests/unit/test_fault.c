/* What failed, in words: whatever they are made of, they are harmless. */
#include "base/fault.h"

#include <errno.h>

#include "unit.h"

static void a_cause_is_harmless_and_keeps_its_lines(void)
{
	struct fault fault = {.step = STEP_NONE};
	fault_cause(&fault, CAUSE_RESET, "one %s\ntwo\n", "\033[31m\302\233\r");
	CHECK_STR(fault.detail, "one \\x1b[31m\\xc2\\x9b\\x0d\ntwo\n");
	CHECK_INT(fault.cause, CAUSE_RESET);
}

static void a_cause_made_of_itself_grows_no_escapes(void)
{
	struct fault fault = {.step = STEP_NONE};
	fault_cause(&fault, CAUSE_RESET, "%s", "\033");
	fault_cause(&fault, fault.cause, "%.600s\nmore", fault.detail);
	CHECK_STR(fault.detail, "\\x1b\nmore");
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

static void the_status_follows_from_the_cause(void)
{
	static const struct {
		enum step step;
		int err;
		enum cause cause;
		enum status status;
	} rows[] = {
		{STEP_CONNECT, ECONNREFUSED, CAUSE_REFUSED, STATUS_REFUSED},
		{STEP_CONNECT, ECONNRESET, CAUSE_REFUSED, STATUS_REFUSED},
		{STEP_CONNECT, ETIMEDOUT, CAUSE_NO_ANSWER, STATUS_TIMEOUT},
		{STEP_CONNECT, EINVAL, CAUSE_ADDRESS_UNUSABLE, STATUS_UNREACHABLE},
		{STEP_CONNECT, EMFILE, CAUSE_DESCRIPTORS, STATUS_LOCAL},
		{STEP_CONNECT, EPIPE, CAUSE_REFUSED, STATUS_REFUSED},
		{STEP_CONNECT, ENETDOWN, CAUSE_INTERFACE_DOWN, STATUS_UNREACHABLE},
		{STEP_CONNECT, EISCONN, CAUSE_NONE, STATUS_LOCAL},
		{STEP_CONNECT, ENONET, CAUSE_HOST_UNREACHABLE, STATUS_UNREACHABLE},
		{STEP_CONNECT, ELOOP, CAUSE_PATH_MISSING, STATUS_LOCAL},
		{STEP_READ, EPIPE, CAUSE_RESET, STATUS_BROKEN},
		{STEP_WRITE, ECONNABORTED, CAUSE_ABORTED, STATUS_BROKEN},
		{STEP_READ, EACCES, CAUSE_PATH_UNREACHABLE, STATUS_BROKEN},
		{STEP_DATAGRAM, EPERM, CAUSE_LOCAL_FIREWALL, STATUS_LOCAL},
		{STEP_FILE, EDQUOT, CAUSE_DISK_FULL, STATUS_LOCAL},
		{STEP_BIND, EACCES, CAUSE_PRIVILEGED_PORT, STATUS_LOCAL},
		{STEP_READ, ECONNRESET, CAUSE_RESET, STATUS_BROKEN},
		{STEP_READ, ENOMEM, CAUSE_MEMORY, STATUS_BROKEN},
		{STEP_LOOKUP, EMFILE, CAUSE_DESCRIPTORS, STATUS_NAME},
		{STEP_SERVICE, 0, CAUSE_NONE, STATUS_NAME},
		{STEP_DATAGRAM, ECONNREFUSED, CAUSE_REFUSED, STATUS_REFUSED},
		{STEP_DATAGRAM, EHOSTUNREACH, CAUSE_HOST_UNREACHABLE, STATUS_UNREACHABLE},
		{STEP_WAIT, 0, CAUSE_NONE, STATUS_TIMEOUT},
		{STEP_OUTPUT, ENOSPC, CAUSE_DISK_FULL, STATUS_LOCAL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault fault;
		fault_errno(&fault, rows[i].step, rows[i].err, "row %zu", i);
		fault_explain(&fault);
		CHECK_INT(fault.status, rows[i].status);
		CHECK_INT(fault.cause, rows[i].cause);
		CHECK_INT(fault.detail[0] != '\0', rows[i].cause != CAUSE_NONE);
	}
}

static void what_evidence_has_found_stays(void)
{
	struct fault fault;
	fault_errno(&fault, STEP_CONNECT, ECONNREFUSED, "connect");
	fault_cause(&fault, CAUSE_FIREWALL_REJECTS, "a firewall");
	fault_explain(&fault);
	CHECK_INT(fault.cause, CAUSE_FIREWALL_REJECTS);
	CHECK_STR(fault.detail, "a firewall");
}

static void the_further_an_attempt_came_the_more_it_says(void)
{
	CHECK(fault_rank(STATUS_REFUSED) > fault_rank(STATUS_TIMEOUT));
	CHECK(fault_rank(STATUS_TIMEOUT) > fault_rank(STATUS_UNREACHABLE));
	CHECK(fault_rank(STATUS_UNREACHABLE) > fault_rank(STATUS_LOCAL));
	CHECK_INT(fault_rank(STATUS_NAME), fault_rank(STATUS_LOCAL));
}

UNIT_MAIN(a_cause_is_harmless_and_keeps_its_lines, a_cause_made_of_itself_grows_no_escapes,
	  an_action_and_a_reason_are_harmless, the_status_follows_from_the_cause,
	  what_evidence_has_found_stays, the_further_an_attempt_came_the_more_it_says)
