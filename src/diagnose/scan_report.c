/* What a scan prints: each port in its turn, and the sum at the end. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/describe.h"
#include "diagnose/scan_internal.h"
#include "net/run.h"
#include "trace/console.h"
#include "trace/trace.h"

void scan_describe(struct text *out, const struct scan *scan)
{
	const struct dial_config *config = scan->config;
	if (scan->alone) {
		describe_target(out, config);
		return;
	}
	text_printf(out, "%zu ports of %s (%s)", scan->ports->count, config->target.host,
		    endpoint_word(&config->endpoint));
	describe_proxy(out, &config->proxy);
}

/* ---- each port ---- */

static void note_port(const struct scan *scan, unsigned port, const struct port_result *result)
{
	struct addr_text address, joined;
	struct note note;
	if (!trace_shows(scan->run->trace, 2))
		return;
	const char *state = result->opened                     ? "open"
			    : result->status == STATUS_REFUSED ? "closed"
			    : result->status == STATUS_TIMEOUT ? "silent"
							       : "failed";
	note_start(&note, "port", "port %u: %s", port, state);
	note_number(&note, "port", port);
	note_text(&note, "state", state);
	if (result->opened && !scan_is_proxied(scan)) {
		struct addr peer = scan->addrs[result->opened - 1];
		addr_set_port(&peer, port);
		address = addr_host_text(&peer);
		joined = addr_text(&peer);
		note_text(&note, "address", address.chars);
		note_text(&note, "peer", joined.chars);
	}
	if (!result->opened) {
		note_number(&note, "status", result->status);
		note_text(&note, "cause", cause_name(result->cause));
	}
	trace_note(scan->run->trace, &note);
}

static void print_open(const struct scan *scan, unsigned port, const struct port_result *result)
{
	char line[512];
	struct text text = TEXT_IN(line);
	describe_success(&text, scan->config,
			 scan_is_proxied(scan) ? NULL : &scan->addrs[result->opened - 1], port);
	if (result->answer > 0)
		text_printf(&text, " (answered with %u bytes)", result->answer);
	text_char(&text, '\n');
	if (!scan->alone || console_is_verbose(scan->run->console))
		console_print(scan->run->console, line);
}

static void print_port(struct scan *scan)
{
	struct port_result *result = &scan->results[scan->printed];
	unsigned port = scan->ports->list[scan->printed];
	bool first = scan->printed == scan->open;
	scan->printed++;
	note_port(scan, port, result);
	if (result->opened) {
		scan->open++;
		print_open(scan, port, result);
	} else {
		scan->counts[result->status]++;
		bool same = first || scan->cause == result->cause;
		scan->cause = same ? result->cause : CAUSE_NONE;
		/* The only one is told by main. */
		if (result->lines && !scan->alone)
			console_print(scan->run->console, result->lines);
	}
	free(result->lines);
	result->lines = NULL;
}

void scan_print(struct scan *scan)
{
	while (scan->printed < scan->ports->count && scan->results[scan->printed].left == 0)
		print_port(scan);
}

/* ---- all of them ---- */

/* "8 refused, 2 without an answer". */
static void put_counts(struct text *out, const struct scan *scan)
{
	static const char *const words[STATUS_TLS + 1] = {
		[STATUS_FAILED] = "failed",
		[STATUS_NAME] = "not looked up",
		[STATUS_REFUSED] = "refused",
		[STATUS_TIMEOUT] = "without an answer",
		[STATUS_UNREACHABLE] = "unreachable",
		[STATUS_LOCAL] = "not tried by this host",
		[STATUS_BROKEN] = "broken off",
		[STATUS_PROXY] = "refused or failed by the proxy",
		[STATUS_TLS] = "without TLS"};
	const char *before = "";
	for (size_t status = 0; status <= STATUS_TLS; status++) {
		if (scan->counts[status] == 0 || !words[status])
			continue;
		text_printf(out, "%s%zu %s", before, scan->counts[status], words[status]);
		before = ", ";
	}
}

void scan_report(const struct scan *scan)
{
	char line[512];
	struct text text = TEXT_IN(line);
	struct note note;
	text_str(&text, "state: scan of ");
	scan_describe(&text, scan);
	text_printf(&text,
		    ": %zu are known, %zu of them open, %zu attempts are under way, after %s\n",
		    scan->printed, scan->open, scan->used,
		    units_time(clock_now() - scan->start_ns).chars);
	note_start(&note, "state", "scan");
	note_number(&note, "known", (int64_t)scan->printed);
	note_number(&note, "open", (int64_t)scan->open);
	note_number(&note, "pending", (int64_t)scan->used);
	console_report(scan->run->console, &note, line);
}

/* The status that all ports have, none of which is open. */
static enum status shared_status(const struct scan *scan)
{
	for (size_t status = 0; status <= STATUS_TLS; status++)
		if (scan->counts[status] == scan->ports->count)
			return (enum status)status;
	return STATUS_FAILED;
}

int scan_end(const struct scan *scan, struct fault *fault)
{
	char what[512], counts[256];
	struct text text = TEXT_IN(what);
	struct text counted = TEXT_IN(counts);
	struct units_text took = units_time(clock_now() - scan->start_ns);
	scan_describe(&text, scan);
	put_counts(&counted, scan);
	if (scan->open > 0) {
		if (!scan->alone)
			console_status(scan->run->console, "scan of %s: %zu open%s%s, in %s", what,
				       scan->open, counts[0] ? ", " : "", counts, took.chars);
		return 0;
	}
	if (scan->alone) {
		*fault = scan->only;
		return -1;
	}
	fault_words(fault, STEP_CONNECT, shared_status(scan), "none is open", "scan of %s", what);
	fault_cause(fault, scan->cause ? scan->cause : CAUSE_NONE_OPEN, "%s, in %s", counts,
		    took.chars);
	return -1;
}
