/* Waiting for a look-up. */
#include "resolve/resolve_wait.h"

#include "base/clock.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/nsquery.h"
#include "resolve/resolve.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_report.h"

/* When it counts as slow: time is left then to find out why. */
static int64_t slow_at(const struct resolve *resolve, int64_t deadline_ns)
{
	int64_t slow_ns = resolve->start_ns + NSQUERY_SLOW_NS;
	if (deadline_ns == NEVER)
		return slow_ns;
	return deadline_min(slow_ns, resolve->start_ns + (deadline_ns - resolve->start_ns) / 2);
}

void resolve_want_answers(struct resolve *resolve, struct pollset *set)
{
	for (size_t i = 0; i < resolve->count; i++)
		lookup_child_want(&resolve->lookups[i].child, set);
}

void resolve_want(struct resolve *resolve, struct pollset *set, int64_t deadline_ns)
{
	resolve_want_answers(resolve, set);
	if (resolve->nsquery)
		nsquery_want(resolve->nsquery, set);
	else if (!resolve_is_done(resolve))
		pollset_wake(set, slow_at(resolve, deadline_ns));
}

bool resolve_ask_servers(struct resolve *resolve, const struct run *run, int64_t now_ns,
			 int64_t deadline_ns)
{
	bool done = resolve_is_done(resolve);
	bool failed = done && !resolve_has_address(resolve);
	bool slow = !done && now_ns >= slow_at(resolve, deadline_ns);
	if (!resolve->asked || (!resolve->nsquery && !failed && !slow))
		return false;
	if (!resolve->nsquery && deadline_ns - now_ns < NSQUERY_LEAST_NS)
		return false;
	if (!resolve->nsquery)
		resolve->nsquery = nsquery_open(run, resolve, deadline_ns);
	if (!resolve->nsquery)
		return false;
	bool over = nsquery_advance(resolve->nsquery, now_ns);
	if (over && !failed && !resolve->reported)
		resolve_report_slow(resolve, run, now_ns);
	return !over;
}

int resolve_wait(struct resolve *resolve, const struct run *run, int64_t deadline_ns,
		 int64_t limit_ns, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	for (;;) {
		int64_t now_ns = clock_now();
		bool asking = resolve_ask_servers(resolve, run, now_ns, deadline_ns);
		if (resolve_is_done(resolve) && (resolve_has_address(resolve) || !asking))
			break;
		if (now_ns >= deadline_ns) {
			status = resolve_timeout(resolve, run, limit_ns, fault);
			break;
		}
		pollset_clear(&set);
		resolve_want(resolve, &set, deadline_ns);
		pollset_wake(&set, deadline_ns);
		status = pollset_wait(&set, run, fault);
		if (status != 0)
			break;
		resolve_collect(resolve, run);
	}
	pollset_close(&set);
	if (status != 0)
		return -1;
	if (!resolve_has_address(resolve))
		return resolve_fault(resolve, fault);
	resolve_report(resolve, run);
	return 0;
}
