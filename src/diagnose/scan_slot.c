/* One attempt of a scan: over TCP, over UDP, or by asking a proxy. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "connect/connect_explain.h"
#include "connect/describe.h"
#include "diagnose/probe_explain.h"
#include "diagnose/scan_internal.h"
#include "host/evidence.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A datagram is sent again after this, and then each time after twice this: it may have been lost,
 * and hosts limit the ICMP errors that they send (icmp(7), icmp_ratelimit: Linux one a second).
 * Without -w an answer that has not come after that is none. */
#define AGAIN_NS (500 * NS_PER_MS)
#define SILENCE_NS (2 * NS_PER_SEC)

/* This host has no descriptor, no source port or no memory for it now. */
static bool is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == EADDRNOTAVAIL || err == EAGAIN ||
	       err == ENOBUFS || err == ENOMEM;
}

/* ---- TCP: on this host, and often on the next, the answer is there before connect returns ---- */

static bool is_connected_to_itself(const struct scan *scan, const struct slot *slot)
{
	struct addr local;
	return sys_getsockname(scan->run->trace, slot->attempt.fd, &local) == 0 &&
	       addr_equal(&local, &slot->attempt.addr);
}

/* A socket that was refused can connect again; one that is bound cannot be had twice. */
static void keep_socket(struct scan *scan, struct slot *slot)
{
	if (scan->connector.source.bound || scan->spare_fd >= 0)
		return;
	scan->spare_fd = slot->attempt.fd;
	scan->spare_family = slot->attempt.addr.ss.ss_family;
	slot->attempt.fd = -1;
}

/* Whether the cause of a refusal is looked for: that of one port is the result of the scan, those
 * of several are printed with -vv. */
static bool is_evidence_wanted(const struct scan *scan)
{
	return scan->alone || trace_shows(scan->run->trace, 2);
}

static void tcp_failed(struct scan *scan, struct slot *slot, int err)
{
	struct fault fault = {.step = STEP_NONE};
	struct evidence evidence;
	bool icmp = evidence_take_icmp(&evidence, scan->run->trace, slot->attempt.fd);
	bool reset = err == ECONNREFUSED && !icmp;
	if (reset && !is_evidence_wanted(scan)) {
		scan_refused(scan, slot);
	} else {
		slot->attempt.err = err;
		connect_explain_attempt(&slot->attempt, &scan->connector, &evidence, &fault);
		connect_explain_route(&scan->connector, &slot->attempt.addr, &fault);
		scan_failed(scan, slot, &fault,
			    icmp    ? &evidence.error.offender
			    : reset ? &slot->attempt.addr
				    : NULL);
	}
	if (reset)
		keep_socket(scan, slot);
	attempt_close(&slot->attempt, scan->run);
}

/* The connect of SLOT has ended with ERR, or with 0. */
static void tcp_over(struct scan *scan, struct slot *slot, int err)
{
	struct fault fault = {.step = STEP_NONE};
	char target[512];
	struct text text = TEXT_IN(target);
	/* A peer that has accepted and reset the connection since then is open. */
	if (err != 0 && !attempt_is_reset(err)) {
		tcp_failed(scan, slot, err);
		return;
	}
	if (is_connected_to_itself(scan, slot)) {
		describe_attempt(&text, scan->config, &slot->attempt.addr);
		connect_explain_self(&fault, target);
		scan_failed(scan, slot, &fault, NULL);
	} else {
		scan_opened(scan, slot, NULL, 0);
	}
	attempt_close(&slot->attempt, scan->run);
}

static int tcp_open(struct scan *scan, struct slot *slot, struct fault *fault)
{
	slot->attempt = (struct attempt){
		.fd = -1, .addr = scan->addrs[slot->address], .start_ns = slot->start_ns};
	addr_set_port(&slot->attempt.addr, scan->ports->list[slot->port]);
	attempt_note(&slot->attempt, &scan->connector);
	if (scan->spare_fd < 0 || scan->spare_family != slot->attempt.addr.ss.ss_family)
		return attempt_open(&slot->attempt, &scan->connector, fault);
	slot->attempt.fd = scan->spare_fd;
	scan->spare_fd = -1;
	return 0;
}

static enum begun tcp_begin(struct scan *scan, struct slot *slot, struct fault *fault)
{
	struct trace *trace = scan->run->trace;
	int err = 0;
	if (tcp_open(scan, slot, fault) != 0) {
		attempt_close(&slot->attempt, scan->run);
		if (is_shortage(fault->err))
			return BEGUN_LATER;
		scan_failed(scan, slot, fault, NULL);
		return BEGUN_OVER;
	}
	if (sys_connect(trace, slot->attempt.fd, &slot->attempt.addr) != 0)
		err = errno;
	/* The second call asks how the first one stands. */
	if (err == EINPROGRESS)
		err = sys_connect(trace, slot->attempt.fd, &slot->attempt.addr) == 0 ? 0 : errno;
	if (err == EALREADY || err == EINPROGRESS)
		return BEGUN_PENDING;
	if (is_shortage(err)) {
		slot->attempt.err = err;
		connect_explain_attempt(&slot->attempt, &scan->connector, NULL, fault);
		attempt_close(&slot->attempt, scan->run);
		return BEGUN_LATER;
	}
	tcp_over(scan, slot, err);
	return BEGUN_OVER;
}

static bool tcp_advance(struct scan *scan, struct slot *slot, int64_t now_ns)
{
	struct fault fault = {.step = STEP_NONE};
	if (slot->attempt.ready) {
		tcp_over(scan, slot, sockopt_take_error(scan->run->trace, slot->attempt.fd));
		return true;
	}
	if (now_ns < slot->deadline_ns)
		return false;
	attempt_timeout(&slot->attempt, &scan->connector, &fault);
	scan_failed(scan, slot, &fault, NULL);
	attempt_close(&slot->attempt, scan->run);
	return true;
}

/* ---- UDP: a question that suits the port, until somebody answers ---- */

static struct probe_target udp_target(const struct scan *scan, const struct slot *slot)
{
	struct probe_target target = {.connector = &scan->connector,
				      .addr = scan->addrs[slot->address]};
	addr_set_port(&target.addr, scan->ports->list[slot->port]);
	return target;
}

/* With -v: who of many it is that has answered. */
static void report_answerer(const struct scan *scan, const struct slot *slot)
{
	char host[128];
	struct text text = TEXT_IN(host);
	if (!slot->probe.group)
		return;
	addr_format_host(&text, &slot->probe.from);
	console_status(scan->run->console, "Datagram received from %s %u", host,
		       addr_port(&slot->probe.from));
}

static void udp_over(struct scan *scan, struct slot *slot)
{
	struct probe_target target = udp_target(scan, slot);
	struct fault fault = {.step = STEP_NONE};
	struct addr answerer = probe_answerer(&slot->probe, &target);
	if (slot->probe.state == PROBE_ACCEPTED) {
		report_answerer(scan, slot);
		scan_opened(scan, slot, &answerer, slot->probe.answer);
	} else {
		scan->closed |= probe_is_closed(&slot->probe, &target);
		probe_explain(&slot->probe, &target, &fault);
		if (slot->probe.state == PROBE_SILENT && scan->closed)
			fault_cause(
				&fault, fault.cause,
				"%.600s\nof other ports it says that they are closed; hosts limit "
				"how many such errors they "
				"send (Linux: one a second), so that this one may be closed, too",
				fault.detail);
		scan_failed(scan, slot, &fault, probe_is_answered(&slot->probe) ? &answerer : NULL);
	}
	probe_close(&slot->probe, scan->run);
}

static enum begun udp_begin(struct scan *scan, struct slot *slot, struct fault *fault)
{
	struct probe_target target = udp_target(scan, slot);
	if (slot->deadline_ns == NEVER)
		slot->deadline_ns = slot->start_ns + SILENCE_NS;
	if (probe_send(&slot->probe, &target, scan->config->endpoint.options.ttl, fault) != 0) {
		if (is_shortage(fault->err))
			return BEGUN_LATER;
		scan_failed(scan, slot, fault, NULL);
		return BEGUN_OVER;
	}
	slot->again_ns = slot->start_ns + AGAIN_NS;
	if (slot->probe.state == PROBE_PENDING)
		return BEGUN_PENDING;
	udp_over(scan, slot);
	return BEGUN_OVER;
}

static bool udp_advance(struct scan *scan, struct slot *slot, int64_t now_ns)
{
	struct probe_target target = udp_target(scan, slot);
	if (slot->probe.ready)
		probe_check(&slot->probe, &target);
	if (slot->probe.state == PROBE_PENDING && now_ns >= slot->deadline_ns)
		probe_close(&slot->probe, scan->run);
	if (slot->probe.state == PROBE_PENDING && now_ns >= slot->again_ns) {
		probe_again(&slot->probe, &target);
		slot->again_ns = now_ns + 2 * AGAIN_NS;
	}
	if (slot->probe.state == PROBE_PENDING)
		return false;
	udp_over(scan, slot);
	return true;
}

/* ---- through a proxy ---- */

static void proxy_over(struct scan *scan, struct slot *slot, enum dial_state state,
		       struct dial_result *dial_result, struct fault *fault)
{
	dial_close(slot->dial);
	slot->dial = NULL;
	transport_close(&dial_result->transport);
	if (state == DIAL_CONNECTED)
		scan_opened(scan, slot, NULL, 0);
	else
		scan_failed(scan, slot, fault, NULL);
}

static bool proxy_advance(struct scan *scan, struct slot *slot)
{
	struct fault fault = {.step = STEP_NONE};
	struct dial_result dial_result;
	enum dial_state state = dial_advance(slot->dial, &dial_result, &fault);
	if (state == DIAL_PENDING)
		return false;
	proxy_over(scan, slot, state, &dial_result, &fault);
	return true;
}

static enum begun proxy_begin(struct scan *scan, struct slot *slot, struct fault *fault)
{
	struct text port = TEXT_IN(slot->to.target.port);
	slot->to = *scan->config;
	slot->to.silent = true;
	text_printf(&port, "%u", scan->ports->list[slot->port]);
	slot->dial = dial_open(scan->run, &slot->to, fault);
	if (slot->dial)
		return proxy_advance(scan, slot) ? BEGUN_OVER : BEGUN_PENDING;
	if (is_shortage(fault->err))
		return BEGUN_LATER;
	scan_failed(scan, slot, fault, NULL);
	return BEGUN_OVER;
}

/* ---- any of them ---- */

static bool is_udp(const struct scan *scan)
{
	return scan->config->endpoint.type == SOCK_DGRAM;
}

enum begun slot_begin(struct scan *scan, struct slot *slot, struct fault *fault)
{
	if (scan_is_proxied(scan))
		return proxy_begin(scan, slot, fault);
	return is_udp(scan) ? udp_begin(scan, slot, fault) : tcp_begin(scan, slot, fault);
}

bool slot_advance(struct scan *scan, struct slot *slot, int64_t now_ns)
{
	if (scan_is_proxied(scan))
		return proxy_advance(scan, slot);
	return is_udp(scan) ? udp_advance(scan, slot, now_ns) : tcp_advance(scan, slot, now_ns);
}

void slot_want(struct scan *scan, struct slot *slot, struct pollset *set)
{
	if (scan_is_proxied(scan)) {
		dial_want(slot->dial, set);
		return;
	}
	if (!is_udp(scan)) {
		pollset_add(set, slot->attempt.fd, POLLOUT, &slot->attempt.ready);
		return;
	}
	pollset_add(set, slot->probe.fd, POLLIN, &slot->probe.ready);
	pollset_wake(set, slot->again_ns);
}

void slot_close(struct scan *scan, struct slot *slot)
{
	if (scan_is_proxied(scan))
		dial_close(slot->dial);
	else if (is_udp(scan))
		probe_close(&slot->probe, scan->run);
	else
		attempt_close(&slot->attempt, scan->run);
}
