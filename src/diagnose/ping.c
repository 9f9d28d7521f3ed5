/* Pinging a port. */
#include "diagnose/ping.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* So long for each, without -w: what takes longer is lost. */
#define PING_WAIT_NS (5 * NS_PER_SEC)

struct pinging {
	const struct run *run;
	struct dial_config config;
	int64_t sent, connected;
	int64_t start_ns;
	double min_ms, max_ms, sum_ms, squares; /* of those that connected */
	struct fault last;                      /* failure; STEP_NONE: none yet */
};

/* ---- telling ---- */

static void put_target(struct text *out, const struct pinging *pinging,
		       const struct dial_result *dial_result)
{
	const struct dial_config *config = &pinging->config;
	if (config->path || config->proxy.type != PROXY_NONE || dial_result->peer.len == 0) {
		describe_target(out, config);
		return;
	}
	endpoint_describe(out, &config->endpoint, &dial_result->peer);
}

static int print_one(const struct pinging *pinging, const struct dial_result *dial_result,
		     double ms, const struct fault *failure, struct fault *fault)
{
	char target[512], line[1024];
	struct text name = TEXT_IN(target);
	struct text out = TEXT_IN(line);
	struct note note;

	put_target(&name, pinging, dial_result);
	text_printf(&out, "%lld  ", (long long)pinging->sent);
	text_safe(&out, target);
	if (failure)
		text_printf(&out, "  failed: %s after %.3f ms\n", failure->reason, ms);
	else
		text_printf(&out, "  %.3f ms\n", ms);
	note_start(&note, "ping", "ping %lld of %s", (long long)pinging->sent, target);
	note_number(&note, "seq", pinging->sent);
	note_text(&note, "peer", target);
	note_seconds(&note, "dur", (int64_t)(ms * NS_PER_MS));
	note_text(&note, "reason", failure ? failure->reason : NULL);
	note_text(&note, "cause", failure ? cause_name(failure->cause) : NULL);
	trace_note(pinging->run->trace, &note);
	return stdout_write(pinging->run, line, out.len, fault);
}

/* Newton's method: libm is not linked for the sake of one number. */
static double square_root(double of)
{
	double root = of > 1 ? of : 1;
	if (of <= 0)
		return 0;
	for (int i = 0; i < 64; i++)
		root = (root + of / root) / 2;
	return root;
}

static void put_summary(struct text *out, const struct pinging *pinging)
{
	char target[512];
	struct text name = TEXT_IN(target);
	int64_t lost = pinging->sent - pinging->connected;
	describe_target(&name, &pinging->config);
	text_safe(out, target);
	text_printf(out, ": %lld sent, %lld connected, %lld lost (%.3g%%), in %.3f s\n",
		    (long long)pinging->sent, (long long)pinging->connected, (long long)lost,
		    pinging->sent ? 100.0 * (double)lost / (double)pinging->sent : 0.0,
		    (double)(clock_now() - pinging->start_ns) / NS_PER_SEC);
	if (pinging->connected == 0)
		return;
	double mean = pinging->sum_ms / (double)pinging->connected;
	text_printf(out, "min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", pinging->min_ms, mean,
		    pinging->max_ms,
		    square_root(pinging->squares / (double)pinging->connected - mean * mean));
}

static void note_summary(const struct pinging *pinging, struct note *note)
{
	note_start(note, "summary", "%lld of %lld connected", (long long)pinging->connected,
		   (long long)pinging->sent);
	note_number(note, "sent", pinging->sent);
	note_number(note, "connected", pinging->connected);
	if (pinging->connected == 0)
		return;
	note_seconds(note, "min", (int64_t)(pinging->min_ms * NS_PER_MS));
	note_seconds(note, "avg",
		     (int64_t)(pinging->sum_ms / (double)pinging->connected * NS_PER_MS));
	note_seconds(note, "max", (int64_t)(pinging->max_ms * NS_PER_MS));
}

static int print_summary(const struct pinging *pinging, struct fault *fault)
{
	char lines[1024];
	struct text out = TEXT_IN(lines);
	struct note note;
	put_summary(&out, pinging);
	note_summary(pinging, &note);
	trace_note(pinging->run->trace, &note);
	return stdout_write(pinging->run, lines, out.len, fault);
}

static void report(const struct pinging *pinging)
{
	char lines[1024];
	struct text out = TEXT_IN(lines);
	struct note note;
	text_str(&out, "state: ");
	put_summary(&out, pinging);
	note_summary(pinging, &note);
	console_report(pinging->run->console, &note, lines);
}

/* ---- one connect ---- */

static void count(struct pinging *pinging, double ms)
{
	if (pinging->connected == 0 || ms < pinging->min_ms)
		pinging->min_ms = ms;
	if (pinging->connected == 0 || ms > pinging->max_ms)
		pinging->max_ms = ms;
	pinging->connected++;
	pinging->sum_ms += ms;
	pinging->squares += ms * ms;
}

/* 0 when it has been told, whatever came of it; -1 with FAULT when the run is over. */
static int connect_once(struct pinging *pinging, struct fault *fault)
{
	const struct run *run = pinging->run;
	struct fault failure = {.step = STEP_NONE};
	struct dial_result dial_result;
	int64_t start_ns = clock_now();
	bool good = dial(run, &pinging->config, &dial_result, &failure) == 0;
	int64_t took_ns = good ? dial_result.connect_ns : clock_now() - start_ns;

	bool whole_run = !good && clock_now() >= run->deadline_ns;
	if (failure.step == STEP_SIGNAL || whole_run) {
		*fault = failure;
		return -1;
	}
	pinging->sent++;
	if (good) {
		sys_close(run->trace, &dial_result.fd);
		unixpath_remove(&dial_result.source);
		took_ns += dial_result.proxy_ns > 0 ? dial_result.proxy_ns : 0;
		count(pinging, (double)took_ns / NS_PER_MS);
	} else {
		fault_explain(&failure);
		pinging->last = failure;
	}
	return print_one(pinging, &dial_result, (double)took_ns / NS_PER_MS, good ? NULL : &failure,
			 fault);
}

static int pause_until(const struct pinging *pinging, int64_t until_ns, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	while (status == 0 && clock_now() < deadline_min(until_ns, pinging->run->deadline_ns)) {
		pollset_clear(&set);
		pollset_wake(&set, until_ns);
		status = pollset_wait(&set, pinging->run, fault);
		if (set.report)
			report(pinging);
		set.report = false;
	}
	pollset_close(&set);
	return status;
}

/* A mistake that the next try makes again. */
static bool is_hopeless(const struct fault *fault)
{
	return fault->step == STEP_USAGE || fault->step == STEP_OPTION ||
	       fault->step == STEP_SOCKET;
}

static int deadline_fault(const struct pinging *pinging, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	describe_target(&text, &pinging->config);
	fault_words(fault, STEP_WAIT, STATUS_TIMEOUT, "the deadline passed", "ping of %s", target);
	fault_cause(fault, CAUSE_DEADLINE, "--deadline of %g s",
		    (double)pinging->run->limit_ns / NS_PER_SEC);
	return -1;
}

int ping(const struct run *run, const struct dial_config *config, int64_t count, int64_t pause_ns,
	 struct fault *fault)
{
	struct pinging pinging = {.run = run,
				  .config = *config,
				  .start_ns = clock_now(),
				  .last = {.step = STEP_NONE}};
	int status = 0;
	pinging.config.silent = true;
	if (config->connect_ns == NEVER)
		pinging.config.connect_ns = PING_WAIT_NS;
	while (status == 0) {
		int64_t start_ns = clock_now();
		status = connect_once(&pinging, fault);
		if (status != 0 || pinging.sent == count || start_ns >= run->deadline_ns ||
		    is_hopeless(&pinging.last))
			break;
		status = pause_until(&pinging, deadline_after(start_ns, pause_ns), fault);
		if (clock_now() >= run->deadline_ns)
			break;
	}
	bool signaled = fault->step == STEP_SIGNAL;
	if (fault->step == STEP_OUTPUT || print_summary(&pinging, fault) != 0 || signaled)
		return -1;
	if (pinging.sent != count && clock_now() >= run->deadline_ns)
		return deadline_fault(&pinging, fault);
	*fault = pinging.last;
	if (pinging.connected == 0)
		return -1;
	*fault = (struct fault){.step = STEP_NONE};
	return 0;
}
