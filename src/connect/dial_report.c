/* How a dial ends: what is told of it, and the fault that stands for all its attempts. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "connect/dial.h"
#include "connect/dial_internal.h"
#include "net/run.h"
#include "proto/explain.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

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

void dial_attempt_failed(struct dial *dial, const struct attempt *attempt, struct fault *fault)
{
	char ip[128];
	struct text text = TEXT_IN(ip);

	dial_explain(dial, &attempt->addr, fault);
	explain_fault(fault);
	addr_format_host(&text, &attempt->addr);
	text_printf(&dial->failed, "%s%s: %s", dial->failed_count++ ? "\n" : "", ip, fault->reason);
	if (fault->cause[0] != '\0')
		text_printf(&dial->failed, ": %.*s", (int)strcspn(fault->cause, "\n"),
			    fault->cause);
	if (!fault_is_set(&dial->worst) || fault_rank(fault) > fault_rank(&dial->worst))
		dial->worst = *fault;
	/* The last one of several is told by main, together with the others. */
	if ((dial_has_more(dial) || dial->count > 1) && !dial->config->silent)
		console_status(dial->run->console, "handset: %s failed: %s", fault->action,
			       fault->reason);
	dial->next_ns = 0;
}

/* Add to FAULT's cause what the look-up has to say to it. */
static int with_remark(const struct dial *dial, struct fault *fault)
{
	char lines[sizeof(fault->cause)];
	struct text text = TEXT_IN(lines);
	explain_fault(fault);
	text_str(&text, fault->cause);
	resolve_remark(&dial->resolve, &text);
	fault_cause(fault, fault->name, "%s", lines + (lines[0] == '\n'));
	return -1;
}

static bool has_pending(const struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++)
		if (dial->attempts[i].state == ATTEMPT_PENDING)
			return true;
	return false;
}

void dial_describe(struct text *out, const struct dial_config *config)
{
	const struct proxy_config *proxy = &config->proxy;
	if (config->path) {
		text_printf(out, "%s (%s)", config->path, endpoint_word(&config->endpoint));
		return;
	}
	text_printf(out, "%s port %s (%s)", config->target.host, config->target.port,
		    endpoint_word(&config->endpoint));
	if (proxy->type != PROXY_NONE)
		text_printf(out, " through proxy %s port %s (%s)", proxy->address.host,
			    proxy->address.port, proxy_word(proxy->type));
}

int dial_timeout(struct dial *dial, struct fault *fault)
{
	bool whole_run = dial->deadline_ns == dial->run->deadline_ns;
	int64_t limit_ns = whole_run ? dial->run->limit_ns : dial->config->connect_ns;
	char target[512];
	struct text text = TEXT_IN(target);

	if (dial->winner) {
		dial_proxy_timeout(dial, limit_ns, fault);
		fault->status = whole_run ? STATUS_TIMEOUT : fault->status;
		return -1;
	}
	if (dial->count == 0) {
		resolve_timeout(&dial->resolve, limit_ns, fault);
		fault->status = whole_run ? STATUS_TIMEOUT : STATUS_NAME;
		return -1;
	}
	/* Every address that is known has failed already: it is the other family's look-up that ran
	 * out. */
	if (!has_pending(dial))
		return dial_failed(dial, fault);
	for (size_t i = 0; i < dial->count; i++) {
		if (dial->attempts[i].state != ATTEMPT_PENDING)
			continue;
		attempt_timeout(&dial->attempts[i], dial->run, dial->config, fault);
		if (dial->count > 1)
			dial_attempt_failed(dial, &dial->attempts[i], fault);
	}
	if (dial->count == 1) {
		dial_explain(dial, &dial->attempts[0].addr, fault);
		return with_remark(dial, fault);
	}
	attempt_describe(&text, dial->config, NULL);
	fault_errno(fault, STEP_CONNECT, ETIMEDOUT, "connect to %s", target);
	fault_cause(fault, "no-answer", "%s", dial->failures);
	return with_remark(dial, fault);
}

int dial_failed(struct dial *dial, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);

	if (dial->count == 0)
		return resolve_fault(&dial->resolve, fault);
	resolve_report(&dial->resolve, dial->run);
	*fault = dial->worst;
	if (dial->failed_count < 2 || fault->step != STEP_CONNECT)
		return with_remark(dial, fault);
	attempt_describe(&text, dial->config, NULL);
	fault_errno(fault, STEP_CONNECT, dial->worst.err, "connect to %s", target);
	fault_cause(fault, dial->worst.name, "%s", dial->failures);
	return with_remark(dial, fault);
}

static void note_connected(const struct dial *dial)
{
	const struct addr *peer = &dial->winner->addr;
	char local[160], remote[160];
	struct text local_text = TEXT_IN(local);
	struct text remote_text = TEXT_IN(remote);
	struct note note;

	if (!trace_shows(dial->run->trace, 2))
		return;
	addr_format(&local_text, &dial->local);
	addr_format(&remote_text, peer);
	note_start(&note, "connected", "connected to %s%s from %s in %.3f ms",
		   dial_is_proxied(dial) ? "proxy " : "", remote, local,
		   (double)dial->connect_ns / NS_PER_MS);
	note_text(&note, "peer", remote);
	note_text(&note, "local", local);
	note_seconds(&note, "dur", dial->connect_ns);
	trace_note(dial->run->trace, &note);
}

void dial_describe_success(struct text *out, const struct dial_config *config,
			   const struct addr *peer, unsigned port)
{
	const char *word = endpoint_word(&config->endpoint);
	char ip[160] = "";
	struct text ip_text = TEXT_IN(ip);

	if (config->path) {
		text_printf(out, "Connection to %s [%s] succeeded!", config->path, word);
		return;
	}
	text_printf(out, "Connection to %s", config->target.host);
	if (peer)
		addr_format_host(&ip_text, peer);
	if (peer && strcasecmp(ip, config->target.host) != 0)
		text_printf(out, " (%s)", ip);
	text_printf(out, " %u port [%s/", port, word);
	endpoint_service(out, &config->endpoint, port);
	text_str(out, "] succeeded!");
}

static void report_connected(const struct dial *dial)
{
	const struct dial_config *config = dial->config;
	bool proxied = dial_is_proxied(dial);
	char line[512];
	struct text text = TEXT_IN(line);

	/* A datagram socket has noted the address and sent nothing: that is no success yet. */
	if (!console_is_verbose(dial->run->console) || config->endpoint.type == SOCK_DGRAM ||
	    config->silent)
		return;
	dial_describe_success(&text, config, proxied ? NULL : &dial->winner->addr,
			      proxied ? dial->dial_proxy->request.port
				      : addr_port(&dial->winner->addr));
	console_status(dial->run->console, "%s", line);
}

/* A socket that connects to a port of this host which the kernel has just given to itself: nobody
 * is listening. */
int dial_self_connect(struct fault *fault, const char *target)
{
	fault_words(fault, STEP_CONNECT, STATUS_REFUSED, "Connection refused", "connect to %s",
		    target);
	fault_cause(fault, "self-connect",
		    "the socket was connected to itself, its source port being the port dialled: "
		    "nobody listens there");
	return -1;
}

/* Attempts that were still under way when another was answered: that is how a family that does not
 * work shows. */
static void report_losers(const struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++) {
		const struct attempt *attempt = &dial->attempts[i];
		char target[512];
		struct text text = TEXT_IN(target);
		if (attempt->state != ATTEMPT_PENDING || !console_is_verbose(dial->run->console))
			continue;
		attempt_describe(&text, dial->config, &attempt->addr);
		console_status(
			dial->run->console,
			"connect to %s: no answer after %.0f ms, given up as another address "
			"answered",
			target, (double)(clock_now() - attempt->start_ns) / NS_PER_MS);
	}
}

int dial_connected(struct dial *dial, struct fault *fault)
{
	const struct addr *peer = &dial->winner->addr;
	char target[512];
	struct text text = TEXT_IN(target);
	dial->connect_ns = clock_now() - dial->winner->start_ns;
	if (sys_getsockname(dial->run->trace, dial->winner->fd, &dial->local) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "getsockname");
	if (endpoint_is_tcp(&dial->config->endpoint) && addr_equal(&dial->local, peer)) {
		attempt_describe(&text, dial->config, peer);
		return dial_self_connect(fault, target);
	}
	resolve_report(&dial->resolve, dial->run);
	report_losers(dial);
	note_connected(dial);
	return 0;
}

void dial_succeeded(struct dial *dial, struct dial_result *result)
{
	bool looked_up = dial->resolve.asked;
	*result = (struct dial_result){
		.fd = dial->winner->fd,
		.peer = dial->winner->addr,
		.local = dial->local,
		.source = dial->winner->path,
		.reset = dial->winner->reset,
		.lookup_ns = looked_up ? dial->attempts[0].start_ns - dial->start_ns : -1,
		.connect_ns = dial->connect_ns,
		.proxy_ns = dial_is_proxied(dial) ? dial->dial_proxy->duration_ns : -1};
	dial->winner->fd = -1;
	dial->winner->path.made = false;
	report_connected(dial);
}
