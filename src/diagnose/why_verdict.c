/* What a diagnosis comes to: one or two sentences, the next thing to do, and the fault that goes
 * with it. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/dial_proxy.h"
#include "diagnose/why_internal.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "proto/banner.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* Where a line that is wrapped goes on. */
#define HANG 2

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

/* The verdict: what is so, and what to do next; NULL: nothing. */
static int print_verdict(struct why *why, struct fault *fault, const char *verdict,
			 const char *next)
{
	char lines[2048], advice[512];
	struct text text = TEXT_IN(lines);
	struct text line = TEXT_IN(advice);
	struct text_layout layout = {.hang = HANG, .width = sys_columns(STDOUT_FILENO)};
	bool color = stdout_color(why->run);
	struct note note;

	note_start(&note, "verdict", "%s", verdict);
	note_text(&note, "verdict", verdict);
	note_text(&note, "next", next);
	note_text(&note, "cause", fault ? cause_name(fault->cause) : NULL);
	note_number(&note, "status", fault ? fault->status : STATUS_OK);
	note_end(&note, why->start_ns);
	trace_note(why->run->trace, &note);
	text_str(&text, color ? BOLD : "");
	text_wrapped(&text, verdict, &layout);
	text_str(&text, color ? PLAIN : "");
	if (next)
		text_printf(&line, "Next: %s.", next);
	text_wrapped(&text, advice, &layout);
	if (!fault_is_set(why->printed))
		stdout_write(why->run, lines, text.len, why->printed);
	if (!fault)
		return 0;
	fault->reported = true;
	return -1;
}

/* What FAULT means; where no sentence is known for that, the first line of its cause says it. */
static void put_meaning(struct text *out, const struct why *why, const struct fault *fault)
{
	const char *verdict = cause_verdict(fault->cause);
	/* Nobody has to answer a datagram. */
	bool silence = why_is_udp(why) && fault->cause == CAUSE_NO_ANSWER;
	if (verdict && !silence)
		text_str(out, verdict);
	else if (fault->detail[0])
		text_bytes(out, fault->detail, strcspn(fault->detail, "\n"));
	else
		text_str(out, fault->reason);
}

int why_failed(struct why *why, struct fault *fault)
{
	char words[1024];
	struct text text = TEXT_IN(words);
	text_printf(&text, "%c%s failed: %s. ", toupper((unsigned char)fault->action[0]),
		    fault->action + 1, fault->reason);
	size_t meaning = text.len;
	put_meaning(&text, why, fault);
	words[meaning] = (char)toupper((unsigned char)words[meaning]);
	text_char(&text, '.');
	return print_verdict(why, fault, words, fault_advice(fault));
}

/* ---- how the addresses did ---- */

static const struct why_target *worst_of(const struct why *why)
{
	const struct why_target *worst = NULL;
	for (size_t i = 0; i < why->count; i++)
		if (why->targets[i].state == ATTEMPT_FAILED &&
		    (!worst ||
		     fault_rank(why->targets[i].fault.status) > fault_rank(worst->fault.status)))
			worst = &why->targets[i];
	return worst;
}

static size_t count_failed(const struct why *why)
{
	size_t count = 0;
	for (size_t i = 0; i < why->count; i++)
		count += why->targets[i].state == ATTEMPT_FAILED;
	return count;
}

static const struct why_target *reached_of(const struct why *why)
{
	for (size_t i = 0; i < why->count; i++)
		if (why->targets[i].state == ATTEMPT_CONNECTED)
			return &why->targets[i];
	return NULL;
}

/* "10.0.0.1", or the path. */
static void put_address(struct text *out, const struct why *why, const struct why_target *target)
{
	if (why->config->path)
		text_str(out, why->config->path);
	else
		addr_format_host(out, &target->attempt.addr);
}

/* ---- verdicts ---- */

/* It is reached, and then broken off. */
static int reset_verdict(struct why *why, struct fault *fault)
{
	char name[512];
	struct text text = TEXT_IN(name);
	describe_attempt(&text, why->config, &why->reached->attempt.addr);
	fault_errno(fault, STEP_READ, ECONNRESET, "read from %s", name);
	fault_cause(fault, CAUSE_RESET,
		    "the service accepts and resets the connection at once, before any data: it, "
		    "or an access rule "
		    "in front of it, does not want this client");
	char words[1024];
	struct text verdict = TEXT_IN(words);
	text_printf(&verdict, "The way is good, but %s.", fault->detail);
	return print_verdict(why, fault, words, fault_advice(fault));
}

/* What else may be wrong when all that was looked at is well. */
static const char *next_layer(const struct why *why)
{
	const struct service *service = &why->service;
	if (why->mtu.state == PATH_MTU_HOLE)
		return "have the routers on the way let ICMP \"fragmentation needed\" pass, or "
		       "lower the MTU of this "
		       "host";
	if (why_is_udp(why))
		return "if it still does not work, suspect the application: what it sends, and "
		       "what it makes of the "
		       "answer";
	switch (service->state) {
	case SERVICE_ENDS:
		return "look at the log of the service: it may have no room, no backend, or a rule "
		       "against this client";
	case SERVICE_SPEAKS:
		return "if it still does not work, suspect the application: the protocol that is "
		       "spoken there, and "
		       "the login";
	default:
		if (service->state == SERVICE_SILENT &&
		    banner_expected(addr_port(&why->reached->attempt.addr)))
			return "look whether the process hangs, or looks up the client's name "
			       "first";
		return "if it still does not work, suspect the layer above: TLS (certificate, "
		       "server name), the "
		       "request, the login";
	}
}

static void put_service(struct text *out, const struct why *why)
{
	const struct service *service = &why->service;
	const char *protocol = banner_protocol(service->bytes, service->len);
	if (service->state == SERVICE_SPEAKS)
		text_printf(out, ", and %s answers", protocol ? protocol : "the service");
	else if (service->state == SERVICE_ENDS)
		text_str(out, ", but the service ends the connection at once");
}

static int good_verdict(struct why *why, const struct why_target *reached)
{
	char words[1024];
	struct text text = TEXT_IN(words);
	bool odd = why->service.state == SERVICE_ENDS || why->mtu.state == PATH_MTU_HOLE;

	text_str(&text, odd ? "The connection works: " : "All is well: ");
	put_address(&text, why, reached);
	if (why->config->proxy.type != PROXY_NONE)
		text_printf(&text, ", the proxy, has connected to %s port %s",
			    why->config->target.host, why->config->target.port);
	else if (why_is_udp(why))
		text_printf(&text, " port %u answers datagrams", addr_port(&reached->attempt.addr));
	else if (why->config->path)
		text_str(&text, why->config->endpoint.type == SOCK_DGRAM ? " takes datagrams"
									 : " accepts connections");
	else
		text_printf(&text, " port %u accepts connections",
			    addr_port(&reached->attempt.addr));
	put_service(&text, why);
	if (why->mtu.state == PATH_MTU_HOLE)
		text_str(&text, ", but large packets seem to vanish on the way");
	text_char(&text, '.');
	return print_verdict(why, NULL, words, next_layer(why));
}

/* Some addresses can be reached, others not: a client may try those first. */
static int mixed_verdict(struct why *why, const struct why_target *reached)
{
	char words[1024];
	struct text text = TEXT_IN(words);
	const struct why_target *worst = worst_of(why);

	text_str(&text, "It works with ");
	put_address(&text, why, reached);
	put_service(&text, why);
	text_str(&text, ", but not with ");
	put_address(&text, why, worst);
	text_printf(&text, " (%s: ", worst->fault.reason);
	put_meaning(&text, why, &worst->fault);
	text_str(&text, "). Clients that try that first lose time, or fail.");
	return print_verdict(why, NULL, words, fault_advice(&worst->fault));
}

int why_verdict(struct why *why, struct fault *fault)
{
	const struct why_target *reached = reached_of(why);
	const struct why_target *worst = worst_of(why);
	if (!reached) {
		*fault = worst->fault;
		if (why->config->proxy.type != PROXY_NONE)
			dial_proxy_name(why->config, fault);
		return why_failed(why, fault);
	}
	if (why->service.state == SERVICE_RESETS)
		return reset_verdict(why, fault);
	if (count_failed(why) > 0)
		return mixed_verdict(why, reached);
	return good_verdict(why, reached);
}
