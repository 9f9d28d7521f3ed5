/* Tracing the way to a port.  Hops are begun one shortly after the other, so that not many more are
 * asked than there are; each is asked three times, and all of them at the same time.  The
 * hops are printed in traceroute_report.c, the end in traceroute_verdict.c. */
#include "diagnose/traceroute.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "diagnose/traceroute_internal.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/resolve.h"
#include "resolve/resolve_wait.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* Between the first probes of two hops. */
#define HOP_DELAY_NS (20 * NS_PER_MS)

/* So long for the answer to a probe, at the most: three of them outlast the three seconds after
 * which the last router knows that the host does not answer ARP.  With -w up to the second of
 * these. */
#define PROBE_WAIT_NS (1200 * NS_PER_MS)
#define PROBE_WAIT_LONG_NS (5 * NS_PER_SEC)

/* Where others further on have answered, a hop gets ten times as long as they took, and this at
 * least. */
#define PROBE_WAIT_SHORT_NS (300 * NS_PER_MS)

/* A name may take so long. */
#define NAME_NS (2 * NS_PER_SEC)

/* ---- names ---- */

static void ask_name(struct traceroute *traceroute, const struct addr *addr)
{
	if (traceroute->config->endpoint.numeric || traceroute->name_count == TRACEROUTE_NAMES ||
	    traceroute_name(traceroute, addr))
		return;
	int64_t deadline_ns = deadline_min(deadline_after(clock_now(), NAME_NS),
					   traceroute->deadline_ns);
	reverse_start(&traceroute->names[traceroute->name_count++], traceroute->run, addr,
		      deadline_ns);
}

/* ---- hops ---- */

/* The longest that an answer from HOP on has taken; 0: there is none. */
static int64_t longest_from(const struct traceroute *traceroute, size_t hop)
{
	int64_t longest_ns = 0;
	for (; hop < traceroute->end; hop++)
		for (size_t i = 0; i < traceroute->hops[hop].sent; i++)
			if (probe_is_answered(&traceroute->hops[hop].probes[i]) &&
			    traceroute->hops[hop].probes[i].took_ns > longest_ns)
				longest_ns = traceroute->hops[hop].probes[i].took_ns;
	return longest_ns;
}

/* Until when the last probe of HOP keeps the next one waiting. */
static int64_t waits_until(const struct traceroute *traceroute, size_t hop)
{
	const struct probe *last = &traceroute->hops[hop].probes[traceroute->hops[hop].sent - 1];
	int64_t longest_ns = longest_from(traceroute, hop);
	int64_t wait_ns = traceroute->wait_ns;
	if (last->state != PROBE_PENDING)
		return 0;
	if (longest_ns > 0) {
		int64_t enough_ns = 10 * longest_ns > PROBE_WAIT_SHORT_NS ? 10 * longest_ns
									  : PROBE_WAIT_SHORT_NS;
		wait_ns = deadline_min(wait_ns, enough_ns);
	}
	return last->start_ns + wait_ns;
}

/* When HOP is to be asked next, or when it has been asked enough and waited for. */
static int64_t due_at(const struct traceroute *traceroute, size_t hop)
{
	if (traceroute->hops[hop].sent == 0)
		return traceroute->start_ns + (int64_t)hop * HOP_DELAY_NS;
	return waits_until(traceroute, hop);
}

/* Whether what PROBE came back with ends the way. */
static bool is_end(const struct probe *probe)
{
	bool answered = probe_is_answered(probe) && !probe_is_on_the_way(probe);
	return answered || probe->state == PROBE_FAILED;
}

static void close_hop(struct traceroute *traceroute, size_t hop)
{
	for (size_t i = 0; i < traceroute->hops[hop].sent; i++)
		probe_close(&traceroute->hops[hop].probes[i], traceroute->run);
}

/* Whether ROUTER, which has answered at HOP, has done so at two hops before: there is no need to go
 * round once more. */
static bool goes_round(const struct traceroute *traceroute, size_t hop, const struct addr *router)
{
	size_t times = 0;
	for (size_t i = 0; i < hop; i++) {
		struct addr other = probe_answerer(&traceroute->hops[i].probes[0],
						   &traceroute->target);
		times += probe_is_on_the_way(&traceroute->hops[i].probes[0]) &&
			 addr_equal(&other, router);
	}
	return times >= 2;
}

/* Nothing behind HOP is asked any more. */
static void cut_behind(struct traceroute *traceroute, size_t hop)
{
	for (size_t i = hop + 1; i < traceroute->end; i++)
		close_hop(traceroute, i);
	traceroute->end = hop + 1;
}

/* Something has become of PROBE of HOP. */
static void take_probe(struct traceroute *traceroute, size_t hop, const struct probe *probe)
{
	struct addr sender = probe_answerer(probe, &traceroute->target);
	if (probe_is_answered(probe))
		ask_name(traceroute, &sender);
	if (hop >= traceroute->end)
		return;
	if (is_end(probe)) {
		cut_behind(traceroute, hop);
		traceroute->ended = true;
	} else if (probe_is_on_the_way(probe) && goes_round(traceroute, hop, &sender)) {
		cut_behind(traceroute, hop);
	}
}

static void check_hop(struct traceroute *traceroute, size_t hop)
{
	for (size_t i = 0; i < traceroute->hops[hop].sent; i++) {
		struct probe *probe = &traceroute->hops[hop].probes[i];
		if (probe->state != PROBE_PENDING || !probe->ready)
			continue;
		probe_check(probe, &traceroute->target);
		take_probe(traceroute, hop, probe);
	}
}

static int send_next(struct traceroute *traceroute, size_t hop, struct fault *fault)
{
	struct probe *probe = &traceroute->hops[hop].probes[traceroute->hops[hop].sent];
	if (probe_send(probe, &traceroute->target, (int)hop + 1, fault) != 0)
		return -1;
	traceroute->hops[hop].sent++;
	take_probe(traceroute, hop, probe);
	return 0;
}

/* Check what has come in and send what is due.  0, or -1 with FAULT. */
static int advance(struct traceroute *traceroute, struct fault *fault)
{
	for (size_t hop = 0; hop < traceroute->end; hop++)
		check_hop(traceroute, hop);
	for (size_t hop = 0; hop < traceroute->end; hop++)
		if (traceroute->hops[hop].sent < HOP_PROBES &&
		    clock_now() >= due_at(traceroute, hop) &&
		    send_next(traceroute, hop, fault) != 0)
			return -1;
	for (size_t i = 0; i < traceroute->name_count; i++)
		reverse_advance(&traceroute->names[i], traceroute->run, clock_now());
	return 0;
}

/* Whether nothing more is to be expected of any hop. */
static bool is_settled(const struct traceroute *traceroute)
{
	for (size_t hop = 0; hop < traceroute->end; hop++)
		if (traceroute->hops[hop].sent < HOP_PROBES ||
		    clock_now() < due_at(traceroute, hop))
			return false;
	for (size_t i = 0; i < traceroute->name_count; i++)
		if (!reverse_is_done(&traceroute->names[i]))
			return false;
	return true;
}

static void want_answers(struct traceroute *traceroute, struct pollset *set)
{
	pollset_wake(set, traceroute->deadline_ns);
	for (size_t hop = 0; hop < traceroute->end; hop++) {
		int64_t due_ns = due_at(traceroute, hop);
		if (traceroute->hops[hop].sent < HOP_PROBES || clock_now() < due_ns)
			pollset_wake(set, due_ns);
		for (size_t i = 0; i < traceroute->hops[hop].sent; i++) {
			struct probe *probe = &traceroute->hops[hop].probes[i];
			short events = traceroute->config->endpoint.type == SOCK_DGRAM ? POLLIN
										       : POLLOUT;
			if (probe->state == PROBE_PENDING)
				pollset_add(set, probe->fd, events, &probe->ready);
		}
	}
	for (size_t i = 0; i < traceroute->name_count; i++)
		reverse_want(&traceroute->names[i], set);
}

/* Probe until all is known or time is up. */
static int probe_hops(struct traceroute *traceroute, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = advance(traceroute, fault);
	while (status == 0 && clock_now() < traceroute->deadline_ns && !is_settled(traceroute)) {
		pollset_clear(&set);
		want_answers(traceroute, &set);
		status = pollset_wait(&set, traceroute->run, fault);
		if (status == 0 && advance(traceroute, fault) == 0)
			status = traceroute_print_hops(traceroute, false, fault);
		else
			status = -1;
	}
	pollset_close(&set);
	for (size_t hop = 0; hop < traceroute->end; hop++)
		close_hop(traceroute, hop);
	return status;
}

/* ---- the target ---- */

/* Whether this host has a way to ADDR, and its source address then: a datagram socket is connected,
 * which sends nothing. */
static bool has_route(struct traceroute *traceroute, const struct addr *addr)
{
	struct purpose purpose;
	purpose_begin(&purpose, traceroute->run->trace, "this host",
		      "from which address it reaches %s", addr_host_text(addr).chars);
	int fd = sys_socket(traceroute->run->trace, addr->ss.ss_family,
			    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool known = fd >= 0 && sys_connect(traceroute->run->trace, fd, addr) == 0 &&
		     sys_getsockname(traceroute->run->trace, fd, &traceroute->local) == 0;
	sys_close(traceroute->run->trace, &fd);
	addr_set_port(&traceroute->local, 0);
	purpose_end(&purpose, "%s",
		    known ? addr_host_text(&traceroute->local).chars : "there is no way");
	return known;
}

/* The first address that there is a way to, or else the first. */
static void choose_address(struct traceroute *traceroute, const struct resolve *resolve)
{
	bool chosen = false;
	for (size_t i = 0; i < resolve->count && !chosen; i++)
		for (size_t k = 0; k < resolve->lookups[i].count && !chosen; k++)
			if (has_route(traceroute, &resolve->lookups[i].addrs[k])) {
				traceroute->target.addr = resolve->lookups[i].addrs[k];
				chosen = true;
			}
	for (size_t i = resolve->count; i-- > 0 && !chosen;)
		if (resolve->lookups[i].count > 0)
			traceroute->target.addr = resolve->lookups[i].addrs[0];
}

static int find_address(struct traceroute *traceroute, struct fault *fault)
{
	const struct dial_config *config = traceroute->config;
	struct resolve resolve = {.host = config->target.host, .port = config->target.port};
	struct text text = TEXT_IN(traceroute->name);
	int64_t limit_ns = deadline_min(config->connect_ns, TRACEROUTE_LIMIT_NS);

	if (connector_open(&traceroute->connector, traceroute->run, config, traceroute->deadline_ns,
			   fault) != 0 ||
	    resolve_start(&resolve, traceroute->run, &config->endpoint, fault) != 0)
		return -1;
	int status = resolve_wait(&resolve, traceroute->run, traceroute->deadline_ns, limit_ns,
				  fault);
	resolve_close(&resolve);
	if (status != 0)
		return -1;
	choose_address(traceroute, &resolve);
	describe_attempt(&text, config, &traceroute->target.addr);
	/* RFC 1122, 3.2.2: no ICMP error is sent in answer to a datagram for many. */
	if (addr_is_multicast(&traceroute->target.addr))
		return fault_usage(fault,
				   "--path wants the address of one host: to %s, a multicast "
				   "address, no router answers",
				   config->target.host);
	return 0;
}

/* ---- the whole ---- */

static int run_traceroute(struct traceroute *traceroute, struct fault *fault)
{
	bool asked = traceroute->config->connect_ns != NEVER;
	if (find_address(traceroute, fault) != 0)
		return -1;
	if (traceroute_print_target(traceroute, fault) != 0)
		return -1;
	traceroute->start_ns = clock_now();
	int64_t part_ns = (traceroute->deadline_ns - traceroute->start_ns) / (HOP_PROBES + 1);
	traceroute->wait_ns = deadline_min(part_ns, asked ? PROBE_WAIT_LONG_NS : PROBE_WAIT_NS);
	if (probe_hops(traceroute, fault) != 0 ||
	    traceroute_print_hops(traceroute, true, fault) != 0)
		return -1;
	return traceroute_print_end(traceroute, fault);
}

int traceroute(const struct run *run, const struct dial_config *config, struct fault *fault)
{
	struct traceroute *traceroute = calloc(1, sizeof(*traceroute));
	if (!traceroute)
		return fault_errno(fault, STEP_LOCAL, errno, "trace the path");
	traceroute->run = run;
	traceroute->config = config;
	traceroute->target.connector = &traceroute->connector;
	int64_t limit_ns = config->connect_ns != NEVER ? config->connect_ns : TRACEROUTE_LIMIT_NS;
	traceroute->deadline_ns = deadline_min(run->deadline_ns,
					       deadline_after(clock_now(), limit_ns));
	int ttl = config->endpoint.options.ttl;
	traceroute->limit = ttl == 0                    ? TRACEROUTE_HOPS
			    : ttl < TRACEROUTE_HOPS_MAX ? (size_t)ttl
							: TRACEROUTE_HOPS_MAX;
	traceroute->end = traceroute->limit;
	int status = run_traceroute(traceroute, fault);
	for (size_t i = 0; i < traceroute->name_count; i++)
		reverse_close(&traceroute->names[i]);
	free(traceroute);
	return status;
}
