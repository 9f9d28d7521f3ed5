/* How a look-up ends: waiting for it, what is told of one that is slow, and the fault of one that
 * failed. */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/nsquery.h"
#include "resolve/resolve.h"
#include "trace/console.h"
#include "trace/trace.h"

static const char *family_word(int family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

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

/* ---- slow, or failed ---- */

/* When it counts as slow: time is left then to find out why. */
static int64_t slow_at(const struct resolve *resolve, int64_t deadline_ns)
{
	int64_t slow_ns = resolve->start_ns + INQUIRY_SLOW_NS;
	if (deadline_ns == NEVER)
		return slow_ns;
	return deadline_min(slow_ns, resolve->start_ns + (deadline_ns - resolve->start_ns) / 2);
}

void resolve_want(struct resolve *resolve, struct pollset *set, int64_t deadline_ns)
{
	for (size_t i = 0; i < resolve->count; i++)
		if (!lookup_is_done(&resolve->lookups[i]))
			pollset_add(set, resolve->lookups[i].fd, POLLIN,
				    &resolve->lookups[i].ready);
	if (resolve->nsquery)
		nsquery_want(resolve->nsquery, set);
	else if (!resolve_is_done(resolve))
		pollset_wake(set, slow_at(resolve, deadline_ns));
}

/* Which families are missing: "IPv4 or IPv6". */
static const char *missing(const struct resolve *resolve)
{
	const struct lookup *lookups = resolve->lookups;
	if (resolve->count == 1)
		return family_word(lookups[0].family);
	if (!lookup_is_done(&lookups[0]) && !lookup_is_done(&lookups[1]))
		return "IPv4 or IPv6";
	return family_word(lookups[lookup_is_done(&lookups[0]) ? 1 : 0].family);
}

/* The family that holds things up, and what the servers say when they are asked for it. */
static void report_slow(struct resolve *resolve, const struct run *run, int64_t now_ns)
{
	char lines[512];
	struct text text = TEXT_IN(lines);
	struct note note;
	int64_t waited_ns = now_ns - resolve->start_ns;

	resolve->reported = true;
	nsquery_format(&text, resolve->nsquery);
	note_start(&note, "inquiry", "look-up: no %s address after %.1f s", missing(resolve),
		   (double)waited_ns / NS_PER_SEC);
	note_text(&note, "name", resolve->host);
	note_text(&note, "missing", missing(resolve));
	note_text(&note, "servers", lines);
	note_seconds(&note, "waited", waited_ns);
	trace_note(run->trace, &note);
	if (resolve_is_done(resolve))
		console_status(run->console, "look-up of %s took %.1f s", resolve->host,
			       (double)waited_ns / NS_PER_SEC);
	else
		console_status(run->console, "look-up of %s: no %s address after %.1f s",
			       resolve->host, missing(resolve), (double)waited_ns / NS_PER_SEC);
	for (char *line = lines, *end; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		console_status(run->console, "  %s", line);
	}
}

bool resolve_inquire(struct resolve *resolve, const struct run *run, int64_t now_ns,
		     int64_t deadline_ns)
{
	bool done = resolve_is_done(resolve);
	bool failed = done && !resolve_has_address(resolve);
	bool slow = !done && now_ns >= slow_at(resolve, deadline_ns);
	if (!resolve->asked || (!resolve->nsquery && !failed && !slow))
		return false;
	if (!resolve->nsquery)
		resolve->nsquery = nsquery_open(run, resolve, deadline_ns);
	if (!resolve->nsquery)
		return false;
	bool over = nsquery_advance(resolve->nsquery, now_ns);
	if (over && !failed && !resolve->reported)
		report_slow(resolve, run, now_ns);
	return !over;
}

void resolve_report(struct resolve *resolve, const struct run *run)
{
	int64_t now_ns = clock_now();
	if (resolve->nsquery && !resolve->reported)
		report_slow(resolve, run, now_ns);
	else if (resolve->asked && !resolve->reported && !resolve_is_done(resolve))
		console_status(
			run->console,
			"look-up of %s: no answer for %s after %.0f ms, the other family is enough",
			resolve->host, missing(resolve),
			(double)(now_ns - resolve->start_ns) / NS_PER_MS);
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
			    family_word(none->family == AF_INET ? AF_INET6 : AF_INET));
		return;
	}
	text_printf(out, "\nits %s address could not be looked up", family_word(none->family));
	if (!resolve->nsquery || !nsquery_is_over(resolve->nsquery))
		return;
	text_str(out, ": ");
	nsquery_format(out, resolve->nsquery);
}

/* ---- faults ---- */

int resolve_fault(const struct resolve *resolve, struct fault *fault)
{
	const struct lookup *worst = &resolve->lookups[0];
	for (size_t i = 1; i < resolve->count; i++)
		if (error_rank(resolve->lookups[i].error) > error_rank(worst->error))
			worst = &resolve->lookups[i];
	fault_words(fault, STEP_LOOKUP, STATUS_NAME, gai_strerror(worst->error), "look-up of %s",
		    resolve->host);
	if (error_rank(worst->error) == 0)
		fault_cause(fault, "name-no-address", "the name exists, but has no %s address",
			    resolve->count == 1 ? family_word(worst->family) : "IPv4 or IPv6");
	else if (worst->error == EAI_NONAME && resolve->count == 1)
		fault_cause(fault, "name-unknown",
			    "there is no such name, or it has no %s address (-%c)",
			    family_word(worst->family), worst->family == AF_INET6 ? '6' : '4');
	else if (worst->error == EAI_NONAME)
		fault_cause(fault, "name-unknown",
			    "there is no such name in /etc/hosts or in the DNS");
	else if (worst->error == EAI_AGAIN)
		fault_cause(
			fault, "name-server-failed",
			"the name servers of /etc/resolv.conf gave no usable answer within %.3g s",
			(double)worst->duration_ns / NS_PER_SEC);
	if (resolve->nsquery)
		nsquery_explain(resolve->nsquery, resolve, fault);
	return -1;
}

int resolve_timeout(const struct resolve *resolve, int64_t limit_ns, struct fault *fault)
{
	fault_words(fault, STEP_LOOKUP, STATUS_NAME, "Connection timed out", "look-up of %s",
		    resolve->host);
	fault_cause(fault, "name-timeout",
		    "the phase that ran out is the name look-up: it did not end within %g s",
		    (double)limit_ns / NS_PER_SEC);
	if (resolve->nsquery)
		nsquery_explain(resolve->nsquery, resolve, fault);
	return -1;
}

/* Take the answers that are there. */
static void resolve_collect(struct resolve *resolve, const struct run *run)
{
	for (size_t i = 0; i < resolve->count; i++) {
		struct lookup *lookup = &resolve->lookups[i];
		if (!lookup_is_done(lookup) && lookup->ready)
			lookup_collect(lookup, resolve, run);
		lookup->ready = false;
	}
}

int resolve_wait(struct resolve *resolve, const struct run *run, int64_t deadline_ns,
		 int64_t limit_ns, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	for (;;) {
		int64_t now_ns = clock_now();
		bool asking = resolve_inquire(resolve, run, now_ns, deadline_ns);
		if (resolve_is_done(resolve) && (resolve_has_address(resolve) || !asking))
			break;
		if (now_ns >= deadline_ns) {
			status = resolve_timeout(resolve, limit_ns, fault);
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
