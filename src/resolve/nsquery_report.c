/* What name servers have answered, in words: a line for each.  The cause is in
 * nsquery_explain.c. */
#include "resolve/nsquery_report.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/text.h"
#include "base/units.h"
#include "resolve/nsquery_internal.h"

enum verdict nsquery_verdict(const struct ns_server *server, size_t name, size_t type)
{
	const struct ns_question *ns_question = &server->questions[name][type];
	if (ns_question->err)
		return VERDICT_UNREACHABLE;
	if (!ns_question->asked)
		return VERDICT_UNASKED;
	if (!ns_question->answered)
		return server->strays > 0 ? VERDICT_GARBLED : VERDICT_SILENT;
	if (ns_question->answer.addresses > 0)
		return VERDICT_FOUND;
	switch (ns_question->answer.rcode) {
	case DNS_NOERROR:
		return ns_question->answer.truncated ? VERDICT_TRUNCATED : VERDICT_NONE;
	case DNS_NXDOMAIN:
		return VERDICT_NXDOMAIN;
	case DNS_REFUSED:
		return VERDICT_REFUSED;
	case DNS_SERVFAIL:
		return VERDICT_SERVFAIL;
	default:
		return VERDICT_ODD;
	}
}

static void put_alias(struct text *out, const struct dns_answer *answer)
{
	if (answer->alias[0] == '\0')
		return;
	text_str(out, " (an alias of ");
	text_safe(out, answer->alias);
	text_char(out, ')');
}

/* Why a server could not be asked: by ICMP, with its sender, or by this host itself. */
static void put_unreachable(struct text *out, const struct ns_server *server, int err)
{
	const struct icmp_error *error = &server->error;
	if (!server->icmp) {
		text_str(out, "cannot be asked: ");
		text_str(out, err == EPERM ? "the firewall of this host does not let it out"
					   : errno_words(err));
		return;
	}
	if (icmp_error_closes_port(error, &server->addr)) {
		text_str(out, "nobody listens on port 53 there (ICMP port unreachable)");
		return;
	}
	text_str(out, "turned away by ");
	addr_format_host(out, &error->offender);
	text_str(out, ": ");
	icmp_error_format(out, error);
}

static void put_waited(struct text *out, const struct nsquery *nsquery,
		       const struct ns_question *ns_question)
{
	int64_t now_ns = clock_now();
	text_str(out, " in ");
	text_str(out,
		 units_time(deadline_min(now_ns, nsquery->end_ns) - ns_question->asked_ns).chars);
}

/* "NXDOMAIN in 0.4 ms" */
static void put_outcome(struct text *out, const struct nsquery *nsquery,
			const struct ns_server *server, size_t name, size_t type)
{
	const struct ns_question *ns_question = &server->questions[name][type];
	const struct dns_answer *answer = &ns_question->answer;
	const char *code = dns_rcode_name(answer->rcode);
	switch (nsquery_verdict(server, name, type)) {
	case VERDICT_UNREACHABLE:
		put_unreachable(out, server, ns_question->err);
		return;
	case VERDICT_UNASKED:
		text_str(out, "not asked: it is no name that the DNS can have");
		return;
	case VERDICT_SILENT:
		text_str(out, "no answer");
		put_waited(out, nsquery, ns_question);
		return;
	case VERDICT_GARBLED:
		text_str(out, "no answer that fits the question");
		put_waited(out, nsquery, ns_question);
		text_printf(out, ", %u that %s not", server->strays,
			    server->strays == 1 ? "does" : "do");
		return;
	case VERDICT_FOUND:
		text_printf(out, "%d address%s", answer->addresses,
			    answer->addresses == 1 ? "" : "es");
		break;
	case VERDICT_TRUNCATED:
		text_str(out, "an answer that is too long for a datagram");
		break;
	case VERDICT_NONE:
		text_str(out, "no such record");
		put_alias(out, answer);
		break;
	default:
		if (code)
			text_str(out, code);
		else
			text_printf(out, "error %d", answer->rcode);
		put_alias(out, answer);
	}
	text_str(out, " in ");
	text_str(out, units_time(ns_question->took_ns).chars);
}

static void put_server(struct text *out, const struct nsquery *nsquery,
		       const struct ns_server *server)
{
	static const char *const words[NSQUERY_TYPES] = {"A", "AAAA"};
	enum verdict first = nsquery_verdict(server, nsquery->itself, 0);
	bool same = first == nsquery_verdict(server, nsquery->itself, 1) && first != VERDICT_FOUND;
	text_safe(out, server->name);
	text_str(out, ": ");
	if (same) {
		text_str(out, "A and AAAA: ");
		put_outcome(out, nsquery, server, nsquery->itself, 0);
		return;
	}
	for (size_t i = 0; i < NSQUERY_TYPES; i++) {
		text_printf(out, "%s%s: ", i ? "; " : "", words[i]);
		put_outcome(out, nsquery, server, nsquery->itself, i);
	}
}

/* The first server that answers at all, else the first; NULL: there is none. */
static const struct ns_server *best_server(const struct nsquery *nsquery)
{
	for (size_t i = 0; i < nsquery->servers; i++)
		if (nsquery->server[i].questions[nsquery->itself][0].answered)
			return &nsquery->server[i];
	return nsquery->servers > 0 ? &nsquery->server[0] : NULL;
}

/* The other names that the search domains make, and what a server says of them. */
void nsquery_format_search(struct text *out, const struct nsquery *nsquery)
{
	bool first = true;
	const struct ns_server *server = best_server(nsquery);
	for (size_t i = 0; i < nsquery->names && server; i++) {
		if (i == nsquery->itself)
			continue;
		text_str(out, first ? "\nalso asked for, by the search domains: " : ", ");
		text_safe(out, nsquery->name[i]);
		text_str(out, " (");
		bool found = nsquery_verdict(server, i, 1) == VERDICT_FOUND;
		put_outcome(out, nsquery, server, i, found ? 1 : 0);
		text_char(out, ')');
		first = false;
	}
}

void nsquery_format(struct text *out, const struct nsquery *nsquery)
{
	for (size_t i = 0; i < nsquery->servers; i++) {
		text_str(out, i ? "\n" : "");
		put_server(out, nsquery, &nsquery->server[i]);
	}
}
