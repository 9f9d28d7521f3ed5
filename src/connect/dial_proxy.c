/* A dial that goes through a proxy: the target's look-up, where it is done here, the handshake, and
 * how it failed. */
#include "connect/dial_proxy.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "connect/describe.h"
#include "connect/dial_internal.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_wait.h"
#include "trace/trace.h"

bool dial_is_proxied(const struct dial *dial)
{
	return dial->config->proxy.type != PROXY_NONE;
}

/* ---- the target ---- */

static bool carries_ipv4_alone(enum proxy_type type)
{
	return type == PROXY_SOCKS4 || type == PROXY_SOCKS4A;
}

static int check_host(const struct dial_config *config, const struct addr *addr,
		      struct fault *fault)
{
	if (strchr(config->target.host, '%'))
		return fault_usage(
			fault, "%s names an interface of this host, which means nothing to a proxy",
			config->target.host);
	if (addr->len > 0 && addr->ss.ss_family == AF_INET6 &&
	    carries_ipv4_alone(config->proxy.type))
		return fault_usage(
			fault, "SOCKS4 carries IPv4 addresses alone: %s needs -X 5 or -X connect",
			config->target.host);
	return 0;
}

int dial_proxy_open(struct dial *dial, struct fault *fault)
{
	const struct dial_config *config = dial->config;
	struct endpoint_config endpoint = config->endpoint;
	/* As the dial itself: large, and given back whole. */
	struct dial_proxy *dial_proxy = mmap(NULL, sizeof(*dial_proxy), PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (dial_proxy == MAP_FAILED)
		return fault_errno(fault, STEP_LOCAL, errno, "begin to connect through a proxy");
	dial->dial_proxy = dial_proxy;
	struct proxy_request *request = &dial_proxy->request;
	*request = (struct proxy_request){.type = config->proxy.type, .host = config->target.host};
	if (config->proxy.login) {
		request->user = config->proxy.user;
		request->password = config->proxy.password;
	}
	if (resolve_port(&request->port, &endpoint, config->target.port, fault) != 0)
		return -1;
	bool numeric = addr_parse(&request->addr, AF_UNSPEC, request->host, request->port) == 0;
	request->addr.len = numeric ? request->addr.len : 0;
	if (check_host(config, &request->addr, fault) != 0)
		return -1;
	if (numeric || !config->proxy.local_dns)
		return 0;
	if (carries_ipv4_alone(request->type))
		endpoint.family = AF_INET;
	dial_proxy->target = (struct resolve){.host = config->target.host,
					      .port = config->target.port};
	return resolve_start(&dial_proxy->target, dial->run, &endpoint, fault);
}

void dial_proxy_collect(struct dial *dial)
{
	struct dial_proxy *dial_proxy = dial->dial_proxy;
	struct resolve *target = &dial_proxy->target;
	resolve_collect(target, dial->run);
	dial_proxy->asking = !dial_proxy->begun && target->count > 0 &&
			     resolve_ask_servers(target, dial->run, clock_now(), dial->deadline_ns);
}

/* The address that the proxy is given: IPv4 where there is one, as every proxy reaches that.  NULL:
 * not known yet, or none. */
static const struct addr *target_addr(const struct resolve *target)
{
	for (size_t i = target->count; i-- > 0;) {
		if (target->lookups[i].count > 0)
			return &target->lookups[i].addrs[0];
		if (!lookup_is_done(&target->lookups[i]))
			return NULL;
	}
	return NULL;
}

/* ---- the handshake ---- */

/* Report of the handshake: STATE for programs, WORDS for people; CODE, of the proxy, is -1 where
 * there is none. */
static void note_handshake(const struct dial *dial, const char *state, int code, const char *words)
{
	const struct dial_proxy *dial_proxy = dial->dial_proxy;
	const struct proxy_request *request = &dial_proxy->request;
	const char *bound = proxy_handshake_talk(&dial_proxy->handshake)->bound;
	char target[TARGET_HOST + 16];
	struct text target_text = TEXT_IN(target);
	struct note note;

	if (!trace_shows(dial->run->trace, 2))
		return;
	struct addr_text peer = addr_text(&dial->winner->addr);
	if (request->addr.len > 0)
		addr_format(&target_text, &request->addr);
	else
		text_printf(&target_text, strchr(request->host, ':') ? "[%s]:%u" : "%s:%u",
			    request->host, request->port);
	note_start(&note, "handshake", "proxy %s (%s), for %s: %s", peer.chars,
		   proxy_word(request->type), target, words);
	note_text(&note, "state", state);
	note_text(&note, "proxy", peer.chars);
	note_text(&note, "type", proxy_word(request->type));
	note_text(&note, "target", target);
	if (code >= 0)
		note_number(&note, "code", code);
	note_text(&note, "bound", *bound ? bound : NULL);
	note_connection(&note, transport_socket(&dial->transport));
	note_end(&note, dial_proxy->start_ns);
	trace_note(dial->run->trace, &note);
}

/* The first to connect is talked to, and no other. */
static void give_up_others(struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++) {
		if (&dial->attempts[i] == dial->winner ||
		    dial->attempts[i].state != ATTEMPT_PENDING)
			continue;
		attempt_close(&dial->attempts[i], dial->run);
		dial->attempts[i].state = ATTEMPT_FAILED;
	}
	resolve_close(&dial->resolve);
}

/* Begin the handshake when the target's address is known.  PENDING: it is not yet; FAILED with
 * FAULT: there is none. */
static enum dial_state begin_handshake(struct dial *dial, struct fault *fault)
{
	struct dial_proxy *dial_proxy = dial->dial_proxy;

	give_up_others(dial);
	if (dial_proxy->target.count > 0) {
		const struct addr *addr = target_addr(&dial_proxy->target);
		if (!addr && (!resolve_is_done(&dial_proxy->target) || dial_proxy->asking))
			return DIAL_PENDING;
		if (!addr) {
			resolve_fault(&dial_proxy->target, fault);
			return DIAL_FAILED;
		}
		dial_proxy->request.addr = *addr;
		resolve_close(&dial_proxy->target);
	}
	dial_proxy->begun = true;
	dial_proxy->start_ns = clock_now();
	note_handshake(dial, "begun", -1, "the handshake begins");
	proxy_handshake_start(&dial_proxy->handshake, &dial->transport, &dial_proxy->request);
	return DIAL_CONNECTED;
}

/* ---- how it failed ---- */

/* REASON, of the handshake. */
static void fail_handshake(const struct dial *dial, const char *reason, struct fault *fault)
{
	char target[1024];
	struct text text = TEXT_IN(target);
	describe_target(&text, dial->config);
	fault_words(fault, STEP_CONNECT, STATUS_PROXY, reason, "connect to %s", target);
}

/* How far the proxy had come when it said no more. */
static void describe_progress(const struct proxy_talk *talk, struct text *out)
{
	if (talk->total == 0)
		text_str(out, "before it had answered anything");
	else if (talk->asked)
		text_str(out, "when it had been asked for the target");
	else
		text_printf(out, "in the middle of the handshake, after %zu bytes of its own",
			    talk->total);
}

static void refused_by_proxy(const struct dial *dial, struct fault *fault)
{
	static const enum cause causes[] = {[PROXY_BLAME_AUTH] = CAUSE_PROXY_AUTH,
					    [PROXY_BLAME_TARGET] = CAUSE_PROXY_TARGET_REFUSED,
					    [PROXY_BLAME_UNSUPPORTED] = CAUSE_PROXY_UNSUPPORTED,
					    [PROXY_BLAME_PROTOCOL] = CAUSE_PROXY_PROTOCOL};
	const struct proxy_talk *talk = proxy_handshake_talk(&dial->dial_proxy->handshake);
	const struct proxy_refusal *refusal = &talk->refusal;
	char reason[192];
	struct text text = TEXT_IN(reason);

	text_printf(&text, "%s%s", refusal->blame == PROXY_BLAME_PROTOCOL ? "" : "the proxy says: ",
		    refusal->reason);
	fail_handshake(dial, reason, fault);
	fault_cause(fault, causes[refusal->blame], "%s", refusal->cause);
	note_handshake(dial, "refused", refusal->code, reason);
}

/* The proxy has ended the connection, with ERR or, when that is 0, without. */
static void broken_by_proxy(const struct dial *dial, int err, struct fault *fault)
{
	const struct proxy_talk *talk = proxy_handshake_talk(&dial->dial_proxy->handshake);
	char progress[128];
	struct text text = TEXT_IN(progress);

	describe_progress(talk, &text);
	const char *reason = err ? errno_words(err) : "the proxy closed the connection";
	fail_handshake(dial, reason, fault);
	fault->err = err;
	fault_cause(fault, CAUSE_PROXY_CLOSED, "the proxy was reached and %s the connection %s%s",
		    err ? "broke off" : "closed", progress,
		    talk->total == 0 ? ": it may be no proxy of this kind, or not want this client"
				     : "");
	note_handshake(dial, "broken", -1, reason);
}

void dial_proxy_timeout(const struct dial *dial, int64_t limit_ns, struct fault *fault)
{
	const struct dial_proxy *dial_proxy = dial->dial_proxy;
	const struct proxy_talk *talk = proxy_handshake_talk(&dial_proxy->handshake);
	struct units_text limit = units_limit(limit_ns);

	if (!dial_proxy->begun) {
		resolve_timeout(&dial_proxy->target, dial->run, limit_ns, fault);
		return;
	}
	fail_handshake(dial, "Connection timed out", fault);
	fault->err = ETIMEDOUT;
	if (talk->total > 0 && talk->asked)
		fault_cause(fault, CAUSE_PROXY_TIMEOUT,
			    "the phase that ran out, after %s, is the handshake: the proxy was "
			    "reached and asked for the target, "
			    "and has not told how that went",
			    limit.chars);
	else
		fault_cause(fault, CAUSE_PROXY_TIMEOUT,
			    "the phase that ran out, after %s, is the handshake: the proxy was "
			    "reached and %s",
			    limit.chars,
			    talk->total == 0 ? "has not answered at all"
					     : "has not finished its answer");
	note_handshake(dial, "timeout", -1, "Connection timed out");
}

void dial_proxy_name(const struct dial_config *config, struct fault *fault)
{
	static const struct {
		enum status status;
		enum cause cause;
	} causes[] = {
		{STATUS_NAME, CAUSE_PROXY_NAME},
		{STATUS_REFUSED, CAUSE_PROXY_REFUSED},
		{STATUS_TIMEOUT, CAUSE_PROXY_TIMEOUT},
		{STATUS_UNREACHABLE, CAUSE_PROXY_UNREACHABLE},
	};
	fault_explain(fault);
	if (fault->step == STEP_LOOKUP) {
		struct text action = TEXT_IN(fault->action);
		text_str(&action, "look-up of proxy ");
		text_safe(&action, config->proxy.address.host);
	}
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (fault->status != causes[i].status)
			continue;
		fault->cause = causes[i].cause;
		fault->status = STATUS_PROXY;
		return;
	}
}

void dial_proxy_blame(const struct dial *dial, struct fault *fault)
{
	bool whole_run = dial->deadline_ns == dial->run->deadline_ns &&
			 clock_now() >= dial->deadline_ns;
	dial_proxy_name(dial->config, fault);
	if (whole_run && fault->status == STATUS_PROXY)
		fault->status = STATUS_TIMEOUT;
}

/* ---- the whole ---- */

enum dial_state dial_proxy_advance(struct dial *dial, struct fault *fault)
{
	struct dial_proxy *dial_proxy = dial->dial_proxy;
	enum dial_state state = dial_proxy->begun ? DIAL_CONNECTED : begin_handshake(dial, fault);

	if (state != DIAL_CONNECTED)
		return state;
	switch (proxy_handshake_advance(&dial_proxy->handshake)) {
	case PROXY_HANDSHAKE_PENDING:
		return DIAL_PENDING;
	case PROXY_HANDSHAKE_AGREED:
		break;
	case PROXY_HANDSHAKE_REFUSED:
		refused_by_proxy(dial, fault);
		return DIAL_FAILED;
	case PROXY_HANDSHAKE_CLOSED:
		broken_by_proxy(dial, 0, fault);
		return DIAL_FAILED;
	case PROXY_HANDSHAKE_BROKEN:
		broken_by_proxy(dial, dial->transport.err, fault);
		return DIAL_FAILED;
	}
	dial_proxy->duration_ns = clock_now() - dial_proxy->start_ns;
	note_handshake(dial, "agreed", -1, "the proxy agrees");
	return DIAL_CONNECTED;
}

void dial_proxy_want(struct dial *dial, struct pollset *set)
{
	struct dial_proxy *dial_proxy = dial->dial_proxy;
	if (dial_proxy->begun)
		proxy_handshake_want(&dial_proxy->handshake, set);
	else if (dial_proxy->target.count > 0)
		resolve_want(&dial_proxy->target, set, dial->deadline_ns);
}

void dial_proxy_close(struct dial *dial)
{
	if (!dial->dial_proxy)
		return;
	resolve_close(&dial->dial_proxy->target);
	munmap(dial->dial_proxy, sizeof(*dial->dial_proxy));
	dial->dial_proxy = NULL;
}
