/* An address that --why tries, by TCP, by datagrams or by a Unix socket. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/connect_explain.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "diagnose/probe_explain.h"
#include "diagnose/why_internal.h"
#include "host/egress.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* UDP: the second datagram goes out so long after the first, and that is enough of silence. */
#define DATAGRAM_AGAIN_NS (700 * NS_PER_MS)
#define DATAGRAM_SILENCE_NS (2 * NS_PER_SEC)

bool why_is_udp(const struct why *why)
{
	return why->config->endpoint.type == SOCK_DGRAM && !why->config->path;
}

static struct probe_target probe_target(const struct why *why, const struct why_target *target)
{
	return (struct probe_target){.connector = &why->connector, .addr = target->attempt.addr};
}

/* What the connect alone does not tell of its failure, and what was looked at before does. */
static void explain_target(const struct why *why, struct fault *fault,
			   const struct why_target *target)
{
	bool routing = fault->cause == CAUSE_ROUTE_MISSING ||
		       fault->cause == CAUSE_ROUTE_BLACKHOLE ||
		       fault->cause == CAUSE_ROUTE_PROHIBIT ||
		       fault->cause == CAUSE_ROUTE_UNREACHABLE;
	if (fault->step == STEP_CONNECT && target->refusal && fault->err == target->refused &&
	    !routing) {
		fault_cause(fault, target->refusal, "%s: nothing was sent", target->refused_by);
		fault->status = connect_route_status(fault);
	} else if (fault->err == EACCES && why->config->path) {
		fault_cause(fault, CAUSE_SOCKET_PERMISSION,
			    "this user may not write to that socket, or not enter a folder on the "
			    "way to it");
	} else if (target->routed && (fault->err == ENETUNREACH || fault->err == EACCES)) {
		struct route_query query = connector_flow(&why->connector, &target->attempt.addr);
		char words[160];
		struct text text = TEXT_IN(words);
		enum cause group = egress_put_group(&text, &query, &target->route);
		if (group) {
			fault_cause(fault, group, "%s", words);
			fault->status = connect_route_status(fault);
		}
	}
	connect_explain_ttl(why->config, fault);
}

static void settle_target(struct why *why, struct why_target *target, enum attempt_state state)
{
	target->state = state;
	target->took_ns = clock_now() - target->start_ns;
	if (state != ATTEMPT_FAILED)
		return;
	fault_explain(&target->fault);
	explain_target(why, &target->fault, target);
}

/* ---- UDP ---- */

static void judge_probe(struct why *why, struct why_target *target, const struct probe *probe)
{
	struct probe_target to = probe_target(why, target);
	if (probe->state == PROBE_PENDING)
		return;
	if (probe->state != PROBE_ACCEPTED)
		probe_explain(probe, &to, &target->fault);
	settle_target(why, target,
		      probe->state == PROBE_ACCEPTED ? ATTEMPT_CONNECTED : ATTEMPT_FAILED);
}

static void send_datagram(struct why *why, struct why_target *target)
{
	struct probe_target to = probe_target(why, target);
	struct probe *probe = &target->probes[target->sent];
	if (probe_send(probe, &to, why->config->endpoint.options.ttl, &target->fault) != 0) {
		settle_target(why, target, ATTEMPT_FAILED);
		return;
	}
	target->sent++;
	if (sys_getsockname(why->run->trace, probe->fd, &target->local) != 0)
		target->local.len = 0;
	addr_set_port(&target->local, 0);
	judge_probe(why, target, probe);
}

static void advance_udp(struct why *why, struct why_target *target, int64_t now_ns)
{
	struct probe_target to = probe_target(why, target);
	for (size_t i = 0; i < target->sent && target->state == ATTEMPT_PENDING; i++) {
		struct probe *probe = &target->probes[i];
		if (probe->state == PROBE_PENDING && probe->ready)
			probe_check(probe, &to);
		judge_probe(why, target, probe);
	}
	if (target->state != ATTEMPT_PENDING)
		return;
	if (target->sent < DATAGRAMS && now_ns >= target->start_ns + DATAGRAM_AGAIN_NS)
		send_datagram(why, target);
	else if (now_ns >= target->start_ns + DATAGRAM_SILENCE_NS)
		target_give_up(why, target);
}

/* ---- TCP ---- */

/* The connection of a socket with itself is none: nobody listens there. */
static bool is_self_connect(struct why *why, struct why_target *target)
{
	char name[512];
	struct text text = TEXT_IN(name);
	if (sys_getsockname(why->run->trace, target->attempt.fd, &target->local) != 0)
		target->local.len = 0;
	if (target->local.len == 0 || !addr_equal(&target->local, &target->attempt.addr))
		return false;
	describe_attempt(&text, why->config, &target->attempt.addr);
	connect_explain_self(&target->fault, name);
	return true;
}

/* The structure has grown with the kernel: what it returned is what counts. */
#define HAS(info_len, member) \
	((info_len) >=        \
	 offsetof(struct tcp_info, member) + sizeof(((struct tcp_info *)NULL)->member))

/* Take what TCP knows of the connection FD. */
static void read_tcp(struct why *why, int fd)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);
	if (why->config->endpoint.type != SOCK_STREAM || why->config->path)
		return;
	struct purpose purpose;
	purpose_begin(&purpose, why->run->trace, "this host", "how the connection was made");
	bool known = sys_getsockopt(why->run->trace, fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
		     HAS(len, tcpi_total_retrans);
	purpose_end(&purpose, known ? "round trip %s, %u retransmits" : "it does not say",
		    units_time(info.tcpi_rtt * NS_PER_US).chars, info.tcpi_total_retrans);
	if (!known)
		return;
	why->tcp = (struct why_tcp){.known = true,
				    .rtt_ns = info.tcpi_rtt * NS_PER_US,
				    .mss = info.tcpi_snd_mss,
				    .pmtu = info.tcpi_pmtu,
				    .retransmits = info.tcpi_total_retrans};
}

static void judge_attempt(struct why *why, struct why_target *target)
{
	if (target->attempt.state == ATTEMPT_PENDING)
		return;
	bool connected = target->attempt.state == ATTEMPT_CONNECTED &&
			 !is_self_connect(why, target);
	settle_target(why, target, connected ? ATTEMPT_CONNECTED : ATTEMPT_FAILED);
	if (connected && !why->reached) {
		why->reached = target;
		read_tcp(why, target->attempt.fd);
	} else {
		target_close(why, target);
	}
}

/* ---- Unix sockets ---- */

/* The kernel is asked instead of connected: a listener that serves one client would take this for
 * it.  One whose queue is full may have room in a moment. */
static void ask_unix(struct why *why, struct why_target *target)
{
	struct attempt *attempt = &target->attempt;
	struct unix_owner *owner = &why->unix_owner;
	unix_owner_ask(owner, why->run->trace, &attempt->addr, why->config->endpoint.type);
	attempt->err = owner->err;
	if (owner->err == EAGAIN) {
		attempt->retry_ns = clock_now() + ATTEMPT_RETRY_NS;
		return;
	}
	if (owner->err != 0)
		connect_explain_attempt(attempt, &why->connector, NULL, &target->fault);
	else
		why->reached = target;
	settle_target(why, target, owner->err == 0 ? ATTEMPT_CONNECTED : ATTEMPT_FAILED);
}

/* ---- all ---- */

void target_start(struct why *why, struct why_target *target)
{
	target->start_ns = clock_now();
	if (why->config->path) {
		ask_unix(why, target);
		return;
	}
	if (why_is_udp(why)) {
		send_datagram(why, target);
		return;
	}
	attempt_start(&target->attempt, &why->connector, &target->fault);
	judge_attempt(why, target);
}

void target_advance(struct why *why, struct why_target *target, int64_t now_ns)
{
	struct attempt *attempt = &target->attempt;
	if (target->state != ATTEMPT_PENDING)
		return;
	if (why_is_udp(why)) {
		advance_udp(why, target, now_ns);
		return;
	}
	if (why->config->path) {
		if (now_ns >= attempt->retry_ns)
			ask_unix(why, target);
		return;
	}
	bool due = attempt->retry_ns != 0 ? now_ns >= attempt->retry_ns : attempt->ready;
	attempt->ready = false;
	if (due)
		attempt_check(attempt, &why->connector, &target->fault);
	judge_attempt(why, target);
}

void target_want(const struct why *why, struct why_target *target, struct pollset *set)
{
	if (target->state != ATTEMPT_PENDING)
		return;
	for (size_t i = 0; i < target->sent; i++)
		if (target->probes[i].state == PROBE_PENDING)
			pollset_add(set, target->probes[i].fd, POLLIN, &target->probes[i].ready);
	if (why_is_udp(why)) {
		pollset_wake(set,
			     target->start_ns + (target->sent < DATAGRAMS ? DATAGRAM_AGAIN_NS
									  : DATAGRAM_SILENCE_NS));
		return;
	}
	if (target->attempt.retry_ns != 0)
		pollset_wake(set, target->attempt.retry_ns);
	else
		pollset_add(set, target->attempt.fd, POLLOUT, &target->attempt.ready);
}

void target_give_up(struct why *why, struct why_target *target)
{
	struct probe_target to = probe_target(why, target);
	if (target->state != ATTEMPT_PENDING)
		return;
	if (why_is_udp(why)) {
		target_close(why, target);
		probe_explain(&target->probes[0], &to, &target->fault);
	} else {
		attempt_timeout(&target->attempt, &why->connector, &target->fault);
	}
	settle_target(why, target, ATTEMPT_FAILED);
	target_close(why, target);
}

void target_close(struct why *why, struct why_target *target)
{
	for (size_t i = 0; i < target->sent; i++)
		probe_close(&target->probes[i], why->run);
	attempt_close(&target->attempt, why->run);
}
