/* The hops as --path prints them: a line for each router. */
#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "connect/dial.h"
#include "diagnose/traceroute_internal.h"
#include "net/run.h"
#include "net/stdout_write.h"
#include "trace/trace.h"

#define GOOD "\033[32m"
#define BAD "\033[31m"
#define PLAIN "\033[0m"

/* ---- a hop ---- */

/* What PROBE came back with; empty for a router on the way. */
static void put_result(struct text *out, const struct traceroute *traceroute,
		       const struct probe *probe)
{
	bool udp = traceroute->config->endpoint.type == SOCK_DGRAM;

	if (probe->state == PROBE_ACCEPTED)
		text_str(out, udp ? "answers" : "open");
	else if (probe->state == PROBE_REFUSED)
		text_str(out, "closed (RST)");
	else if (probe_is_closed(probe, &traceroute->target))
		text_str(out, "closed (ICMP port unreachable)");
	else if (probe->state == PROBE_ICMP && !probe_is_on_the_way(probe)) {
		text_str(out, "rejects: ");
		icmp_error_format(out, &probe->error);
	}
}

/* One router of a hop: the probes from FIRST on that it answered. */
struct router {
	size_t hop, first;
	struct addr addr;
	char address[128];
	const struct reverse *name;
	char result[160];
};

static void find_router(struct router *router, const struct traceroute *traceroute)
{
	const struct probe *probe = &traceroute->hops[router->hop].probes[router->first];
	struct text address = TEXT_IN(router->address);
	struct text result = TEXT_IN(router->result);
	router->addr = probe_answerer(probe, &traceroute->target);
	addr_format_host(&address, &router->addr);
	router->name = traceroute_name(traceroute, &router->addr);
	put_result(&result, traceroute, probe);
}

static bool is_of(const struct traceroute *traceroute, const struct router *router,
		  const struct probe *probe)
{
	struct addr addr = probe_answerer(probe, &traceroute->target);
	return probe_is_answered(probe) && addr_equal(&addr, &router->addr);
}

static void note_router(const struct traceroute *traceroute, const struct router *router)
{
	int64_t took_ns[HOP_PROBES];
	const struct hop *hop = &traceroute->hops[router->hop];
	const struct probe *first = &hop->probes[router->first];
	const char *name = router->name && router->name->name[0] ? router->name->name : NULL;
	struct note note;

	note_start(&note, "hop", "hop %zu: %s%s%s", router->hop + 1, router->address,
		   router->result[0] ? " " : "", router->result);
	note_number(&note, "hop", (int64_t)router->hop + 1);
	note_text(&note, "address", router->address);
	note_text(&note, "name", name);
	note_text(&note, "result", router->result[0] ? router->result : "passes on");
	if (first->state == PROBE_ICMP) {
		note_number(&note, "icmp_type", first->error.type);
		note_number(&note, "icmp_code", first->error.code);
	}
	for (size_t i = 0; i < hop->sent; i++)
		took_ns[i] = is_of(traceroute, router, &hop->probes[i]) ? hop->probes[i].took_ns
									: -1;
	note_periods(&note, "rtts", took_ns, hop->sent);
	trace_note(traceroute->run->trace, &note);
}

/* A star for each probe that nobody has answered. */
static void put_silence(struct text *out, const struct hop *hop)
{
	for (size_t i = 0; i < hop->sent; i++)
		if (!probe_is_answered(&hop->probes[i]))
			text_str(out, "  *");
}

static void put_router(struct text *out, const struct traceroute *traceroute,
		       const struct router *router, bool first)
{
	const struct hop *hop = &traceroute->hops[router->hop];
	bool color = stdout_color(traceroute->run);
	bool good = hop->probes[router->first].state == PROBE_ACCEPTED;

	text_str(out, router->address);
	if (router->name && router->name->name[0]) {
		text_str(out, " (");
		text_safe(out, router->name->name);
		text_char(out, ')');
	}
	for (size_t i = 0; i < hop->sent; i++)
		if (is_of(traceroute, router, &hop->probes[i]))
			text_printf(out, "  %.3f ms", (double)hop->probes[i].took_ns / NS_PER_MS);
	if (first)
		put_silence(out, hop);
	if (router->result[0])
		text_printf(out, "  %s%s%s",
			    !color ? ""
			    : good ? GOOD
				   : BAD,
			    router->result, color ? PLAIN : "");
}

/* Whether the router that answered probe I of HOP has answered an earlier one. */
static bool is_repeated(const struct traceroute *traceroute, const struct hop *hop, size_t i)
{
	struct addr addr = probe_answerer(&hop->probes[i], &traceroute->target);
	struct router router = {.addr = addr};
	for (size_t k = 0; k < i; k++)
		if (is_of(traceroute, &router, &hop->probes[k]))
			return true;
	return false;
}

static void put_hop(struct text *out, const struct traceroute *traceroute, size_t at)
{
	const struct hop *hop = &traceroute->hops[at];
	bool first = true;

	text_printf(out, "%2zu  ", at + 1);
	if (!hop_is_answered(hop))
		text_str(out, "*  no answer");
	for (size_t i = 0; i < hop->sent; i++) {
		struct router router = {.hop = at, .first = i};
		if (!probe_is_answered(&hop->probes[i]) || is_repeated(traceroute, hop, i))
			continue;
		find_router(&router, traceroute);
		text_str(out, first ? "" : "\n    ");
		put_router(out, traceroute, &router, first);
		note_router(traceroute, &router);
		first = false;
	}
	text_char(out, '\n');
}

static void note_silent(const struct traceroute *traceroute, size_t hop)
{
	struct note note;
	note_start(&note, "hop", "hop %zu: no answer", hop + 1);
	note_number(&note, "hop", (int64_t)hop + 1);
	note_text(&note, "address", NULL);
	note_text(&note, "name", NULL);
	note_text(&note, "result", "no answer");
	trace_note(traceroute->run->trace, &note);
}

/* ---- the hops in order ---- */

/* All that is to come of HOP is there, the names of its routers included. */
static bool is_known_whole(const struct traceroute *traceroute, const struct hop *hop)
{
	if (hop->sent < HOP_PROBES)
		return false;
	for (size_t i = 0; i < hop->sent; i++) {
		struct addr addr = probe_answerer(&hop->probes[i], &traceroute->target);
		const struct reverse *name = traceroute_name(traceroute, &addr);
		if (hop->probes[i].state == PROBE_PENDING || (name && !reverse_is_done(name)))
			return false;
	}
	return true;
}

/* One line for all hops at the end that are silent. */
static void put_silent(struct text *out, const struct traceroute *traceroute)
{
	size_t last = traceroute->end;
	while (last > traceroute->printed + 1 && traceroute->hops[last - 1].sent == 0)
		last--;
	if (traceroute->hops[traceroute->printed].sent == 0 ||
	    traceroute->hops[traceroute->printed].probes[0].state == PROBE_FAILED)
		return;
	note_silent(traceroute, traceroute->printed);
	if (last == traceroute->printed + 1)
		text_printf(out, "%2zu  *  no answer\n", last);
	else
		text_printf(out, "%zu-%zu  *  no answer\n", traceroute->printed + 1, last);
}

int traceroute_print_hops(struct traceroute *traceroute, bool all, struct fault *fault)
{
	size_t answered = traceroute_answered(traceroute);
	char lines[2048];

	while (traceroute->printed < answered &&
	       (all || is_known_whole(traceroute, &traceroute->hops[traceroute->printed]))) {
		struct text text = TEXT_IN(lines);
		if (!hop_is_answered(&traceroute->hops[traceroute->printed]))
			note_silent(traceroute, traceroute->printed);
		put_hop(&text, traceroute, traceroute->printed++);
		if (stdout_write(traceroute->run, lines, text.len, fault) != 0)
			return -1;
	}
	if (!all || traceroute->printed >= traceroute->end)
		return 0;
	struct text text = TEXT_IN(lines);
	put_silent(&text, traceroute);
	return stdout_write(traceroute->run, lines, text.len, fault);
}

int traceroute_print_target(const struct traceroute *traceroute, struct fault *fault)
{
	char lines[1024];
	struct text text = TEXT_IN(lines);
	text_str(&text, "path to ");
	text_safe(&text, traceroute->name);
	text_printf(&text, ", %zu hops at most\n", traceroute->limit);
	return stdout_write(traceroute->run, lines, text.len, fault);
}
