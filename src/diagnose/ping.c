/* Pinging a port. */
#include "diagnose/ping.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
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

struct ping {
	const struct run *run;
	struct dial_config config;
	int64_t sent, connected;
	int64_t start_ns;
	double min_ms, max_ms, sum_ms, squares; /* of those that connected */
	struct fault last;                      /* failure; STEP_NONE: none yet */
};

/* ---- telling ---- */

static void put_target(struct text *out, const struct ping *ping,
		       const struct dial_result *dial_result)
{
	const struct dial_config *config = &ping->config;
	if (config->path || config->proxy.type != PROXY_NONE || dial_result->peer.len == 0) {
		describe_target(out, config);
		return;
	}
	endpoint_describe(out, &config->endpoint, &dial_result->peer);
}

static int print_one(const struct ping *ping, const struct dial_result *dial_result, double ms,
		     const struct fault *failure, struct fault *fault)
{
	char target[512], line[1024];
	struct text name = TEXT_IN(target);
	struct text out = TEXT_IN(line);
	struct note note;

	put_target(&name, ping, dial_result);
	struct addr_text address = describe_asked(&ping->config);
	if (!failure && ping->config.proxy.type == PROXY_NONE)
		address = addr_text(&dial_result->peer);
	text_printf(&out, "%lld  ", (long long)ping->sent);
	text_safe(&out, target);
	if (failure)
		text_printf(&out, "  failed: %s after %.3f ms\n", failure->reason, ms);
	else
		text_printf(&out, "  %.3f ms\n", ms);
	note_start(&note, "ping", "ping %lld of %s", (long long)ping->sent, target);
	note_number(&note, "seq", ping->sent);
	note_text(&note, "peer", address.chars);
	note_seconds(&note, "dur", (int64_t)(ms * NS_PER_MS));
	note_text(&note, "reason", failure ? failure->reason : NULL);
	note_text(&note, "cause", failure ? cause_name(failure->cause) : NULL);
	trace_note(ping->run->trace, &note);
	return stdout_write(ping->run, line, out.len, fault);
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

static void put_summary(struct text *out, const struct ping *ping)
{
	char target[512];
	struct text name = TEXT_IN(target);
	int64_t lost = ping->sent - ping->connected;
	describe_target(&name, &ping->config);
	text_safe(out, target);
	text_printf(out, ": %lld sent, %lld connected, %lld lost (%.3g%%), in %s\n",
		    (long long)ping->sent, (long long)ping->connected, (long long)lost,
		    ping->sent ? 100.0 * (double)lost / (double)ping->sent : 0.0,
		    units_time(clock_now() - ping->start_ns).chars);
	if (ping->connected == 0)
		return;
	double mean = ping->sum_ms / (double)ping->connected;
	text_printf(out, "min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", ping->min_ms, mean,
		    ping->max_ms,
		    square_root(ping->squares / (double)ping->connected - mean * mean));
}

static void note_summary(const struct ping *ping, struct note *note)
{
	note_start(note, "summary", "%lld of %lld connected", (long long)ping->connected,
		   (long long)ping->sent);
	note_number(note, "sent", ping->sent);
	note_number(note, "connected", ping->connected);
	if (ping->connected == 0)
		return;
	note_seconds(note, "min", (int64_t)(ping->min_ms * NS_PER_MS));
	note_seconds(note, "avg", (int64_t)(ping->sum_ms / (double)ping->connected * NS_PER_MS));
	note_seconds(note, "max", (int64_t)(ping->max_ms * NS_PER_MS));
}

static int print_summary(const struct ping *ping, struct fault *fault)
{
	char lines[1024];
	struct text out = TEXT_IN(lines);
	struct note note;
	put_summary(&out, ping);
	note_summary(ping, &note);
	trace_note(ping->run->trace, &note);
	return stdout_write(ping->run, lines, out.len, fault);
}

static void report_state(const void *context)
{
	const struct ping *ping = context;
	char lines[1024];
	struct text out = TEXT_IN(lines);
	struct note note;
	text_str(&out, "state: ");
	put_summary(&out, ping);
	note_summary(ping, &note);
	console_report(ping->run->console, &note, lines);
}

/* ---- one connect ---- */

static void count(struct ping *ping, double ms)
{
	if (ping->connected == 0 || ms < ping->min_ms)
		ping->min_ms = ms;
	if (ping->connected == 0 || ms > ping->max_ms)
		ping->max_ms = ms;
	ping->connected++;
	ping->sum_ms += ms;
	ping->squares += ms * ms;
}

/* What counts: the connect and the handshake with a proxy.  The look-up does when nothing else was
 * done. */
static int64_t time_of(const struct dial_result *dial_result)
{
	if (dial_result->connect_ns == 0)
		return dial_result->lookup_ns > 0 ? dial_result->lookup_ns : 0;
	return dial_result->connect_ns + (dial_result->proxy_ns > 0 ? dial_result->proxy_ns : 0);
}

/* 0 when it has been told, whatever came of it; -1 with FAULT when the run is over. */
static int ping_once(struct ping *ping, struct fault *fault)
{
	const struct run *run = ping->run;
	struct fault failure = {.step = STEP_NONE};
	struct dial_result dial_result;
	bool good = dial(run, &ping->config, &dial_result, &failure) == 0;
	int64_t took_ns = time_of(&dial_result);
	bool whole_run = !good && clock_now() >= run->deadline_ns;
	if (failure.step == STEP_SIGNAL || whole_run) {
		*fault = failure;
		return -1;
	}
	ping->sent++;
	if (good) {
		transport_close(&dial_result.transport);
		unix_path_remove(&dial_result.source);
		count(ping, (double)took_ns / NS_PER_MS);
	} else {
		fault_explain(&failure);
		ping->last = failure;
	}
	return print_one(ping, &dial_result, (double)took_ns / NS_PER_MS, good ? NULL : &failure,
			 fault);
}

/* A mistake that the next try makes again. */
static bool is_hopeless(const struct fault *fault)
{
	return fault->step == STEP_USAGE || fault->step == STEP_OPTION ||
	       fault->step == STEP_SOCKET;
}

static int ping_deadline(const struct ping *ping, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	describe_target(&text, &ping->config);
	return run_deadline_fault(ping->run, fault, "ping of %s", target);
}

int ping(const struct run *run, const struct dial_config *config, int64_t count, int64_t pause_ns,
	 struct fault *fault)
{
	struct ping all = {.run = run,
			   .config = *config,
			   .start_ns = clock_now(),
			   .last = {.step = STEP_NONE}};
	int status = 0;
	all.config.silent = true;
	if (config->connect_ns == NEVER)
		all.config.connect_ns = PING_WAIT_NS;
	while (status == 0) {
		int64_t start_ns = clock_now();
		status = ping_once(&all, fault);
		if (status != 0 || all.sent == count || start_ns >= run->deadline_ns ||
		    is_hopeless(&all.last))
			break;
		status = pollset_pause(run, deadline_after(start_ns, pause_ns), report_state, &all,
				       fault);
		if (clock_now() >= run->deadline_ns)
			break;
	}
	bool signaled = fault->step == STEP_SIGNAL;
	if (fault->step == STEP_OUTPUT || print_summary(&all, fault) != 0 || signaled)
		return -1;
	if (all.sent != count && clock_now() >= run->deadline_ns)
		return ping_deadline(&all, fault);
	*fault = all.last;
	if (all.connected == 0)
		return -1;
	*fault = (struct fault){.step = STEP_NONE};
	return 0;
}
