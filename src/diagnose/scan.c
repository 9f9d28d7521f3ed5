/* A scan: which ports are begun when.  A single attempt is in scan_slot.c, what has been
 * found out in scan_result.c, what is printed in scan_report.c. */
#include "diagnose/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "diagnose/scan_internal.h"
#include "net/limits.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/resolve.h"
#include "resolve/resolve_wait.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* So many attempts at once.  The kernel keeps about a hundred packets while it asks for the next
 * hop's link address and throws away the others (arp(7), unres_qlen_bytes), so the first wave is
 * small until somebody has answered or could have. */
#define WINDOW 2048
#define FIRST_WINDOW 64
#define FIRST_WAVE_NS (40 * NS_PER_MS)

/* A proxy is a host with limits of its own. */
#define PROXY_WINDOW 16

/* Descriptors that are left to the rest of the program. */
#define OTHER_FILES 24

/* When this host has no descriptor or source port left, it is tried again after this. */
#define LATER_NS (50 * NS_PER_MS)

/* ---- what is scanned ---- */

static void add_address(struct scan *scan, const struct addr *addr)
{
	struct addr bare = *addr;
	const struct source *source = &scan->connector.source;
	addr_set_port(&bare, 0);
	if (scan->addr_count == SCAN_ADDRS ||
	    (source->bound && !source->any && source->addr.ss.ss_family != addr->ss.ss_family))
		return;
	for (size_t i = 0; i < scan->addr_count; i++)
		if (addr_equal(&scan->addrs[i], &bare))
			return;
	scan->addrs[scan->addr_count++] = bare;
}

static int find_addresses(struct scan *scan, int64_t deadline_ns, struct fault *fault)
{
	const struct dial_config *config = scan->config;
	struct resolve resolve = {.host = config->target.host, .port = config->target.port};
	if (connector_open(&scan->connector, scan->run, config, deadline_ns, fault) != 0)
		return -1;
	/* Who looks the name up is up to the proxy's protocol: dial knows. */
	scan->addr_count = 1;
	if (scan_is_proxied(scan))
		return 0;
	scan->addr_count = 0;
	if (resolve_start(&resolve, scan->run, &config->endpoint, fault) != 0)
		return -1;
	int status = resolve_wait(&resolve, scan->run, deadline_ns, config->connect_ns, fault);
	resolve_close(&resolve);
	for (size_t i = 0; status == 0 && i < resolve.count; i++)
		for (size_t k = 0; k < resolve.lookups[i].count; k++)
			add_address(scan, &resolve.lookups[i].addrs[k]);
	if (status == 0 && scan->addr_count == 0) {
		fault_errno(fault, STEP_BIND, EAFNOSUPPORT, "bind to %s", config->source);
		fault_cause(fault, CAUSE_SOURCE_FAMILY,
			    "the source and the target are not of one address family (IPv4, IPv6)");
		return -1;
	}
	return status;
}

static int find_ports(struct scan *scan, bool shuffle, struct fault *fault)
{
	uint16_t port;
	scan->alone = scan->ports->count <= 1;
	if (scan->ports->count == 0) {
		if (resolve_port(&port, &scan->config->endpoint, scan->config->target.port,
				 fault) != 0)
			return -1;
		if (ports_add(scan->ports, port, port) != 0)
			return fault_errno(fault, STEP_LOCAL, errno, "keep the list of ports");
	}
	size_t size = scan->ports->count * sizeof(uint32_t);
	uint32_t *noise = shuffle ? malloc(size) : NULL;
	bool filled = noise != NULL;
	for (size_t at = 0; filled && at < size;) {
		ssize_t got = getrandom((char *)noise + at, size - at, 0);
		filled = got > 0;
		at += filled ? (size_t)got : 0;
	}
	if (filled)
		ports_shuffle(scan->ports, noise);
	free(noise);
	return filled || !shuffle ? 0 : fault_errno(fault, STEP_LOCAL, errno, "shuffle the ports");
}

static int make_slots(struct scan *scan, struct fault *fault)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
	size_t attempts = scan->ports->count * scan->addr_count;
	size_t most = scan_is_proxied(scan) ? PROXY_WINDOW : WINDOW;
	limits_raise_files();
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < most + OTHER_FILES)
		most = limit.rlim_cur > OTHER_FILES + 1 ? limit.rlim_cur - OTHER_FILES : 1;
	scan->slot_count = attempts < most ? attempts : most;
	if (attempts > 0) {
		scan->slots = calloc(scan->slot_count, sizeof(*scan->slots));
		scan->results = calloc(scan->ports->count, sizeof(*scan->results));
	}
	if (!scan->slots || !scan->results)
		return fault_errno(fault, STEP_LOCAL, errno, "make room for a scan of %zu ports",
				   scan->ports->count);
	for (size_t i = 0; i < scan->ports->count; i++)
		scan->results[i].left = (unsigned char)scan->addr_count;
	scan->window = scan->slot_count < FIRST_WINDOW ? scan->slot_count : FIRST_WINDOW;
	return 0;
}

/* ---- beginning and ending attempts ---- */

static bool has_next_attempt(const struct scan *scan)
{
	return scan->next < scan->ports->count * scan->addr_count;
}

static struct slot *free_slot(struct scan *scan)
{
	if (scan->used >= scan->window)
		return NULL;
	while (scan->slots[scan->first_free].used)
		scan->first_free++;
	return &scan->slots[scan->first_free];
}

static void release(struct scan *scan, struct slot *slot)
{
	size_t at = (size_t)(slot - scan->slots);
	slot->used = false;
	scan->used--;
	if (at < scan->first_free)
		scan->first_free = at;
}

/* Once the way is known, or has had time to be found, there is no need to hold back. */
static void widen(struct scan *scan, int64_t now_ns)
{
	if (scan->heard || now_ns >= scan->start_ns + FIRST_WAVE_NS)
		scan->window = scan->slot_count;
}

/* This host has nothing left to begin SLOT with.  Others that are under way will give something
 * back; else it has failed. */
static void put_off(struct scan *scan, const struct slot *slot, struct fault *fault, int64_t now_ns)
{
	if (scan->used == 0) {
		scan_failed(scan, slot, fault, NULL);
		scan->next++;
		return;
	}
	scan->slot_count = scan->window = scan->used;
	scan->next_ns = now_ns + LATER_NS;
}

/* Begin what is due, and tell of what is over. */
static void begin_due(struct scan *scan, int64_t *now_ns)
{
	struct slot *slot;
	widen(scan, *now_ns);
	while (has_next_attempt(scan) && *now_ns >= scan->next_ns &&
	       *now_ns < scan->run->deadline_ns && (slot = free_slot(scan)) != NULL) {
		struct fault fault = {.step = STEP_NONE};
		*slot = (struct slot){
			.port = scan->next / scan->addr_count,
			.address = scan->next % scan->addr_count,
			.start_ns = *now_ns,
			.deadline_ns = deadline_after(*now_ns, scan->config->connect_ns)};
		enum begun begun = slot_begin(scan, slot, &fault);
		*now_ns = clock_now();
		if (begun == BEGUN_LATER) {
			put_off(scan, slot, &fault, *now_ns);
			continue;
		}
		if (begun == BEGUN_PENDING) {
			slot->used = true;
			scan->used++;
		}
		scan->next++;
		if (scan->interval_ns > 0 && scan->next % scan->addr_count == 0)
			scan->next_ns = *now_ns + scan->interval_ns;
		scan_print(scan);
	}
}

static int wait_for_answers(struct scan *scan, struct pollset *set, struct fault *fault)
{
	pollset_clear(set);
	for (size_t i = 0; i < scan->slot_count; i++) {
		if (!scan->slots[i].used)
			continue;
		slot_want(scan, &scan->slots[i], set);
		pollset_wake(set, scan->slots[i].deadline_ns);
	}
	if (has_next_attempt(scan) && scan->used < scan->window)
		pollset_wake(set, scan->next_ns);
	if (scan->window < scan->slot_count)
		pollset_wake(set, scan->start_ns + FIRST_WAVE_NS);
	if (pollset_wait(set, scan->run, fault) != 0)
		return -1;
	if (set->report)
		scan_report(scan);
	return 0;
}

static void take_answers(struct scan *scan, int64_t now_ns)
{
	for (size_t i = 0; i < scan->slot_count; i++)
		if (scan->slots[i].used && slot_advance(scan, &scan->slots[i], now_ns))
			release(scan, &scan->slots[i]);
}

/* ---- the whole ---- */

static int scan_deadline(const struct scan *scan, struct fault *fault)
{
	char what[400];
	struct text text = TEXT_IN(what);
	scan_describe(&text, scan);
	scan_recall(scan);
	run_deadline_fault(scan->run, fault, "scan of %s", what);
	fault_cause(fault, CAUSE_DEADLINE, "%s: %zu of %zu ports are known", fault->detail,
		    scan->printed, scan->ports->count);
	return -1;
}

static int run_scan(struct scan *scan, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	int64_t now_ns = clock_now();
	while (status == 0) {
		begin_due(scan, &now_ns);
		scan_print(scan);
		if (scan->printed == scan->ports->count)
			break;
		if (now_ns >= scan->run->deadline_ns)
			status = scan_deadline(scan, fault);
		else
			status = wait_for_answers(scan, &set, fault);
		now_ns = clock_now();
		take_answers(scan, now_ns);
	}
	pollset_close(&set);
	return status == 0 ? scan_end(scan, fault) : -1;
}

static void close_scan(struct scan *scan)
{
	for (size_t i = 0; scan->slots && i < scan->slot_count; i++)
		if (scan->slots[i].used)
			slot_close(scan, &scan->slots[i]);
	sys_close(scan->run->trace, &scan->spare_fd);
	for (size_t i = 0; scan->results && i < scan->ports->count; i++)
		scan_result_close(&scan->results[i]);
	free(scan->slots);
	free(scan->results);
}

int scan(const struct run *run, struct scan_config *config, const struct dial_config *dial,
	 struct fault *fault)
{
	struct scan scan = {.run = run,
			    .config = dial,
			    .ports = &config->ports,
			    .interval_ns = config->interval_ns,
			    .spare_fd = -1,
			    .start_ns = clock_now()};
	int64_t deadline_ns = deadline_min(run->deadline_ns,
					   deadline_after(scan.start_ns, dial->connect_ns));
	int status = -1;
	if (find_ports(&scan, config->shuffle, fault) == 0 &&
	    find_addresses(&scan, deadline_ns, fault) == 0 && make_slots(&scan, fault) == 0) {
		scan.start_ns = clock_now();
		status = run_scan(&scan, fault);
	}
	config->several = !scan.alone;
	close_scan(&scan);
	return status;
}
