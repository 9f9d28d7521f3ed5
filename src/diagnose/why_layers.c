/* The layers as --why prints them: the name, each address, the path MTU and the round trip. */
#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/dial.h"
#include "diagnose/why_internal.h"
#include "resolve/nsquery.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve_explain.h"

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
			addr_format_host(&fact, &resolve->lookups[i].addrs[k]);
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

/* Nobody has connected to a Unix socket (why_target.c): what the kernel says of it. */
static void put_queue(struct text *fact, const struct why *why)
{
	const struct unix_owner *owner = &why->unix_owner;
	const struct diag_socket *socket = &owner->socket;
	if (!owner->known)
		text_str(fact, ": a process has it");
	else if (socket->state != DIAG_LISTEN)
		text_str(fact, ": a process takes datagrams there");
	else if (!socket->has_queue)
		text_str(fact, ": a process listens there");
	else
		text_printf(fact,
			    ": a process listens there; %u wait in its queue, with a backlog of %u",
			    socket->rqueue, socket->wqueue);
}

/* Of an address of many, the first that answered. */
static void put_success(struct text *fact, const struct why *why, const struct why_target *target)
{
	struct probe_target to = {.connector = &why->connector, .addr = target->attempt.addr};
	for (size_t i = 0; i < target->sent; i++) {
		const struct probe *probe = &target->probes[i];
		if (!probe->group || probe->state != PROBE_ACCEPTED)
			continue;
		struct addr from = probe_answerer(probe, &to);
		text_str(fact, ": ");
		addr_format_host(fact, &from);
		text_str(fact, " answers");
		return;
	}
	text_str(fact, why_is_udp(why) ? ": it answers datagrams" : ": connected");
}

void why_print_target(struct why *why, const struct why_target *target)
{
	struct finding finding;
	bool good = target->state == ATTEMPT_CONNECTED;
	char name[160];
	struct text address = TEXT_IN(name);
	struct text fact = finding_start(&finding, good ? MARK_GOOD : MARK_BAD,
					 endpoint_word(&why->config->endpoint), target->took_ns);

	addr_format(&address, &target->attempt.addr);
	if (why->config->proxy.type != PROXY_NONE)
		text_str(&fact, "proxy ");
	text_str(&fact, why->config->path ? why->config->path : name);
	if (good && why->config->path)
		put_queue(&fact, why);
	else if (good)
		put_success(&fact, why, target);
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
		addr_format_host(&fact, &mtu->reporter);
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

void why_print_rtt(struct why *why)
{
	struct finding finding;
	const struct why_tcp *tcp = &why->tcp;
	if (!tcp->known)
		return;
	struct text fact = finding_start(&finding, tcp->retransmits ? MARK_ODD : MARK_GOOD,
					 "round trip", -1);
	text_printf(&fact, "%s, measured by TCP", units_time(tcp->rtt_ns).chars);
	if (tcp->retransmits)
		text_printf(&fact, "; %u SYN%s had to be repeated: packets are lost",
			    tcp->retransmits, tcp->retransmits == 1 ? "" : "s");
	text_printf(&fact, "; segments of %u bytes", tcp->mss);
	note_seconds(&finding.note, "dur", tcp->rtt_ns);
	note_number(&finding.note, "mss", tcp->mss);
	note_number(&finding.note, "retransmits", tcp->retransmits);
	finding_print(&finding, why);
}
