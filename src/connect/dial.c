/* Connecting by RFC 8305 ("Happy Eyeballs"): both families are looked up at once, attempts are
 * staggered, and the first to connect wins.  A single attempt is in attempt.c, the fault that
 * stands for all of them in dial_fault.c, what is reported in dial_report.c. */
#include "connect/dial.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "connect/connect_explain.h"
#include "connect/describe.h"
#include "connect/dial_fault.h"
#include "connect/dial_internal.h"
#include "connect/dial_report.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport_sock.h"
#include "net/transport_layer.h"
#include "resolve/resolve_wait.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* RFC 8305, section 5: Connection Attempt Delay; section 3: Resolution Delay. */
#define ATTEMPT_DELAY_NS (250 * NS_PER_MS)
#define RESOLUTION_DELAY_NS (50 * NS_PER_MS)

/* How long a step may take before it is reported as pending, the first time. */
#define PENDING_NS NS_PER_SEC

/* ---- which address is next ---- */

static bool has_more(const struct dial *dial, size_t lookup)
{
	return lookup < dial->resolve.count &&
	       dial->queued[lookup] < dial->resolve.lookups[lookup].count;
}

/* The next address: the family other than the last one's, where there is one. NULL: none at
 * present. */
static const struct addr *next_addr(struct dial *dial)
{
	size_t other = 1 - dial->last;
	size_t lookup = has_more(dial, other) ? other : dial->last;
	if (!has_more(dial, lookup) || dial->count == ATTEMPTS)
		return NULL;
	dial->last = lookup;
	return &dial->resolve.lookups[lookup].addrs[dial->queued[lookup]++];
}

/* Whether an attempt may still succeed. */
static bool may_succeed(const struct dial *dial)
{
	return has_more(dial, 0) || has_more(dial, 1) || !resolve_is_done(&dial->resolve) ||
	       attempts_pending(dial->attempts, dial->count) > 0;
}

/* ---- attempts and what becomes of them ---- */

static void judge_attempt(struct dial *dial, struct attempt *attempt, struct fault *fault)
{
	if (attempt->state == ATTEMPT_CONNECTED)
		dial->winner = attempt;
	if (attempt->state != ATTEMPT_FAILED)
		return;
	dial_fault_add(dial, attempt, fault);
	/* The last one of several is reported by main, together with the others. */
	if (may_succeed(dial) || dial->count > 1)
		dial_report_failure(dial, fault);
	dial->next_ns = 0;
}

/* Begin the attempts that are due. */
static void start_due(struct dial *dial)
{
	struct fault fault = {.step = STEP_NONE};
	const struct addr *addr;

	while (!dial->winner && clock_now() >= dial->next_ns && (addr = next_addr(dial)) != NULL) {
		struct attempt *attempt = &dial->attempts[dial->count++];
		dial->resolve.waited |= dial->next_ns != 0 && dial->count == 1;
		dial->next_ns = clock_now() + ATTEMPT_DELAY_NS;
		attempt->addr = *addr;
		attempt_start(attempt, &dial->connector, &fault);
		judge_attempt(dial, attempt, &fault);
	}
}

/* An IPv4 address that comes first waits a moment for IPv6, which is preferred. */
static void collect(struct dial *dial, size_t lookup)
{
	bool first = dial->count == 0 && dial->next_ns == 0;
	lookup_collect(&dial->resolve.lookups[lookup], &dial->resolve, dial->run);
	if (first && dial->resolve.lookups[lookup].family == AF_INET &&
	    !resolve_is_done(&dial->resolve))
		dial->next_ns = clock_now() + RESOLUTION_DELAY_NS;
	else if (dial->count == 0)
		dial->next_ns = 0;
}

/* ---- waiting ---- */

void dial_want(struct dial *dial, struct pollset *set)
{
	resolve_want(&dial->resolve, set, dial->deadline_ns);
	for (size_t i = 0; i < dial->count; i++) {
		struct attempt *attempt = &dial->attempts[i];
		if (attempt->state != ATTEMPT_PENDING)
			continue;
		if (attempt->retry_ns != 0)
			pollset_wake(set, attempt->retry_ns);
		else
			pollset_add(set, attempt->fd, POLLOUT, &attempt->ready);
	}
	pollset_wake(set, dial->deadline_ns);
	if (dial->covered)
		port_want(&dial->transport.in, set, &dial->ready);
	else if (dial_is_proxied(dial))
		dial_proxy_want(dial, set);
	if (!dial->winner && (has_more(dial, 0) || has_more(dial, 1)))
		pollset_wake(set, dial->next_ns);
	if (trace_shows(dial->run->trace, 2))
		pollset_wake(set, dial->report_ns);
}

/* What poll has said of the look-ups and attempts. */
static void take_answers(struct dial *dial, int64_t now_ns)
{
	struct fault fault = {.step = STEP_NONE};

	if (dial_is_proxied(dial))
		dial_proxy_collect(dial);
	for (size_t i = 0; i < dial->resolve.count; i++) {
		struct lookup *lookup = &dial->resolve.lookups[i];
		if (!lookup_is_done(lookup) && lookup->child.ready)
			collect(dial, i);
		lookup->child.ready = false;
	}
	for (size_t i = 0; i < dial->count && !dial->winner; i++) {
		struct attempt *attempt = &dial->attempts[i];
		bool due = attempt->retry_ns != 0 ? now_ns >= attempt->retry_ns : attempt->ready;
		attempt->ready = false;
		if (attempt->state != ATTEMPT_PENDING || !due)
			continue;
		attempt_check(attempt, &dial->connector, &fault);
		judge_attempt(dial, attempt, &fault);
	}
}

/* ---- the whole ---- */

/* The addresses to try: of the Unix path, or of the name. */
static int find_target(struct dial *dial, struct fault *fault)
{
	const struct dial_config *config = dial->config;
	const struct target *target = dial_is_proxied(dial) ? &config->proxy.address
							    : &config->target;
	dial->resolve.host = target->host;
	dial->resolve.port = target->port;
	if (dial_is_proxied(dial) && dial_proxy_open(dial, fault) != 0)
		return -1;
	if (!config->path)
		return resolve_start(&dial->resolve, dial->run, &config->endpoint, fault);
	dial->resolve.count = 1;
	dial->resolve.lookups[0] = (struct lookup){
		.family = AF_UNIX, .child = {.fd = -1}, .count = 1};
	return addr_unix(&dial->resolve.lookups[0].addrs[0], config->path, fault);
}

/* Begin DIAL, which the caller has made room for.  0, or -1 with FAULT; either way end_dial() must
 * follow. */
static int begin_dial(struct dial *dial, const struct run *run, const struct dial_config *config,
		      struct fault *fault)
{
	*dial = (struct dial){.run = run, .config = config, .last = 1, .start_ns = clock_now()};
	dial->report_ns = dial->start_ns + PENDING_NS;
	dial->deadline_ns = deadline_min(run->deadline_ns,
					 deadline_after(dial->start_ns, config->connect_ns));
	dial->failed = TEXT_IN(dial->failures);
	if (connector_open(&dial->connector, run, config, dial->deadline_ns, fault) != 0)
		return -1;
	return find_target(dial, fault);
}

static void end_dial(struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++)
		attempt_close(&dial->attempts[i], dial->run);
	transport_close(&dial->transport);
	resolve_close(&dial->resolve);
	dial_proxy_close(dial);
}

struct dial *dial_open(const struct run *run, const struct dial_config *config, struct fault *fault)
{
	/* It is large and does not live long: given back whole, nothing of it stays with a listener
	 * that dials for thousands. */
	struct dial *dial = mmap(NULL, sizeof(*dial), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (dial == MAP_FAILED) {
		fault_errno(fault, STEP_LOCAL, errno, "begin to connect");
		return NULL;
	}
	if (begin_dial(dial, run, config, fault) == 0)
		return dial;
	dial_close(dial);
	return NULL;
}

/* The winner's address is that of many: its socket must not be connected to it. */
static int open_to_group(struct dial *dial, struct fault *fault)
{
	transport_close(&dial->transport);
	if (attempt_disconnect(dial->winner, &dial->connector, &dial->local, fault) != 0)
		return -1;
	attempt_take(dial->winner, &dial->connector, &dial->transport);
	if (transport_sock_group(&dial->transport, &dial->winner->addr, &dial->local) == 0)
		return 0;
	return fault_errno(fault, STEP_LOCAL, errno, "open a socket for many receivers");
}

/* There is a winner: find out its own address, and report it.  0, or -1 with FAULT. */
static int take_winner(struct dial *dial, struct fault *fault)
{
	const struct addr *peer = &dial->winner->addr;
	char target[512];
	struct text text = TEXT_IN(target);
	dial->connect_ns = clock_now() - dial->winner->start_ns;
	attempt_take(dial->winner, &dial->connector, &dial->transport);
	int fd = transport_socket(&dial->transport);
	if (sys_getsockname(dial->run->trace, fd, &dial->local) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "getsockname");
	if (endpoint_is_tcp(&dial->config->endpoint) && addr_equal(&dial->local, peer)) {
		describe_attempt(&text, dial->config, peer);
		return connect_explain_self(fault, target);
	}
	if (connector_is_group(&dial->connector, peer) && open_to_group(dial, fault) != 0)
		return -1;
	dial_report_winner(dial);
	return 0;
}

/* Hand the connection over to *RESULT. */
static void give_result(struct dial *dial, struct dial_result *result)
{
	bool looked_up = dial->resolve.asked;
	*result = (struct dial_result){
		.transport = dial->transport,
		.peer = dial->winner->addr,
		.local = dial->local,
		.source = dial->winner->path,
		.lookup_ns = looked_up ? dial->attempts[0].start_ns - dial->start_ns : -1,
		.connect_ns = dial->connect_ns,
		.proxy_ns = dial_is_proxied(dial) ? dial->dial_proxy->duration_ns : -1};
	dial->transport = (struct transport){.ops = NULL};
	dial->winner->path.made = false;
	dial_report_success(dial);
}

/* Lay over the connection what the configuration says, and go on with its handshake. */
static enum dial_state cover(struct dial *dial, struct fault *fault)
{
	const struct dial_config *config = dial->config;
	char target[1024];
	struct text text = TEXT_IN(target);
	if (!dial->covered && transport_add_layer(&dial->transport, &config->endpoint,
						  config->target.host, fault) != 0)
		return DIAL_FAILED;
	dial->covered = true;
	dial->ready = false;
	switch (transport_handshake(&dial->transport)) {
	case IO_DONE:
		return DIAL_CONNECTED;
	case IO_AGAIN:
		return DIAL_PENDING;
	default:
		describe_target(&text, config);
		transport_explain(&dial->transport, fault, STEP_CONNECT, "connect to %s", target);
		return DIAL_FAILED;
	}
}

/* There is a winner: all that is left to do are handshakes, with a proxy and of a layer. */
static enum dial_state finish(struct dial *dial, struct dial_result *result, struct fault *fault)
{
	if (dial->connect_ns == 0 && take_winner(dial, fault) != 0)
		return DIAL_FAILED;
	enum dial_state state = DIAL_CONNECTED;
	if (dial_is_proxied(dial) && !dial->covered)
		state = dial_proxy_advance(dial, fault);
	if (state == DIAL_CONNECTED)
		state = cover(dial, fault);
	if (state == DIAL_CONNECTED)
		give_result(dial, result);
	return state;
}

enum dial_state dial_advance(struct dial *dial, struct dial_result *result, struct fault *fault)
{
	enum dial_state state = DIAL_PENDING;
	*result = (struct dial_result){.connect_ns = 0};
	take_answers(dial, clock_now());
	start_due(dial);
	if (dial->winner)
		state = finish(dial, result, fault);
	if (state != DIAL_PENDING)
		return state;
	int64_t now_ns = clock_now();
	bool asking = !dial->winner &&
		      resolve_ask_servers(&dial->resolve, dial->run, now_ns, dial->deadline_ns);
	if (asking && !may_succeed(dial) && dial->count == 0)
		return DIAL_PENDING;
	if (!dial->winner && !may_succeed(dial)) {
		dial_fault_all(dial, fault);
	} else if (now_ns >= dial->deadline_ns) {
		dial_fault_timeout(dial, fault);
	} else {
		dial_report_pending(dial, now_ns);
		return DIAL_PENDING;
	}
	if (dial_is_proxied(dial) && !dial->winner)
		dial_proxy_blame(dial, fault);
	return DIAL_FAILED;
}

/* When the last of the attempts failed; what finds out why takes time, too, and does not count. */
static int64_t last_failed_ns(const struct dial *dial)
{
	int64_t last_ns = dial->attempts[0].start_ns;
	for (size_t i = 0; i < dial->count; i++)
		if (dial->attempts[i].failed_ns > last_ns)
			last_ns = dial->attempts[i].failed_ns;
	return attempts_pending(dial->attempts, dial->count) > 0 ? clock_now() : last_ns;
}

/* How long the steps of a dial that failed took. */
static void give_times(const struct dial *dial, struct dial_result *result)
{
	int64_t now_ns = clock_now();
	int64_t begun_ns = dial->count > 0 ? dial->attempts[0].start_ns : now_ns;
	*result = (struct dial_result){
		.lookup_ns = dial->resolve.asked ? begun_ns - dial->start_ns : -1, .proxy_ns = -1};
	if (!dial->winner)
		result->connect_ns = dial->count > 0 ? last_failed_ns(dial) - begun_ns : 0;
	else if (dial_is_proxied(dial) && dial->connect_ns > 0)
		result->proxy_ns = now_ns - dial->winner->start_ns - dial->connect_ns;
	if (dial->winner)
		result->connect_ns = result->proxy_ns >= 0 ? dial->connect_ns
							   : now_ns - dial->winner->start_ns;
}

void dial_close(struct dial *dial)
{
	if (!dial)
		return;
	end_dial(dial);
	munmap(dial, sizeof(*dial));
}

int dial(const struct run *run, const struct dial_config *config, struct dial_result *result,
	 struct fault *fault)
{
	struct pollset set = {.count = 0};
	struct dial dial;

	*result = (struct dial_result){.connect_ns = 0};
	enum dial_state state = begin_dial(&dial, run, config, fault) == 0 ? DIAL_PENDING
									   : DIAL_FAILED;
	while (state == DIAL_PENDING &&
	       (state = dial_advance(&dial, result, fault)) == DIAL_PENDING) {
		pollset_clear(&set);
		dial_want(&dial, &set);
		if (pollset_wait(&set, run, fault) != 0) {
			state = DIAL_FAILED;
			break;
		}
		if (set.report)
			dial_report(&dial);
	}
	pollset_close(&set);
	if (state == DIAL_FAILED)
		give_times(&dial, result);
	end_dial(&dial);
	return state == DIAL_CONNECTED ? 0 : -1;
}
