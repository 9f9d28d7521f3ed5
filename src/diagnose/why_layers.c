/* What --why tells of the layers that it has looked at itself: the name, each address, the path
 * MTU, the round trip and what the service says. */
#include <linux/in.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/why_internal.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "proto/banner.h"
#include "resolve/nsquery.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve_explain.h"
#include "trace/sys.h"
#include "trace/trace.h"

#define PLAIN "\033[0m"

/* A word for everybody; a sign and a colour for a terminal. */
static const struct {
	const char *word, *sign, *color, *data;
} marks[] = {
	[MARK_GOOD] = {"ok", "\xe2\x9c\x93", "\033[32m", "ok"},
	[MARK_BAD] = {"FAIL", "\xe2\x9c\x97", "\033[1;31m", "failed"},
	[MARK_ODD] = {"odd", "!", "\033[33m", "odd"},
	[MARK_OPEN] = {"-", "\xc2\xb7", "\033[2m", "unknown"},
};

#define COLUMN 30 /* of the fact */

/* ---- a line ---- */

struct text finding_start(struct finding *finding, enum mark mark, const char *layer,
			  int64_t took_ns)
{
	*finding = (struct finding){.mark = mark, .layer = layer, .took_ns = took_ns};
	note_start(&finding->note, "layer", "%s", layer);
	note_text(&finding->note, "layer", layer);
	note_text(&finding->note, "result", marks[mark].data);
	return TEXT_IN(finding->fact);
}

/* LINES, each of them indented but the first. */
static void put_lines(struct text *out, const char *lines, bool first)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		if (!first)
			text_printf(out, "%*s", COLUMN, "");
		text_safe_bytes(out, lines, len);
		text_char(out, '\n');
		lines += len + (lines[len] == '\n');
		first = false;
	}
}

static void put_head(struct text *out, const struct finding *finding, bool color)
{
	char time[32] = "";
	if (finding->took_ns >= 0)
		snprintf(time, sizeof(time), "%.1f ms", (double)finding->took_ns / NS_PER_MS);
	if (color)
		text_printf(out, "%s%s%s    ", marks[finding->mark].color,
			    marks[finding->mark].sign, PLAIN);
	else
		text_printf(out, "%-5s", marks[finding->mark].word);
	text_printf(out, " %-10s %11s  ", finding->layer, time);
}

static void note_finding(struct finding *finding, struct why *why)
{
	struct note *note = &finding->note;
	snprintf(note->summary, sizeof(note->summary), "%s: %.600s", finding->layer, finding->fact);
	note_text(note, "fact", finding->fact);
	if (finding->took_ns >= 0)
		note_seconds(note, "dur", finding->took_ns);
	if (finding->fault) {
		note_text(note, "cause", finding->fault->name);
		note_text(note, "detail", finding->fault->cause[0] ? finding->fault->cause : NULL);
		note_number(note, "status", finding->fault->status);
	}
	trace_note(why->run->trace, note);
}

void finding_print(struct finding *finding, struct why *why)
{
	char lines[3072];
	struct text text = TEXT_IN(lines);
	put_head(&text, finding, stdout_color(why->run));
	put_lines(&text, finding->fact, true);
	if (finding->fault)
		put_lines(&text, finding->fault->cause, false);
	note_finding(finding, why);
	if (!fault_is_set(why->printed))
		stdout_write(why->run, lines, text.len, why->printed);
}

static void put_addr(struct text *out, const struct addr *addr)
{
	addr_format_host(out, addr);
}

/* ---- the name ---- */

static int64_t longest_lookup(const struct resolve *resolve)
{
	int64_t longest_ns = 0;
	for (size_t i = 0; i < resolve->count; i++)
		if (resolve->lookups[i].duration_ns > longest_ns)
			longest_ns = resolve->lookups[i].duration_ns;
	return longest_ns;
}

void why_print_name(struct why *why)
{
	struct resolve *resolve = &why->resolve;
	struct finding finding;
	bool done = resolve_is_done(resolve);
	int64_t took_ns = done ? longest_lookup(resolve) : clock_now() - resolve->start_ns;
	bool slow = !done || took_ns >= NSQUERY_SLOW_NS;
	struct text fact = finding_start(&finding, slow ? MARK_ODD : MARK_GOOD, "name", took_ns);
	const char *comma = "";

	text_printf(&fact, "%s is ", resolve->host);
	for (size_t i = 0; i < resolve->count; i++)
		for (size_t k = 0; k < resolve->lookups[i].count; k++, comma = ", ") {
			text_str(&fact, comma);
			put_addr(&fact, &resolve->lookups[i].addrs[k]);
		}
	resolve_remark(resolve, &fact);
	if (done && slow && resolve->nsquery) {
		text_str(&fact, "\nit took long: ");
		nsquery_format(&fact, resolve->nsquery);
	}
	note_text(&finding.note, "name", resolve->host);
	finding_print(&finding, why);
}

void why_print_no_name(struct why *why, const struct fault *fault)
{
	struct finding finding;
	struct text fact = finding_start(&finding, MARK_BAD, "name", clock_now() - why->start_ns);
	text_printf(&fact, "%s: %s", why->resolve.host, fault->reason);
	finding.fault = fault;
	note_text(&finding.note, "name", why->resolve.host);
	finding_print(&finding, why);
}

/* ---- an address ---- */

void why_print_target(struct why *why, const struct why_target *target)
{
	struct finding finding;
	bool good = target->state == ATTEMPT_CONNECTED;
	bool udp = why_is_udp(why);
	char name[160];
	struct text address = TEXT_IN(name);
	struct text fact = finding_start(&finding, good ? MARK_GOOD : MARK_BAD,
					 endpoint_word(&why->config->endpoint), target->took_ns);

	addr_format(&address, &target->attempt.addr);
	if (why->config->proxy.type != PROXY_NONE)
		text_str(&fact, "proxy ");
	text_str(&fact, why->config->path ? why->config->path : name);
	if (good)
		text_str(&fact, udp ? ": it answers datagrams" : ": connected");
	else
		text_printf(&fact, ": %s", target->fault.reason);
	finding.fault = good ? NULL : &target->fault;
	note_text(&finding.note, "address", name);
	finding_print(&finding, why);
}

/* ---- the path ---- */

void why_print_mtu(struct why *why)
{
	const struct path_mtu *mtu = &why->mtu;
	struct finding finding;
	bool hole = mtu->state == PATH_MTU_HOLE;
	bool known = mtu->state == PATH_MTU_KNOWN;
	int bytes = mtu->state == PATH_MTU_UNKNOWN && why->tcp.pmtu ? (int)why->tcp.pmtu : mtu->mtu;
	enum mark mark = hole || mtu->reduced ? MARK_ODD : MARK_GOOD;
	struct text fact = finding_start(&finding,
					 known  ? mark
					 : hole ? MARK_BAD
						: MARK_OPEN,
					 "path MTU", known ? mtu->took_ns : -1);

	if (mtu->state == PATH_MTU_INSIDE || bytes == 0)
		return;
	if (hole)
		text_printf(&fact,
			    "small datagrams are answered, of those of %d bytes three in a row "
			    "were not:\n"
			    "a path MTU black hole, which stops large transfers, is suspected",
			    bytes);
	else if (mtu->reduced) {
		text_printf(&fact, "%d bytes%s, less than the %d of this host's link: ", bytes,
			    known ? "" : " at the most", mtu->local);
		put_addr(&fact, &mtu->reporter);
		text_str(&fact, " says so");
	} else if (known)
		text_printf(&fact, "%d bytes: packets of that size arrive", bytes);
	else
		text_printf(&fact, "%d bytes is what this host goes by; it could not be measured",
			    bytes);
	note_number(&finding.note, "bytes", bytes);
	note_bool(&finding.note, "measured", known);
	finding_print(&finding, why);
}

/* The structure has grown with the kernel: what it returned is what counts. */
#define HAS(info_len, member) \
	((info_len) >=        \
	 offsetof(struct tcp_info, member) + sizeof(((struct tcp_info *)NULL)->member))

void why_read_tcp(struct why *why, int fd)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);
	if (why->config->endpoint.type != SOCK_STREAM || why->config->path ||
	    sys_getsockopt(why->run->trace, fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
	    !HAS(len, tcpi_total_retrans))
		return;
	why->tcp = (struct why_tcp){.known = true,
				    .rtt_ns = info.tcpi_rtt * NS_PER_US,
				    .mss = info.tcpi_snd_mss,
				    .pmtu = info.tcpi_pmtu,
				    .retransmits = info.tcpi_total_retrans};
}

void why_print_rtt(struct why *why)
{
	struct finding finding;
	const struct why_tcp *tcp = &why->tcp;
	if (!tcp->known)
		return;
	struct text fact = finding_start(&finding, tcp->retransmits ? MARK_ODD : MARK_GOOD,
					 "round trip", tcp->rtt_ns);
	text_str(&fact, "measured by TCP");
	if (tcp->retransmits)
		text_printf(&fact, "; %u SYN%s had to be repeated: packets are lost",
			    tcp->retransmits, tcp->retransmits == 1 ? "" : "s");
	text_printf(&fact, "; segments of %u bytes", tcp->mss);
	note_number(&finding.note, "mss", tcp->mss);
	note_number(&finding.note, "retransmits", tcp->retransmits);
	finding_print(&finding, why);
}

/* ---- the service ---- */

static void put_speech(struct text *fact, const struct service *service)
{
	const char *protocol = banner_protocol(service->bytes, service->len);
	text_printf(fact, "it says %s", protocol ? protocol : "");
	text_str(fact, protocol ? ": " : "");
	banner_describe(fact, service->bytes, service->len);
}

void why_print_service(struct why *why)
{
	static const enum mark mark_of[] = {
		[SERVICE_NONE] = MARK_OPEN,   [SERVICE_PENDING] = MARK_OPEN,
		[SERVICE_SPEAKS] = MARK_GOOD, [SERVICE_SILENT] = MARK_GOOD,
		[SERVICE_ENDS] = MARK_ODD,    [SERVICE_RESETS] = MARK_BAD};
	const struct service *service = &why->service;
	const char *expected = why->reached
				       ? banner_expected(addr_port(&why->reached->attempt.addr))
				       : NULL;
	struct finding finding;
	bool hangs = service->state == SERVICE_SILENT && expected;
	struct text fact = finding_start(&finding, hangs ? MARK_ODD : mark_of[service->state],
					 "service", service->took_ns);

	if (service->state == SERVICE_SPEAKS)
		put_speech(&fact, service);
	else if (hangs)
		text_printf(
			&fact,
			"silent for a second, although %s servers, usual on that port, speak first",
			expected);
	else if (service->state == SERVICE_SILENT)
		text_str(&fact, "silent for a second: it waits for the client to speak, as HTTP "
				"and TLS do");
	else if (service->state == SERVICE_ENDS)
		text_str(&fact, "it ends the connection at once, without a word");
	else if (service->state == SERVICE_RESETS)
		text_str(&fact, "it accepts, and resets the connection at once, before any data: "
				"reset by the peer");
	else
		return;
	note_text(&finding.note, "protocol",
		  service->state == SERVICE_SPEAKS ? banner_protocol(service->bytes, service->len)
						   : NULL);
	finding_print(&finding, why);
}
