/* What stands at the end of a path: the port, who rejects the probes, or nobody who answers; and
 * the fault that goes with it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/probe_explain.h"
#include "diagnose/traceroute_internal.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* The probe that found the end. */
static const struct probe *end_probe(const struct traceroute *traceroute)
{
	const struct hop *hop = &traceroute->hops[traceroute->end - 1];
	for (size_t i = 0; i < hop->sent; i++) {
		bool answered = probe_is_answered(&hop->probes[i]) &&
				!probe_is_on_the_way(&hop->probes[i]);
		if (answered || hop->probes[i].state == PROBE_FAILED)
			return &hop->probes[i];
	}
	return &hop->probes[0];
}

/* The first hop at which ADDR has answered for a TTL that ran out; 0: at none. */
static size_t hop_of(const struct traceroute *traceroute, const struct addr *addr)
{
	struct addr same = *addr;
	addr_set_port(&same, 0);
	for (size_t hop = 0; hop < traceroute->end; hop++)
		for (size_t i = 0; i < traceroute->hops[hop].sent; i++) {
			const struct probe *probe = &traceroute->hops[hop].probes[i];
			struct addr other = probe_answerer(probe, &traceroute->target);
			if (probe_is_on_the_way(probe) && addr_equal(&same, &other))
				return hop + 1;
		}
	return 0;
}

/* A router that has answered at two hops which are no neighbors: what it passed on came back.  0:
 * there is none. */
static size_t loop_at(const struct traceroute *traceroute, struct addr *router)
{
	for (size_t hop = 0; hop < traceroute->end; hop++) {
		const struct probe *probe = &traceroute->hops[hop].probes[0];
		if (!probe_is_on_the_way(probe))
			continue;
		*router = probe_answerer(probe, &traceroute->target);
		size_t first = hop_of(traceroute, router);
		if (first != 0 && hop + 1 >= first + 2)
			return first;
	}
	return 0;
}

static void judge_end(const struct traceroute *traceroute, struct fault *fault)
{
	const struct probe *probe = end_probe(traceroute);
	if (probe->state != PROBE_ACCEPTED)
		probe_explain(probe, &traceroute->target, fault);
}

/* The way has no end that is known. */
static void judge_open_end(const struct traceroute *traceroute, struct fault *fault)
{
	char address[128];
	struct text text = TEXT_IN(address);
	struct addr router;
	size_t answered = traceroute_answered(traceroute);
	size_t first = loop_at(traceroute, &router);

	fault_errno(fault, STEP_CONNECT,
		    first || answered == traceroute->end ? EHOSTUNREACH : ETIMEDOUT,
		    "connect to %s", traceroute->name);
	if (first) {
		addr_format_host(&text, &router);
		fault_cause(fault, CAUSE_ROUTING_LOOP,
			    "a routing loop: what %s passes on at hop %zu comes back to it, so "
			    "routers disagree where "
			    "the target is",
			    address, first);
	} else if (answered == 0) {
		fault_cause(fault, CAUSE_NO_ANSWER,
			    "nobody answers, no router and not the target: dropped close to this "
			    "host, or by all of "
			    "them");
	} else {
		const struct hop *hop = &traceroute->hops[answered - 1];
		size_t i = 0;
		while (i + 1 < hop->sent && !probe_is_answered(&hop->probes[i]))
			i++;
		router = probe_answerer(&hop->probes[i], &traceroute->target);
		addr_format_host(&text, &router);
		fault_cause(fault,
			    answered == traceroute->end ? CAUSE_TTL_EXCEEDED : CAUSE_NO_ANSWER,
			    answered == traceroute->end
				    ? "the way is longer: %s at hop %zu is still a router (-M "
				      "allows more hops)"
				    : "nothing answers behind %s, hop %zu: that router, something "
				      "behind it, or the "
				      "target itself drops the packets",
			    address, answered);
	}
}

/* Where the way ended, and by whom. */
static void put_place(struct text *out, const struct traceroute *traceroute,
		      const struct fault *fault)
{
	const struct probe *probe = end_probe(traceroute);
	struct addr target = traceroute->target.addr;
	struct addr sender = probe_answerer(probe, &traceroute->target);
	size_t hop = hop_of(traceroute, &sender);

	addr_set_port(&target, 0);
	bool from_target = addr_equal(&sender, &target);
	if (probe->state == PROBE_FAILED ||
	    (!from_target && addr_equal(&sender, &traceroute->local)))
		text_printf(out, "%s: it has not left this host.\n", fault->reason);
	else if (from_target)
		text_printf(out, "%s by the target, %zu hop%s away.\n",
			    probe_is_closed(probe, &traceroute->target) ? fault->reason
									: "Rejected",
			    traceroute->end, traceroute->end == 1 ? "" : "s");
	else
		text_printf(out, "Rejected by the router at hop %zu, %s.\n",
			    hop ? hop : traceroute->end, addr_host_text(&sender).chars);
}

static void put_verdict(struct text *out, const struct traceroute *traceroute,
			const struct fault *fault)
{
	bool udp = traceroute->config->endpoint.type == SOCK_DGRAM;

	if (!fault_is_set(fault))
		text_printf(out, "%s is %zu hop%s away, and its port %u %s.\n",
			    addr_host_text(&traceroute->target.addr).chars, traceroute->end,
			    traceroute->end == 1 ? "" : "s", addr_port(&traceroute->target.addr),
			    udp ? "answers" : "is open");
	else if (traceroute->ended)
		put_place(out, traceroute, fault);
	else
		text_printf(out, "%s.\n", fault->reason);
	const struct text_layout layout = {
		.first = 2, .rest = 2, .hang = 2, .width = sys_columns(STDOUT_FILENO)};
	text_wrapped(out, fault->detail, &layout);
}

static void note_path(const struct traceroute *traceroute, const struct fault *fault)
{
	struct note note;
	struct addr_text address = addr_text(&traceroute->target.addr);
	note_start(&note, "path", "path to %s: %s", address.chars,
		   fault_is_set(fault) ? fault->reason : "open");
	note_text(&note, "peer", address.chars);
	note_number(&note, "hops", (int64_t)traceroute_answered(traceroute));
	note_bool(&note, "reached",
		  traceroute->ended && traceroute_answered(traceroute) == traceroute->end);
	note_text(&note, "cause", cause_name(fault->cause));
	note_text(&note, "detail", fault->detail[0] ? fault->detail : NULL);
	note_number(&note, "status", fault->status);
	note_end(&note, traceroute->start_ns);
	trace_note(traceroute->run->trace, &note);
}

int traceroute_print_end(struct traceroute *traceroute, struct fault *fault)
{
	char lines[2048];
	struct text text = TEXT_IN(lines);
	struct fault late = {.step = STEP_NONE};

	if (traceroute->ended)
		judge_end(traceroute, fault);
	else
		judge_open_end(traceroute, fault);
	put_verdict(&text, traceroute, fault);
	note_path(traceroute, fault);
	fault->reported = true;
	if (stdout_write(traceroute->run, lines, text.len, &late) != 0)
		*fault = late;
	return fault_is_set(fault) ? -1 : 0;
}
