/* What a scan prints: a table, with each port in its turn, and the sum at the end. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/describe.h"
#include "diagnose/scan_internal.h"
#include "net/run.h"
#include "trace/console.h"
#include "trace/trace.h"

/* Port, service and state; who answered comes behind them. */
#define ROW "%-11s %-16s %-11s "

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

/* Who has said so. */
static void put_answerer(struct text *out, const struct scan *scan,
			 const struct port_result *result)
{
	if (scan_is_proxied(scan))
		text_printf(out, "proxy %s", scan->config->proxy.address.host);
	else if (result->other)
		text_str(out, result->other);
	else if (result->answered)
		text_str(out, addr_host_text(&scan->addrs[result->address]).chars);
	else
		text_str(out, result->status == STATUS_TIMEOUT ? "-" : "this host");
}

static void note_port(const struct scan *scan, unsigned port, const struct port_result *result)
{
	struct addr_text address, joined;
	char name[128];
	struct text answerer = TEXT_IN(name);
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
	if (!scan_is_proxied(scan)) {
		struct addr peer = scan->addrs[result->address];
		addr_set_port(&peer, port);
		address = addr_host_text(&peer);
		joined = addr_text(&peer);
		note_text(&note, "address", address.chars);
		note_text(&note, "peer", joined.chars);
		put_answerer(&answerer, scan, result);
		note_text(&note, "answerer", result->answered ? name : NULL);
	}
	if (!result->opened) {
		note_number(&note, "status", result->status);
		note_text(&note, "cause", cause_name(result->cause));
	}
	note_seconds(&note, "dur", result->took_ns);
	trace_note(scan->run->trace, &note);
}

/* The state as a word of the table. */
static const char *state_word(const struct scan *scan, const struct port_result *result)
{
	if (result->opened)
		return "open";
	switch (result->status) {
	case STATUS_REFUSED:
		return scan->config->endpoint.type == SOCK_DGRAM ? "closed" : "refused";
	case STATUS_TIMEOUT:
		return "silent";
	case STATUS_UNREACHABLE:
		return "unreachable";
	default:
		return "failed";
	}
}

static void put_row(struct text *out, const struct scan *scan, unsigned port,
		    const struct port_result *result)
{
	const struct endpoint_config *endpoint = &scan->config->endpoint;
	char label[32], name[64];
	struct text service = TEXT_IN(name);
	snprintf(label, sizeof(label), "%u/%s", port, endpoint_word(endpoint));
	endpoint_service(&service, endpoint, port);
	text_printf(out, ROW, label, strcmp(name, "*") == 0 ? "-" : name, state_word(scan, result));
	put_answerer(out, scan, result);
	if (result->answer > 0)
		text_printf(out, ", %u bytes", result->answer);
	text_char(out, '\n');
}

/* A line of the table: of an open port, with -v of any, and with -vv what there is to tell. */
static void print_row(struct scan *scan, unsigned port, const struct port_result *result)
{
	struct console *console = scan->run->console;
	char lines[4096];
	struct text text = TEXT_IN(lines);
	if (!result->opened && !console_is_verbose(console))
		return;
	if (!scan->titled)
		text_printf(&text, ROW "ANSWERED BY\n", "PORT", "SERVICE", "STATE");
	scan->titled = true;
	put_row(&text, scan, port, result);
	text_str(&text, result->evidence ? result->evidence : "");
	console_print(console, lines);
}

static void print_success(const struct scan *scan, unsigned port, const struct port_result *result)
{
	char line[512];
	struct text text = TEXT_IN(line);
	describe_success(&text, scan->config,
			 scan_is_proxied(scan) ? NULL : &scan->addrs[result->opened - 1], port);
	if (result->answer > 0)
		text_printf(&text, " (answered with %u bytes)", result->answer);
	console_status(scan->run->console, "%s", line);
}

static void print_port(struct scan *scan)
{
	struct port_result *result = &scan->results[scan->printed];
	unsigned port = scan->ports->list[scan->printed];
	bool first = scan->printed == scan->open;
	scan->printed++;
	note_port(scan, port, result);
	/* The failure of the only one is printed by main. */
	if (!scan->alone)
		print_row(scan, port, result);
	if (result->opened) {
		scan->open++;
		if (scan->alone)
			print_success(scan, port, result);
	} else {
		scan->counts[result->status]++;
		bool same = first || scan->cause == result->cause;
		scan->cause = same ? result->cause : CAUSE_NONE;
	}
	scan_result_close(result);
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
	bool udp = scan->config->endpoint.type == SOCK_DGRAM;
	for (size_t status = 0; status <= STATUS_TLS; status++) {
		if (scan->counts[status] == 0 || !words[status])
			continue;
		text_printf(out, "%s%zu %s", before, scan->counts[status],
			    udp && status == STATUS_REFUSED ? "closed" : words[status]);
		before = ", ";
	}
}

void scan_recall(const struct scan *scan)
{
	for (size_t i = 0; i < scan->printed && !scan->alone; i++)
		if (scan->results[i].opened)
			print_success(scan, scan->ports->list[i], &scan->results[i]);
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

/* The cause that all ports share, as it was found for one of them; empty when they share none. */
static const char *shared_words(const struct scan *scan)
{
	if (!scan->cause)
		return "";
	return scan->failure.cause == scan->cause && scan->failure.detail[0]
		       ? scan->failure.detail
		       : cause_words(scan->cause);
}

/* LINE is the sum of a scan that has found an open port. */
static void report_sum(const struct scan *scan, const char *line)
{
	struct note note;
	note_start(&note, "scan", "%.*s", (int)strcspn(line, "\n"), line);
	note_number(&note, "ports", (int64_t)scan->ports->count);
	note_number(&note, "open", (int64_t)scan->open);
	note_number(&note, "closed", (int64_t)scan->counts[STATUS_REFUSED]);
	note_number(&note, "silent", (int64_t)scan->counts[STATUS_TIMEOUT]);
	note_seconds(&note, "dur", clock_now() - scan->start_ns);
	console_report(scan->run->console, &note, line);
}

int scan_end(const struct scan *scan, struct fault *fault)
{
	char what[512], counts[256], line[900];
	struct text text = TEXT_IN(what);
	struct text counted = TEXT_IN(counts);
	struct text sum = TEXT_IN(line);
	struct units_text took = units_time(clock_now() - scan->start_ns);
	if (scan->alone && scan->open > 0)
		return 0;
	if (scan->alone) {
		*fault = scan->failure;
		return -1;
	}
	scan_describe(&text, scan);
	put_counts(&counted, scan);
	if (scan->open > 0) {
		scan_recall(scan);
		text_printf(&sum, "scan of %s: %zu open%s%s, in %s\n", what, scan->open,
			    counts[0] ? ", " : "", counts, took.chars);
		report_sum(scan, line);
		return 0;
	}
	fault_words(fault, STEP_CONNECT, shared_status(scan), "none is open", "scan of %s", what);
	fault_cause(fault, scan->cause ? scan->cause : CAUSE_NONE_OPEN, "%s, in %s%s%.800s", counts,
		    took.chars, scan->cause ? "\n" : "", shared_words(scan));
	return -1;
}
