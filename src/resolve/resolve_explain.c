/* The cause of a look-up that failed. */
#include "resolve/resolve_explain.h"

#include <netdb.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "net/run.h"
#include "resolve/nsquery.h"
#include "resolve/nsquery_explain.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve.h"

/* Which of two failures says more: a resolver that failed leaves the question open, "no such name"
 * settles it, and "no address of this family" is outdone by both. */
static int error_rank(int error)
{
	switch (error) {
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return 0;
	case EAI_NONAME:
		return 1;
	default:
		return 2;
	}
}

int resolve_fault(const struct resolve *resolve, struct fault *fault)
{
	const struct lookup *worst = &resolve->lookups[0];
	for (size_t i = 1; i < resolve->count; i++)
		if (error_rank(resolve->lookups[i].error) > error_rank(worst->error))
			worst = &resolve->lookups[i];
	fault_words(fault, STEP_LOOKUP, STATUS_NAME, lookup_words(worst->error), "look-up of %s",
		    resolve->host);
	if (error_rank(worst->error) == 0)
		fault_cause(fault, CAUSE_NAME_NO_ADDRESS, "the name exists, but has no %s address",
			    resolve->count == 1 ? lookup_family_word(worst->family)
						: "IPv4 or IPv6");
	else if (worst->error == EAI_NONAME && resolve->count == 1)
		fault_cause(fault, CAUSE_NAME_UNKNOWN,
			    "there is no such name, or it has no %s address (-%c)",
			    lookup_family_word(worst->family),
			    worst->family == AF_INET6 ? '6' : '4');
	else if (worst->error == EAI_NONAME)
		fault_cause(fault, CAUSE_NAME_UNKNOWN,
			    "there is no such name in /etc/hosts or in the DNS");
	else if (worst->error == EAI_AGAIN)
		fault_cause(fault, CAUSE_NAME_SERVER_FAILED,
			    "the name servers of /etc/resolv.conf gave no usable answer within %s",
			    units_time(worst->duration_ns).chars);
	if (resolve->nsquery)
		nsquery_explain(resolve->nsquery, resolve, fault);
	return -1;
}

int resolve_timeout(const struct resolve *resolve, const struct run *run, int64_t limit_ns,
		    struct fault *fault)
{
	bool whole_run = clock_now() >= run->deadline_ns;
	fault_words(fault, STEP_LOOKUP, whole_run ? STATUS_TIMEOUT : STATUS_NAME,
		    "Connection timed out", "look-up of %s", resolve->host);
	fault_cause(fault, CAUSE_NAME_TIMEOUT,
		    "the phase that ran out is the name look-up: it did not end within %s",
		    units_limit(whole_run ? run->limit_ns : limit_ns).chars);
	if (resolve->nsquery)
		nsquery_explain(resolve->nsquery, resolve, fault);
	return -1;
}

void resolve_remark(const struct resolve *resolve, struct text *out)
{
	const struct lookup *none = NULL;
	for (size_t i = 0; i < resolve->count && resolve->count == 2; i++)
		if (resolve->lookups[i].count == 0)
			none = &resolve->lookups[i];
	if (!none || !resolve->asked)
		return;
	if (lookup_is_done(none) && error_rank(none->error) < 2) {
		text_printf(out, "\nthe name has only an %s address",
			    lookup_family_word(none->family == AF_INET ? AF_INET6 : AF_INET));
		return;
	}
	text_printf(out, "\nits %s address could not be looked up",
		    lookup_family_word(none->family));
	if (!resolve->nsquery || !nsquery_is_over(resolve->nsquery))
		return;
	text_str(out, ": ");
	nsquery_format(out, resolve->nsquery);
}
