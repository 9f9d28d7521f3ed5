/* How a dial ends: what is told of it, and the fault that stands for all its attempts. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "flow/dial.h"
#include "flow/dialing.h"
#include "net/run.h"
#include "proto/explain.h"
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

	explain_fault(fault);
	addr_format_host(&text, (const struct sockaddr *)&attempt->addr.ss, attempt->addr.len);
	text_printf(&dial->failed, "%s%s: %s", dial->failed_count++ ? "\n" : "", ip, fault->reason);
	if (!fault_is_set(&dial->worst) || fault_rank(fault) > fault_rank(&dial->worst))
		dial->worst = *fault;
	/* The last one of several is told by main, together with the others. */
	if (dial_has_more(dial) || dial->count > 1)
		trace_status(dial->run->trace, "handset: %s failed: %s", fault->action, fault->reason);
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

int dial_timeout(struct dial *dial, struct fault *fault)
{
	bool whole_run = dial->deadline_ns == dial->run->deadline_ns;
	int64_t limit_ns = whole_run ? dial->run->limit_ns : dial->config->connect_ns;
	char target[512];
	struct text text = TEXT_IN(target);

	if (dial->count == 0) {
		resolve_timeout(&dial->resolve, limit_ns, fault);
		fault->status = whole_run ? STATUS_TIMEOUT : STATUS_NAME;
		return -1;
	}
	/* Every address that is known has failed already: it is the other family's look-up that ran out. */
	if (!has_pending(dial))
		return dial_failed(dial, fault);
	for (size_t i = 0; i < dial->count; i++) {
		if (dial->attempts[i].state != ATTEMPT_PENDING)
			continue;
		attempt_timeout(&dial->attempts[i], dial->run, dial->config, fault);
		if (dial->count > 1)
			dial_attempt_failed(dial, &dial->attempts[i], fault);
	}
	if (dial->count == 1)
		return with_remark(dial, fault);
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
	*fault = dial->worst;
	if (dial->failed_count < 2 || fault->step != STEP_CONNECT)
		return with_remark(dial, fault);
	attempt_describe(&text, dial->config, NULL);
	fault_errno(fault, STEP_CONNECT, dial->worst.err, "connect to %s", target);
	fault_cause(fault, dial->worst.name, "%s", dial->failures);
	return with_remark(dial, fault);
}

static void note_connected(const struct dial *dial, const struct dialled *result)
{
	const struct trace *trace = dial->run->trace;
	const struct endpoint_config *endpoint = &dial->config->endpoint;
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
	trace_note(dial->run->trace, &note);
	/* A datagram socket has noted the address and sent nothing: that is no success yet. */
	if (endpoint->type == SOCK_DGRAM)
		return;
	if (dial->config->path) {
		trace_status(dial->run->trace, "Connection to %s [%s] succeeded!", dial->config->path,
			     endpoint_word(endpoint));
		return;
	}
	unsigned port = addr_port(&result->peer);
	endpoint_service(&service_text, endpoint, port);
	peer_text = TEXT_IN(peer);
	addr_format_host(&peer_text, (const struct sockaddr *)&result->peer.ss, result->peer.len);
	bool named = strcasecmp(peer, dial->config->target.host) != 0;
	trace_status(dial->run->trace, "Connection to %s%s%s%s %u port [%s/%s] succeeded!", dial->config->target.host,
		     named ? " (" : "", named ? peer : "", named ? ")" : "", port, endpoint_word(endpoint), service);
}

/* A socket that connects to a port of this host which the kernel has just given to itself: nobody is listening. */
static int self_connect(const struct dial *dial, struct fault *fault)
{
	char target[512];
	struct text text = TEXT_IN(target);
	attempt_describe(&text, dial->config, &dial->winner->addr);
	fault_words(fault, STEP_CONNECT, STATUS_REFUSED, "Connection refused", "connect to %s", target);
	fault_cause(fault, "self-connect",
		    "the socket was connected to itself, its source port being the port dialled: nobody listens there");
	return -1;
}

int dial_succeeded(struct dial *dial, struct dialled *result, struct fault *fault)
{
	result->peer = dial->winner->addr;
	bool looked_up = dial->resolve.lookups[0].duration_ns > 0;
	result->lookup_ns = looked_up ? dial->attempts[0].start_ns - dial->start_ns : -1;
	result->connect_ns = clock_now() - dial->winner->start_ns;
	if (sys_getsockname(dial->run->trace, dial->winner->fd, &result->local) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "getsockname");
	bool inet = result->peer.ss.ss_family != AF_UNIX;
	if (inet && dial->config->endpoint.type == SOCK_STREAM && addr_equal(&result->local, &result->peer))
		return self_connect(dial, fault);
	result->fd = dial->winner->fd;
	result->source = dial->winner->path;
	dial->winner->fd = -1;
	dial->winner->path.made = false;
	resolve_tell(&dial->resolve, dial->run);
	note_connected(dial, result);
	return 0;
}
