/* Tracing the way to a port.  Hops are begun one shortly after the other, so that not many more are asked than there are;
 * each is asked three times, and all of them at the same time.  What is told of it is in path_tell.c. */
#include "diagnose/traceroute.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/attempt.h"
#include "connect/dial.h"
#include "diagnose/traceroute_internal.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/resolve.h"
#include "trace/sys.h"

/* Between the first probes of two hops. */
#define HOP_DELAY_NS (20 * NS_PER_MS)

/* So long for the answer to a probe, at the most: three of them outlast the three seconds after which the last router knows
 * that the host does not answer ARP.  With -w up to the second of these. */
#define PROBE_WAIT_NS (1200 * NS_PER_MS)
#define PROBE_WAIT_LONG_NS (5 * NS_PER_SEC)

/* Where others further on have answered, a hop gets ten times as long as they took, and this at least. */
#define PROBE_WAIT_SHORT_NS (300 * NS_PER_MS)

/* A name may take so long. */
#define NAME_NS (2 * NS_PER_SEC)

/* ---- names ---- */

static struct reverse *find_name(struct path *path, const struct addr *addr)
{
	for (size_t i = 0; i < path->name_count; i++)
		if (addr_equal(&path->names[i].addr, addr))
			return &path->names[i];
	return NULL;
}

const struct reverse *path_name(const struct path *path, const struct addr *addr)
{
	for (size_t i = 0; i < path->name_count; i++)
		if (addr_equal(&path->names[i].addr, addr))
			return &path->names[i];
	return NULL;
}

static void ask_name(struct path *path, const struct addr *addr)
{
	if (path->config->endpoint.numeric || path->name_count == PATH_NAMES || find_name(path, addr))
		return;
	int64_t deadline_ns = deadline_min(deadline_after(clock_now(), NAME_NS), path->deadline_ns);
	reverse_start(&path->names[path->name_count++], path->run, addr, deadline_ns);
}

/* ---- hops ---- */

bool hop_is_answered(const struct hop *hop)
{
	for (size_t i = 0; i < hop->sent; i++)
		if (probe_is_answered(&hop->probes[i]))
			return true;
	return false;
}

/* The longest that an answer from HOP on has taken; 0: there is none. */
static int64_t longest_from(const struct path *path, size_t hop)
{
	int64_t longest_ns = 0;
	for (; hop < path->end; hop++)
		for (size_t i = 0; i < path->hops[hop].sent; i++)
			if (probe_is_answered(&path->hops[hop].probes[i]) &&
			    path->hops[hop].probes[i].took_ns > longest_ns)
				longest_ns = path->hops[hop].probes[i].took_ns;
	return longest_ns;
}

/* Until when the last probe of HOP keeps the next one waiting. */
static int64_t waits_until(const struct path *path, size_t hop)
{
	const struct probe *last = &path->hops[hop].probes[path->hops[hop].sent - 1];
	int64_t longest_ns = longest_from(path, hop);
	int64_t wait_ns = path->wait_ns;
	if (last->state != PROBE_PENDING)
		return 0;
	if (longest_ns > 0) {
		int64_t enough_ns = 10 * longest_ns > PROBE_WAIT_SHORT_NS ? 10 * longest_ns : PROBE_WAIT_SHORT_NS;
		wait_ns = deadline_min(wait_ns, enough_ns);
	}
	return last->start_ns + wait_ns;
}

/* When HOP is to be asked next, or when it has been asked enough and waited for. */
static int64_t due_at(const struct path *path, size_t hop)
{
	if (path->hops[hop].sent == 0)
		return path->start_ns + (int64_t)hop * HOP_DELAY_NS;
	return waits_until(path, hop);
}

/* Whether what PROBE came back with ends the way. */
static bool is_end(const struct probe *probe)
{
	bool answered = probe_is_answered(probe) && !probe_is_on_the_way(probe);
	return answered || probe->state == PROBE_FAILED;
}

static void close_hop(struct path *path, size_t hop)
{
	for (size_t i = 0; i < path->hops[hop].sent; i++)
		probe_close(&path->hops[hop].probes[i], path->run);
}

/* Whether ROUTER, which has answered at HOP, has done so at two hops before: there is no need to go round once more. */
static bool goes_round(const struct path *path, size_t hop, const struct addr *router)
{
	size_t times = 0;
	for (size_t i = 0; i < hop; i++) {
		struct addr other = probe_answerer(&path->hops[i].probes[0], &path->target);
		times += probe_is_on_the_way(&path->hops[i].probes[0]) && addr_equal(&other, router);
	}
	return times >= 2;
}

/* Nothing behind HOP is asked any more. */
static void cut_behind(struct path *path, size_t hop)
{
	for (size_t i = hop + 1; i < path->end; i++)
		close_hop(path, i);
	path->end = hop + 1;
}

/* Something has become of PROBE of HOP. */
static void take_answer(struct path *path, size_t hop, const struct probe *probe)
{
	struct addr sender = probe_answerer(probe, &path->target);
	if (probe_is_answered(probe))
		ask_name(path, &sender);
	if (hop >= path->end)
		return;
	if (is_end(probe)) {
		cut_behind(path, hop);
		path->ended = true;
	} else if (probe_is_on_the_way(probe) && goes_round(path, hop, &sender)) {
		cut_behind(path, hop);
	}
}

static void check_hop(struct path *path, size_t hop)
{
	for (size_t i = 0; i < path->hops[hop].sent; i++) {
		struct probe *probe = &path->hops[hop].probes[i];
		if (probe->state != PROBE_PENDING || !probe->ready)
			continue;
		probe_check(probe, &path->target);
		take_answer(path, hop, probe);
	}
}

static int send_next(struct path *path, size_t hop, struct fault *fault)
{
	struct probe *probe = &path->hops[hop].probes[path->hops[hop].sent];
	if (probe_send(probe, &path->target, (int)hop + 1, fault) != 0)
		return -1;
	path->hops[hop].sent++;
	take_answer(path, hop, probe);
	return 0;
}

/* Check what has come in and send what is due.  0, or -1 with FAULT. */
static int advance(struct path *path, struct fault *fault)
{
	for (size_t hop = 0; hop < path->end; hop++)
		check_hop(path, hop);
	for (size_t hop = 0; hop < path->end; hop++)
		if (path->hops[hop].sent < HOP_PROBES && clock_now() >= due_at(path, hop) &&
		    send_next(path, hop, fault) != 0)
			return -1;
	for (size_t i = 0; i < path->name_count; i++)
		reverse_advance(&path->names[i], path->run, clock_now());
	return 0;
}

/* Whether nothing more is to be expected of any hop. */
static bool is_settled(const struct path *path)
{
	for (size_t hop = 0; hop < path->end; hop++)
		if (path->hops[hop].sent < HOP_PROBES || clock_now() < due_at(path, hop))
			return false;
	for (size_t i = 0; i < path->name_count; i++)
		if (!reverse_is_done(&path->names[i]))
			return false;
	return true;
}

static void want(struct path *path, struct pollset *set)
{
	pollset_wake(set, path->deadline_ns);
	for (size_t hop = 0; hop < path->end; hop++) {
		int64_t due_ns = due_at(path, hop);
		if (path->hops[hop].sent < HOP_PROBES || clock_now() < due_ns)
			pollset_wake(set, due_ns);
		for (size_t i = 0; i < path->hops[hop].sent; i++) {
			struct probe *probe = &path->hops[hop].probes[i];
			short events = path->config->endpoint.type == SOCK_DGRAM ? POLLIN : POLLOUT;
			if (probe->state == PROBE_PENDING)
				pollset_add(set, probe->fd, events, &probe->ready);
		}
	}
	for (size_t i = 0; i < path->name_count; i++)
		reverse_want(&path->names[i], set);
}

/* Probe until all is known or time is up. */
static int explore(struct path *path, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = advance(path, fault);
	while (status == 0 && clock_now() < path->deadline_ns && !is_settled(path)) {
		pollset_clear(&set);
		want(path, &set);
		status = pollset_wait(&set, path->run, fault);
		set.report = false;
		if (status == 0 && advance(path, fault) == 0)
			status = path_tell_hops(path, false, fault);
		else
			status = -1;
	}
	pollset_close(&set);
	for (size_t hop = 0; hop < path->end; hop++)
		close_hop(path, hop);
	return status;
}

/* ---- the target ---- */

/* Whether this host has a way to ADDR, and its source address then: a datagram socket is connected, which sends nothing. */
static bool has_route(struct path *path, const struct addr *addr)
{
	int fd = sys_socket(path->run->trace, addr->ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool known = fd >= 0 && sys_connect(path->run->trace, fd, addr) == 0 &&
		     sys_getsockname(path->run->trace, fd, &path->local) == 0;
	sys_close(path->run->trace, &fd);
	addr_set_port(&path->local, 0);
	return known;
}

/* The first address that there is a way to, or else the first. */
static void choose_address(struct path *path, const struct resolve *resolve)
{
	bool chosen = false;
	for (size_t i = 0; i < resolve->count && !chosen; i++)
		for (size_t k = 0; k < resolve->lookups[i].count && !chosen; k++)
			if (has_route(path, &resolve->lookups[i].addrs[k])) {
				path->target.addr = resolve->lookups[i].addrs[k];
				chosen = true;
			}
	for (size_t i = resolve->count; i-- > 0 && !chosen;)
		if (resolve->lookups[i].count > 0)
			path->target.addr = resolve->lookups[i].addrs[0];
}

static int find_target(struct path *path, struct fault *fault)
{
	const struct dial_config *config = path->config;
	struct resolve resolve = {.host = config->target.host, .port = config->target.port};
	struct text text = TEXT_IN(path->name);
	int64_t limit_ns = deadline_min(config->connect_ns, PATH_LIMIT_NS);

	if (source_find(&path->source, path->run, config, path->deadline_ns, fault) != 0 ||
	    resolve_start(&resolve, path->run, &config->endpoint, fault) != 0)
		return -1;
	int status = resolve_wait(&resolve, path->run, path->deadline_ns, limit_ns, fault);
	resolve_close(&resolve);
	if (status != 0)
		return -1;
	choose_address(path, &resolve);
	attempt_describe(&text, config, &path->target.addr);
	return 0;
}

/* ---- the whole ---- */

static int run_path(struct path *path, struct fault *fault)
{
	bool asked = path->config->connect_ns != NEVER;
	if (find_target(path, fault) != 0)
		return -1;
	if (path_tell_target(path, fault) != 0)
		return -1;
	path->start_ns = clock_now();
	int64_t part_ns = (path->deadline_ns - path->start_ns) / (HOP_PROBES + 1);
	path->wait_ns = deadline_min(part_ns, asked ? PROBE_WAIT_LONG_NS : PROBE_WAIT_NS);
	if (explore(path, fault) != 0 || path_tell_hops(path, true, fault) != 0)
		return -1;
	return path_tell_end(path, fault);
}

int path(const struct run *run, const struct dial_config *config, struct fault *fault)
{
	struct path *path = calloc(1, sizeof(*path));
	if (!path)
		return fault_errno(fault, STEP_LOCAL, errno, "trace the path");
	path->run = run;
	path->config = config;
	path->target = (struct probe_target){.run = run, .config = config, .source = &path->source};
	int64_t limit_ns = config->connect_ns != NEVER ? config->connect_ns : PATH_LIMIT_NS;
	path->deadline_ns = deadline_min(run->deadline_ns, deadline_after(clock_now(), limit_ns));
	int ttl = config->endpoint.options.ttl;
	path->limit = ttl == 0 ? PATH_HOPS : ttl < PATH_HOPS_MAX ? (size_t)ttl : PATH_HOPS_MAX;
	path->end = path->limit;
	int status = run_path(path, fault);
	for (size_t i = 0; i < path->name_count; i++)
		reverse_close(&path->names[i]);
	free(path);
	return status;
}
