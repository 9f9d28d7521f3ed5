/* Connecting by RFC 8305 ("Happy Eyeballs"): both families are looked up at once, attempts are staggered, and the first
 * to connect wins.  A single attempt is in attempt.c. */
#include "flow/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "flow/attempt.h"
#include "flow/source.h"
#include "net/resolve.h"
#include "net/run.h"
#include "net/signals.h"
#include "proto/explain.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* RFC 8305, section 5: Connection Attempt Delay; section 3: Resolution Delay. */
#define ATTEMPT_DELAY_NS (250 * NS_PER_MS)
#define RESOLUTION_DELAY_NS (50 * NS_PER_MS)

#define ATTEMPTS (2 * LOOKUP_ADDRS)

struct dialing {
	const struct run *run;
	const struct dial_config *config;
	struct source source;
	struct resolve resolve;
	size_t queued[2]; /* addresses of each look-up that an attempt has been made for */
	size_t last;      /* the look-up that the last attempt was from */
	struct attempt attempts[ATTEMPTS];
	size_t count; /* attempts made */
	struct attempt *winner;
	int64_t start_ns, deadline_ns, next_ns;
	int64_t told_s;     /* seconds of waiting that have been told of */
	struct fault worst; /* the failure that says most */
	char failures[384]; /* what became of each address */
	struct text failed;
	size_t failed_count;
};

/* ---- which address is next ---- */

static bool has_more(const struct dialing *dialing, size_t lookup)
{
	return lookup < dialing->resolve.count && dialing->queued[lookup] < dialing->resolve.lookups[lookup].count;
}

/* The next address: the family other than the last one's, where there is one. NULL: none at present. */
static const struct addr *next_addr(struct dialing *dialing)
{
	size_t other = 1 - dialing->last;
	size_t lookup = has_more(dialing, other) ? other : dialing->last;
	if (!has_more(dialing, lookup) || dialing->count == ATTEMPTS)
		return NULL;
	dialing->last = lookup;
	return &dialing->resolve.lookups[lookup].addrs[dialing->queued[lookup]++];
}

static size_t pending_attempts(const struct dialing *dialing)
{
	size_t pending = 0;
	for (size_t i = 0; i < dialing->count; i++)
		pending += dialing->attempts[i].state == ATTEMPT_PENDING;
	return pending;
}

static bool more_to_come(const struct dialing *dialing)
{
	return has_more(dialing, 0) || has_more(dialing, 1) || !resolve_is_done(&dialing->resolve) ||
	       pending_attempts(dialing) > 0;
}

/* ---- attempts and what becomes of them ---- */

/* How much a failure says of the way to the host: the further an attempt came, the more. */
static int fault_rank(const struct fault *fault)
{
	switch (fault->status) {
	case STATUS_REFUSED:
		return 4;
	case STATUS_TIMEOUT:
		return 3;
	case STATUS_UNREACHABLE:
		return 2;
	default:
		return 1;
	}
}

static void attempt_failed(struct dialing *dialing, const struct attempt *attempt, struct fault *fault)
{
	char ip[128];
	struct text text = TEXT_IN(ip);

	explain_fault(fault);
	addr_format_host(&text, (const struct sockaddr *)&attempt->addr.ss, attempt->addr.len);
	text_printf(&dialing->failed, "%s%s: %s", dialing->failed_count++ ? "\n" : "", ip, fault->reason);
	if (!fault_is_set(&dialing->worst) || fault_rank(fault) > fault_rank(&dialing->worst))
		dialing->worst = *fault;
	/* The last one of several is told by main, together with the others. */
	if (more_to_come(dialing) || dialing->count > 1)
		trace_status(dialing->run->trace, "handset: %s failed: %s", fault->action, fault->reason);
	dialing->next_ns = 0;
}

static void judge(struct dialing *dialing, struct attempt *attempt, struct fault *fault)
{
	if (attempt->state == ATTEMPT_CONNECTED)
		dialing->winner = attempt;
	else if (attempt->state == ATTEMPT_FAILED)
		attempt_failed(dialing, attempt, fault);
}

/* Begin the attempts that are due. */
static void start_due(struct dialing *dialing)
{
	struct fault fault = {.step = STEP_NONE};
	const struct addr *addr;

	while (!dialing->winner && clock_now() >= dialing->next_ns && (addr = next_addr(dialing)) != NULL) {
		struct attempt *attempt = &dialing->attempts[dialing->count++];
		dialing->next_ns = clock_now() + ATTEMPT_DELAY_NS;
		attempt->addr = *addr;
		attempt_start(attempt, dialing->run, dialing->config, &dialing->source, &fault);
		judge(dialing, attempt, &fault);
	}
}

/* An IPv4 address that comes first waits a moment for IPv6, which is preferred. */
static void collect(struct dialing *dialing, size_t lookup)
{
	bool first = dialing->count == 0 && dialing->next_ns == 0;
	lookup_collect(&dialing->resolve.lookups[lookup], &dialing->resolve, dialing->run);
	if (first && dialing->resolve.lookups[lookup].family == AF_INET && !resolve_is_done(&dialing->resolve))
		dialing->next_ns = clock_now() + RESOLUTION_DELAY_NS;
	else if (dialing->count == 0)
		dialing->next_ns = 0;
}

/* ---- waiting ---- */

/* A step that takes longer than a second is told of while it is pending. */
static void tell_pending(struct dialing *dialing, int64_t now_ns)
{
	int64_t waited_s = (now_ns - dialing->start_ns) / NS_PER_SEC;
	struct note note;
	if (waited_s <= dialing->told_s || !trace_shows(dialing->run->trace, 2))
		return;
	dialing->told_s = waited_s;
	const char *step = dialing->count == 0 ? "look-up" : "connect";
	note_start(&note, "pending", "%s: no answer yet, %lld s", step, (long long)waited_s);
	note_text(&note, "step", step);
	note_number(&note, "seconds", waited_s);
	trace_note(dialing->run->trace, &note);
}

static int64_t wake_at(const struct dialing *dialing)
{
	int64_t wake = dialing->deadline_ns;
	if (has_more(dialing, 0) || has_more(dialing, 1))
		wake = deadline_min(wake, dialing->next_ns);
	if (trace_shows(dialing->run->trace, 2))
		wake = deadline_min(wake, dialing->start_ns + (dialing->told_s + 1) * NS_PER_SEC);
	for (size_t i = 0; i < dialing->count; i++)
		if (dialing->attempts[i].state == ATTEMPT_PENDING && dialing->attempts[i].retry_ns != 0)
			wake = deadline_min(wake, dialing->attempts[i].retry_ns);
	return wake;
}

/* What poll said, handed to the look-ups and attempts that it waited for. */
static void dispatch(struct dialing *dialing, const struct pollfd *fds, int64_t now_ns)
{
	struct fault fault = {.step = STEP_NONE};
	size_t at = 0;

	for (size_t i = 0; i < dialing->resolve.count; i++)
		if (!lookup_is_done(&dialing->resolve.lookups[i]) && fds[at++].revents)
			collect(dialing, i);
	for (size_t i = 0; i < dialing->count && !dialing->winner; i++) {
		struct attempt *attempt = &dialing->attempts[i];
		if (attempt->state != ATTEMPT_PENDING)
			continue;
		bool retry = attempt->retry_ns != 0;
		if (retry ? now_ns < attempt->retry_ns : !fds[at++].revents)
			continue;
		attempt_check(attempt, dialing->run, dialing->config, &fault);
		judge(dialing, attempt, &fault);
	}
}

static int dial_wait(struct dialing *dialing, struct fault *fault)
{
	struct pollfd fds[ATTEMPTS + 3];
	nfds_t count = 0;

	for (size_t i = 0; i < dialing->resolve.count; i++)
		if (!lookup_is_done(&dialing->resolve.lookups[i]))
			fds[count++] = (struct pollfd){.fd = dialing->resolve.lookups[i].fd, .events = POLLIN};
	for (size_t i = 0; i < dialing->count; i++)
		if (dialing->attempts[i].state == ATTEMPT_PENDING && dialing->attempts[i].retry_ns == 0)
			fds[count++] = (struct pollfd){.fd = dialing->attempts[i].fd, .events = POLLOUT};
	nfds_t signals = count;
	if (dialing->run->signal_fd >= 0)
		fds[count++] = (struct pollfd){.fd = dialing->run->signal_fd, .events = POLLIN};
	if (sys_poll(dialing->run->trace, fds, count, deadline_poll_ms(wake_at(dialing), clock_now())) < 0)
		return errno == EINTR ? 0 : fault_errno(fault, STEP_LOCAL, errno, "poll");
	if (signals < count && fds[signals].revents)
		return signals_fault(dialing->run, fault);
	dispatch(dialing, fds, clock_now());
	return 0;
}

/* ---- how it ends ---- */

static int dial_timeout(struct dialing *dialing, struct fault *fault)
{
	bool whole_run = dialing->deadline_ns == dialing->run->deadline_ns;
	int64_t limit_ns = whole_run ? dialing->run->limit_ns : dialing->config->connect_ns;
	char target[512];
	struct text text = TEXT_IN(target);

	if (dialing->count == 0) {
		resolve_timeout(&dialing->resolve, limit_ns, fault);
		fault->status = whole_run ? STATUS_TIMEOUT : STATUS_NAME;
		return -1;
	}
	for (size_t i = 0; i < dialing->count; i++) {
		if (dialing->attempts[i].state != ATTEMPT_PENDING)
			continue;
		attempt_timeout(&dialing->attempts[i], dialing->run, dialing->config, fault);
		if (dialing->count > 1)
			attempt_failed(dialing, &dialing->attempts[i], fault);
	}
	if (dialing->count == 1)
		return -1;
	attempt_describe(&text, dialing->config, NULL);
	fault_errno(fault, STEP_CONNECT, ETIMEDOUT, "connect to %s", target);
	fault_cause(fault, "no-answer", "%s", dialing->failures);
	return -1;
}

static int dial_failed(struct dialing *dialing, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);

	if (dialing->count == 0)
		return resolve_fault(&dialing->resolve, fault);
	*fault = dialing->worst;
	if (dialing->failed_count < 2 || fault->step != STEP_CONNECT)
		return -1;
	attempt_describe(&text, dialing->config, NULL);
	fault_errno(fault, STEP_CONNECT, dialing->worst.err, "connect to %s", target);
	fault_cause(fault, dialing->worst.name, "%s", dialing->failures);
	return -1;
}

static void note_connected(const struct dialing *dialing, const struct dialled *result)
{
	const struct trace *trace = dialing->run->trace;
	const struct endpoint_config *endpoint = &dialing->config->endpoint;
	char local[160], peer[160], service[64];
	struct text local_text = TEXT_IN(local);
	struct text peer_text = TEXT_IN(peer);
	struct text service_text = TEXT_IN(service);
	struct note note;

	if (!trace_shows(trace, 1))
		return;
	addr_format(&local_text, (const struct sockaddr *)&result->local.ss, result->local.len);
	addr_format(&peer_text, (const struct sockaddr *)&result->peer.ss, result->peer.len);
	note_start(&note, "connected", "connected to %s from %s in %.3f ms", peer, local,
		   (double)result->connect_ns / NS_PER_MS);
	note_text(&note, "peer", peer);
	note_text(&note, "local", local);
	note_seconds(&note, "dur", result->connect_ns);
	trace_note(dialing->run->trace, &note);
	/* A datagram socket has noted the address and sent nothing: that is no success yet. */
	if (endpoint->type == SOCK_DGRAM)
		return;
	if (dialing->config->path) {
		trace_status(dialing->run->trace, "Connection to %s [%s] succeeded!", dialing->config->path,
			     endpoint_word(endpoint));
		return;
	}
	unsigned port = addr_port(&result->peer);
	endpoint_service(&service_text, endpoint, port);
	peer_text = TEXT_IN(peer);
	addr_format_host(&peer_text, (const struct sockaddr *)&result->peer.ss, result->peer.len);
	bool named = strcasecmp(peer, dialing->config->target.host) != 0;
	trace_status(dialing->run->trace, "Connection to %s%s%s%s %u port [%s/%s] succeeded!",
		     dialing->config->target.host, named ? " (" : "", named ? peer : "", named ? ")" : "", port,
		     endpoint_word(endpoint), service);
}

/* A socket that connects to a port of this host which the kernel has just given to itself: nobody is listening. */
static int self_connect(const struct dialing *dialing, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	attempt_describe(&text, dialing->config, &dialing->winner->addr);
	fault_words(fault, STEP_CONNECT, STATUS_REFUSED, "Connection refused", "connect to %s", target);
	fault_cause(fault, "self-connect",
		    "the socket was connected to itself, its source port being the port dialled: nobody listens there");
	return -1;
}

static int dial_succeeded(struct dialing *dialing, struct dialled *result, struct fault *fault)
{
	result->peer = dialing->winner->addr;
	result->connect_ns = clock_now() - dialing->winner->start_ns;
	if (sys_getsockname(dialing->run->trace, dialing->winner->fd, &result->local) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "getsockname");
	bool inet = result->peer.ss.ss_family != AF_UNIX;
	if (inet && dialing->config->endpoint.type == SOCK_STREAM && addr_equal(&result->local, &result->peer))
		return self_connect(dialing, fault);
	result->fd = dialing->winner->fd;
	result->source = dialing->winner->path;
	dialing->winner->fd = -1;
	dialing->winner->path.made = false;
	note_connected(dialing, result);
	return 0;
}

/* The addresses to try: of the Unix path, or of the name. */
static int find_target(struct dialing *dialing, struct fault *fault)
{
	const struct dial_config *config = dialing->config;
	dialing->resolve = (struct resolve){.host = config->target.host, .port = config->target.port};
	if (!config->path)
		return resolve_start(&dialing->resolve, dialing->run, &config->endpoint, fault);
	dialing->resolve.count = 1;
	dialing->resolve.lookups[0] = (struct lookup){.family = AF_UNIX, .fd = -1, .count = 1};
	if (addr_unix(&dialing->resolve.lookups[0].addrs[0], config->path) != 0)
		return fault_usage(fault, "the socket path %s is too long (107 bytes at most)", config->path);
	return 0;
}

static int dial_run(struct dialing *dialing, struct dialled *result, struct fault *fault)
{
	if (source_find(&dialing->source, dialing->run, dialing->config, dialing->deadline_ns, fault) != 0 ||
	    find_target(dialing, fault) != 0)
		return -1;
	for (;;) {
		start_due(dialing);
		if (dialing->winner)
			return dial_succeeded(dialing, result, fault);
		if (!more_to_come(dialing))
			return dial_failed(dialing, fault);
		if (clock_now() >= dialing->deadline_ns)
			return dial_timeout(dialing, fault);
		if (dial_wait(dialing, fault) != 0)
			return -1;
		tell_pending(dialing, clock_now());
	}
}

int dial(const struct run *run, const struct dial_config *config, struct dialled *result, struct fault *fault)
{
	struct dialing dialing = {.run = run, .config = config, .last = 1, .start_ns = clock_now()};

	*result = (struct dialled){.fd = -1};
	dialing.failed = TEXT_IN(dialing.failures);
	dialing.deadline_ns = deadline_min(run->deadline_ns, deadline_after(dialing.start_ns, config->connect_ns));
	int status = dial_run(&dialing, result, fault);
	for (size_t i = 0; i < dialing.count; i++)
		attempt_close(&dialing.attempts[i], run);
	resolve_close(&dialing.resolve, run);
	return status;
}
