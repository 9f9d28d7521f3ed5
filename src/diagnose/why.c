/* A diagnosis, from the name up to what the service says first: it looks up, tries every address at
 * the same time, listens to the first that is reached, and measures the path meanwhile.  Targets
 * are in why_target.c, the layers in why_layers.c, why_route.c, why_unix.c, why_listener.c and
 * why_service.c, and what it all comes to in why_verdict.c. */
#include "diagnose/why.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/dial_proxy.h"
#include "diagnose/why_internal.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_wait.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* What the socket is for that the kernel is asked on. */
#define WAYS "ways and neighbors"

/* Without -w. */
#define WHY_LIMIT_NS (10 * NS_PER_SEC)

/* Once there is an address, the other family's look-up gets so long in all; once there is a
 * connection, so do the others. */
#define OTHER_FAMILY_NS (3 * NS_PER_SEC)
#define OTHERS_NS (1200 * NS_PER_MS)

/* ---- the name ---- */

/* Whether to go on with what has been found of the name. */
static bool name_is_done(const struct why *why, bool asking, int64_t now_ns)
{
	bool found = resolve_has_address(&why->resolve);
	if (resolve_is_done(&why->resolve))
		return found || !asking;
	return found && now_ns >= why->start_ns + OTHER_FAMILY_NS;
}

static int wait_for_name(struct why *why, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	for (;;) {
		int64_t now_ns = clock_now();
		bool asking = resolve_ask_servers(&why->resolve, why->run, now_ns,
						  why->deadline_ns);
		if (name_is_done(why, asking, now_ns) || now_ns >= why->deadline_ns)
			break;
		pollset_clear(&set);
		resolve_want(&why->resolve, &set, why->deadline_ns);
		pollset_wake(&set, why->deadline_ns);
		pollset_wake(&set, why->start_ns + OTHER_FAMILY_NS);
		status = pollset_wait(&set, why->run, fault);
		if (status != 0)
			break;
		resolve_collect(&why->resolve, why->run);
	}
	pollset_close(&set);
	if (status != 0 || resolve_has_address(&why->resolve))
		return status;
	if (resolve_is_done(&why->resolve))
		return resolve_fault(&why->resolve, fault);
	return resolve_timeout(&why->resolve, why->run, why->limit_ns, fault);
}

static int find_name(struct why *why, struct fault *fault)
{
	const struct dial_config *config = why->config;
	bool proxied = config->proxy.type != PROXY_NONE;
	const struct target *target = proxied ? &config->proxy.address : &config->target;
	why->resolve = (struct resolve){.host = target->host, .port = target->port};
	if (resolve_start(&why->resolve, why->run, &config->endpoint, fault) != 0)
		return -1;
	return wait_for_name(why, fault);
}

/* ---- the addresses ---- */

static void start_targets(struct why *why)
{
	why->connect_start_ns = clock_now();
	for (size_t i = 0; i < why->count; i++)
		target_start(why, &why->targets[i]);
}

/* Something is reached: listen to it, and measure the way. */
static void follow_up(struct why *why)
{
	if (!why->reached || why->service.state != SERVICE_NONE || why_is_udp(why))
		return;
	if (why->config->path) {
		why->mtu.state = PATH_MTU_UNKNOWN;
		return;
	}
	if (why->config->proxy.type == PROXY_NONE) {
		attempt_take(&why->reached->attempt, &why->connector, &why->service.transport);
		service_start(&why->service);
	} else {
		why->service.state = SERVICE_SILENT;
	}
	path_mtu_start(&why->mtu, why->run, &why->reached->attempt.addr);
}

static bool is_pending(const struct why *why)
{
	for (size_t i = 0; i < why->count; i++)
		if (why->targets[i].state == ATTEMPT_PENDING)
			return true;
	return false;
}

static bool is_over(const struct why *why, int64_t now_ns)
{
	if (now_ns >= why->deadline_ns)
		return true;
	if (why->service.state == SERVICE_PENDING ||
	    (why->reached && why->mtu.state == PATH_MTU_PENDING))
		return false;
	return !is_pending(why) || (why->reached && now_ns >= why->connect_start_ns + OTHERS_NS);
}

static void want_answers(struct why *why, struct pollset *set)
{
	for (size_t i = 0; i < why->count; i++)
		target_want(why, &why->targets[i], set);
	service_want(&why->service, set);
	if (why->reached)
		path_mtu_want(&why->mtu, set);
	if (why->reached && is_pending(why))
		pollset_wake(set, why->connect_start_ns + OTHERS_NS);
	pollset_wake(set, why->deadline_ns);
}

static int try_targets(struct why *why, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	start_targets(why);
	for (;;) {
		int64_t now_ns = clock_now();
		for (size_t i = 0; i < why->count; i++)
			target_advance(why, &why->targets[i], now_ns);
		follow_up(why);
		service_advance(&why->service, now_ns);
		if (why->reached)
			path_mtu_advance(&why->mtu, why->run, now_ns);
		if (is_over(why, now_ns))
			break;
		pollset_clear(&set);
		want_answers(why, &set);
		status = pollset_wait(&set, why->run, fault);
		if (status != 0)
			break;
	}
	pollset_close(&set);
	for (size_t i = 0; i < why->count && status == 0; i++)
		target_give_up(why, &why->targets[i]);
	return status;
}

/* ---- behind a proxy ---- */

static int listen_to(struct why *why, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	service_start(&why->service);
	while (status == 0 && why->service.state == SERVICE_PENDING &&
	       clock_now() < why->deadline_ns) {
		pollset_clear(&set);
		service_want(&why->service, &set);
		pollset_wake(&set, why->deadline_ns);
		status = pollset_wait(&set, why->run, fault);
		service_advance(&why->service, clock_now());
	}
	pollset_close(&set);
	return status;
}

/* Ask the proxy for the target, over a connection of its own.  0, or -1 with FAULT. */
static int through_proxy(struct why *why, struct fault *fault)
{
	struct dial_config config = *why->config;
	struct dial_result dial_result;
	struct finding finding;
	char name[512];
	struct text target = TEXT_IN(name);

	config.connect_ns = why->deadline_ns - clock_now();
	describe_target(&target, why->config);
	int status = dial(why->run, &config, &dial_result, fault);
	if (status != 0 && fault->step == STEP_SIGNAL)
		return -1;
	struct text fact = finding_start(&finding, status == 0 ? MARK_GOOD : MARK_BAD, "proxy",
					 status == 0 ? dial_result.proxy_ns : -1);
	if (status == 0) {
		text_printf(&fact, "the proxy has connected to %s", name);
	} else {
		finding.fault = fault;
		text_printf(&fact, "%s: %s", fault->action, fault->reason);
	}
	finding_print(&finding, why);
	why->service.transport = dial_result.transport;
	return status == 0 ? listen_to(why, fault) : -1;
}

/* ---- the whole ---- */

static void add_target(struct why *why, const struct addr *addr)
{
	why->targets[why->count++] = (struct why_target){.attempt = {.fd = -1, .addr = *addr}};
}

static int add_targets(struct why *why, struct fault *fault)
{
	struct addr addr;
	if (why->config->path) {
		if (addr_unix(&addr, why->config->path, fault) != 0)
			return -1;
		add_target(why, &addr);
	}
	for (size_t i = 0; i < why->resolve.count; i++)
		for (size_t k = 0; k < why->resolve.lookups[i].count; k++)
			add_target(why, &why->resolve.lookups[i].addrs[k]);
	return 0;
}

static void print_below(struct why *why)
{
	if (why->config->path) {
		why_print_path(why);
		return;
	}
	if (why->resolve.asked)
		why_print_name(why);
	struct purpose purpose;
	purpose_enter(&purpose, why->run->trace, WAYS);
	int status = netlink_open(&why->netlink, why->run->trace, NETLINK_ROUTE);
	purpose_leave(&purpose);
	if (status != 0)
		return;
	for (size_t i = 0; i < why->count; i++)
		why_print_route(why, &why->targets[i]);
}

static void print_above(struct why *why)
{
	if (!why->config->path)
		for (size_t i = 0; i < why->count; i++)
			why_print_next_hop(why, &why->targets[i]);
	for (size_t i = 0; i < why->count; i++) {
		if (!why->config->path)
			why_explain_listener(why, &why->targets[i]);
		why_print_target(why, &why->targets[i]);
	}
	why_print_listener(why);
	if (!why->reached || why->config->path)
		return;
	why_print_mtu(why);
	why_print_rtt(why);
}

static int diagnose(struct why *why, struct fault *fault)
{
	if (connector_open(&why->connector, why->run, why->config, why->deadline_ns, fault) != 0)
		return -1;
	if (!why->config->path && find_name(why, fault) != 0) {
		if (fault->step != STEP_LOOKUP || !why->resolve.asked)
			return -1;
		why_print_no_name(why, fault);
		if (why->config->proxy.type != PROXY_NONE)
			dial_proxy_name(why->config, fault);
		return why_failed(why, fault);
	}
	if (add_targets(why, fault) != 0)
		return -1;
	print_below(why);
	if (try_targets(why, fault) != 0)
		return -1;
	print_above(why);
	if (why->reached && why->config->proxy.type != PROXY_NONE && through_proxy(why, fault) != 0)
		return fault->step != STEP_SIGNAL ? why_failed(why, fault) : -1;
	why_print_service(why);
	return why_verdict(why, fault);
}

int why(const struct run *run, const struct dial_config *config, struct fault *fault)
{
	struct fault printed = {.step = STEP_NONE};
	struct purpose purpose;
	struct why *why = calloc(1, sizeof(*why));
	if (!why)
		return fault_errno(fault, STEP_LOCAL, errno, "diagnose");
	why->run = run;
	why->config = config;
	why->printed = &printed;
	why->netlink.fd = -1;
	why->mtu.large.fd = why->mtu.small.fd = -1;
	why->start_ns = clock_now();
	why->limit_ns = config->connect_ns != NEVER ? config->connect_ns : WHY_LIMIT_NS;
	why->deadline_ns = deadline_min(run->deadline_ns,
					deadline_after(why->start_ns, why->limit_ns));
	int status = diagnose(why, fault);
	for (size_t i = 0; i < why->count; i++)
		target_close(why, &why->targets[i]);
	path_mtu_close(&why->mtu, run);
	purpose_enter(&purpose, run->trace, WAYS);
	netlink_close(&why->netlink);
	purpose_leave(&purpose);
	transport_close(&why->service.transport);
	resolve_close(&why->resolve);
	free(why);
	if (fault_is_set(&printed)) {
		*fault = printed;
		return -1;
	}
	return status;
}
