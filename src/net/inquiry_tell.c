/* What an inquiry has found, in words: a line for each name server, and the cause of a failed look-up. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/inquiring.h"
#include "net/inquiry.h"
#include "net/resolve.h"

/* How a question ended. */
enum verdict {
	VERDICT_FOUND,       /* with addresses */
	VERDICT_NONE,        /* the name exists, without such an address */
	VERDICT_NXDOMAIN,    /* there is no such name */
	VERDICT_REFUSED,     /* the server does not answer this host, or for that name */
	VERDICT_SERVFAIL,    /* it could not find out, or cannot do what is asked */
	VERDICT_SILENT,      /* nothing came */
	VERDICT_UNREACHABLE, /* it could not be asked */
	VERDICT_UNASKED,
};

static enum verdict judge(const struct question *question)
{
	if (question->err)
		return VERDICT_UNREACHABLE;
	if (!question->asked)
		return VERDICT_UNASKED;
	if (!question->answered)
		return VERDICT_SILENT;
	if (question->answer.addresses > 0)
		return VERDICT_FOUND;
	switch (question->answer.rcode) {
	case DNS_NOERROR:
		return VERDICT_NONE;
	case DNS_NXDOMAIN:
		return VERDICT_NXDOMAIN;
	case DNS_REFUSED:
		return VERDICT_REFUSED;
	default:
		return VERDICT_SERVFAIL;
	}
}

static void put_time(struct text *out, int64_t ns)
{
	if (ns < NS_PER_SEC)
		text_printf(out, "%.3g ms", (double)ns / NS_PER_MS);
	else
		text_printf(out, "%.2g s", (double)ns / NS_PER_SEC);
}

static void put_alias(struct text *out, const struct dns_answer *answer)
{
	if (answer->alias[0] == '\0')
		return;
	text_str(out, " (an alias of ");
	text_safe(out, answer->alias);
	text_char(out, ')');
}

/* "NXDOMAIN in 0.4 ms" */
static void put_outcome(struct text *out, const struct inquiry *inquiry, const struct question *question)
{
	const struct dns_answer *answer = &question->answer;
	const char *code = dns_rcode_name(answer->rcode);
	switch (judge(question)) {
	case VERDICT_UNREACHABLE:
		text_str(out, question->err == ECONNREFUSED ? "nobody listens on port 53 there (ICMP port unreachable)"
							    : "cannot be asked: ");
		if (question->err != ECONNREFUSED)
			text_str(out, strerror(question->err));
		return;
	case VERDICT_UNASKED:
		text_str(out, "not asked: it is no name that the DNS can have");
		return;
	case VERDICT_SILENT:
		text_str(out, "no answer in ");
		put_time(out, clock_now() < inquiry->end_ns ? clock_now() - question->asked_ns
							    : inquiry->end_ns - question->asked_ns);
		return;
	case VERDICT_FOUND:
		text_printf(out, "%d address%s", answer->addresses, answer->addresses == 1 ? "" : "es");
		break;
	case VERDICT_NONE:
		text_str(out, answer->truncated ? "an answer that is too long for a datagram" : "no such record");
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
	put_time(out, question->took_ns);
}

static void put_server(struct text *out, const struct inquiry *inquiry, const struct server *server)
{
	static const char *const words[INQUIRY_TYPES] = {"A", "AAAA"};
	const struct question *questions = server->questions[inquiry->itself];
	bool same = judge(&questions[0]) == judge(&questions[1]) && judge(&questions[0]) != VERDICT_FOUND;
	text_safe(out, server->name);
	text_str(out, ": ");
	if (same) {
		text_str(out, "A and AAAA: ");
		put_outcome(out, inquiry, &questions[0]);
		return;
	}
	for (size_t i = 0; i < INQUIRY_TYPES; i++) {
		text_printf(out, "%s%s: ", i ? "; " : "", words[i]);
		put_outcome(out, inquiry, &questions[i]);
	}
}

/* The first server that answers at all, else the first; NULL: there is none. */
static const struct server *best_server(const struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->servers; i++)
		if (inquiry->server[i].questions[inquiry->itself][0].answered)
			return &inquiry->server[i];
	return inquiry->servers > 0 ? &inquiry->server[0] : NULL;
}

/* The other names that the search domains make, and what a server says of them. */
static void put_search(struct text *out, const struct inquiry *inquiry)
{
	bool first = true;
	const struct server *server = best_server(inquiry);
	for (size_t i = 0; i < inquiry->names && server; i++) {
		if (i == inquiry->itself)
			continue;
		const struct question *questions = server->questions[i];
		text_str(out, first ? "\nalso asked for, by the search domains: " : ", ");
		text_safe(out, inquiry->name[i]);
		text_str(out, " (");
		put_outcome(out, inquiry, judge(&questions[1]) == VERDICT_FOUND ? &questions[1] : &questions[0]);
		text_char(out, ')');
		first = false;
	}
}

void inquiry_format(struct text *out, const struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->servers; i++) {
		text_str(out, i ? "\n" : "");
		put_server(out, inquiry, &inquiry->server[i]);
	}
}

/* ---- the cause ---- */

/* Whether a server says VERDICT of the names that are asked for, of TYPE. The server, or NULL. */
static const struct server *who_says(const struct inquiry *inquiry, enum verdict verdict, size_t type)
{
	for (size_t i = 0; i < inquiry->servers; i++)
		for (size_t name = 0; name < inquiry->names; name++)
			if (judge(&inquiry->server[i].questions[name][type]) == verdict)
				return &inquiry->server[i];
	return NULL;
}

/* Whether each server says VERDICT of the name itself, of TYPE. */
static bool all_say(const struct inquiry *inquiry, enum verdict verdict, size_t type)
{
	for (size_t i = 0; i < inquiry->servers; i++)
		if (judge(&inquiry->server[i].questions[inquiry->itself][type]) != verdict)
			return false;
	return inquiry->servers > 0;
}

/* The type of the first family that was looked up and not found, in the order of inquiry_types. */
static size_t type_wanted(const struct resolve *resolve)
{
	return resolve->count == 1 && resolve->lookups[0].family == AF_INET6 ? 1 : 0;
}

static bool is_dns_name(const char *host)
{
	uint8_t message[DNS_MESSAGE];
	return dns_question(message, sizeof(message), 0, host, DNS_A) > 0;
}

struct finding {
	const char *name;
	char words[320];
};

static bool is_local_name(const char *host)
{
	size_t len = strlen(host);
	return len > 6 && (strcasecmp(host + len - 6, ".local") == 0 || strcasecmp(host + len - 7, ".local.") == 0);
}

/* What keeps the servers from being of any use; false when nothing does. */
static bool find_setting(struct finding *finding, const struct inquiry *inquiry)
{
	struct text text = TEXT_IN(finding->words);
	bool mdns = strstr(inquiry->conf.sources, "mdns") || strstr(inquiry->conf.sources, "resolve");
	if (!is_dns_name(inquiry->host)) {
		finding->name = "name-unknown";
		text_str(&text, "the DNS has no such names: between its dots are 1 to 63 characters, 253 in all");
		return true;
	}
	if (is_local_name(inquiry->host) && !mdns) {
		finding->name = "name-unknown";
		text_str(&text,
			 "names in .local belong to multicast DNS (RFC 6762), which nsswitch.conf does not ask here");
		return true;
	}
	if (!inquiry->asks_dns) {
		finding->name = "name-unknown";
		text_str(&text, "no name server is asked: nsswitch.conf has no dns for hosts");
		return true;
	}
	if (inquiry->conf.servers > 0 || inquiry->servers == 0)
		return false;
	enum verdict verdict = judge(&inquiry->server[0].questions[inquiry->itself][0]);
	if (verdict != VERDICT_UNREACHABLE && verdict != VERDICT_SILENT)
		return false;
	finding->name = "name-server-missing";
	text_str(&text, inquiry->conf_read ? "/etc/resolv.conf names no name server" : "there is no /etc/resolv.conf");
	text_str(&text, ", and none runs on this host");
	return true;
}

/* The same news from every server. */
static bool find_common(struct finding *finding, const struct inquiry *inquiry, size_t type)
{
	static const struct {
		enum verdict verdict;
		const char *name, *one, *many;
	} rows[] = {
		{VERDICT_SILENT, "name-server-silent", "the name server %s does not answer",
		 "none of the name servers answers"},
		{VERDICT_REFUSED, "name-server-refused",
		 "the name server %s refused the query (REFUSED): it does not serve this host, or not that name",
		 "all name servers refused the query (REFUSED): they do not serve this host, or not that name"},
		{VERDICT_SERVFAIL, "name-server-failed",
		 "the name server %s could not find out: what it asks itself fails, or DNSSEC does",
		 "all name servers failed to find out: what they ask themselves fails, or DNSSEC does"},
		{VERDICT_UNREACHABLE, "name-server-unreachable", "the name server %s cannot be reached",
		 "none of the name servers can be reached"},
	};
	char name[80];
	struct text safe = TEXT_IN(name);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!all_say(inquiry, rows[i].verdict, type))
			continue;
		text_safe(&safe, inquiry->server[0].name);
		finding->name = rows[i].name;
		struct text text = TEXT_IN(finding->words);
		const char *words = inquiry->servers > 1 ? rows[i].many : rows[i].one;
		const char *at = strstr(words, "%s");
		text_bytes(&text, words, at ? (size_t)(at - words) : strlen(words));
		if (at)
			text_printf(&text, "%s%s", name, at + 2);
		return true;
	}
	return false;
}

static bool find_answer(struct finding *finding, const struct inquiry *inquiry, const struct resolve *resolve)
{
	size_t type = type_wanted(resolve);
	const struct server *server;
	struct text text = TEXT_IN(finding->words);
	if (resolve->count == 1 && who_says(inquiry, VERDICT_FOUND, 1 - type) &&
	    !who_says(inquiry, VERDICT_FOUND, type)) {
		finding->name = "name-family";
		text_printf(&text, "the name has only an %s address, and -%c asks for %s", type ? "IPv4" : "IPv6",
			    type ? '6' : '4', type ? "IPv6" : "IPv4");
		return true;
	}
	if (who_says(inquiry, VERDICT_FOUND, 0) || who_says(inquiry, VERDICT_FOUND, 1))
		return false;
	if (who_says(inquiry, VERDICT_NONE, type)) {
		finding->name = "name-no-address";
		text_str(&text, "the name exists, but has no IPv4 or IPv6 address");
		return true;
	}
	if ((server = who_says(inquiry, VERDICT_NXDOMAIN, type)) != NULL) {
		finding->name = "name-unknown";
		text_str(&text, "the name server ");
		text_safe(&text, server->name);
		text_str(&text, " says that there is no such name (NXDOMAIN)");
		return true;
	}
	return false;
}

/* Whether the look-up has come to an end that the DNS decided: there is no such name or address. */
static bool is_decided(const struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->count; i++) {
		int error = resolve->lookups[i].error;
		if (error == EAI_AGAIN || error == EAI_FAIL || error == EAI_SYSTEM ||
		    !lookup_is_done(&resolve->lookups[i]))
			return false;
	}
	return true;
}

void inquiry_explain(const struct inquiry *inquiry, const struct resolve *resolve, struct fault *fault)
{
	char lines[sizeof(fault->cause)];
	char before[sizeof(fault->cause)];
	struct text text = TEXT_IN(lines);
	struct finding finding = {.name = fault->name};
	bool undecided = !is_decided(resolve);

	snprintf(before, sizeof(before), "%s", fault->cause);
	snprintf(finding.words, sizeof(finding.words), "%.300s", before);
	bool found = find_setting(&finding, inquiry);
	if (!found && undecided)
		found = find_common(&finding, inquiry, type_wanted(resolve));
	if (!found)
		found = find_answer(&finding, inquiry, resolve);
	/* The words for a deadline name the phase that ran out: they stay. */
	if (found && undecided && fault->name && strcmp(fault->name, "name-timeout") == 0)
		text_printf(&text, "%s\n", before);
	text_str(&text, finding.words);
	if (is_dns_name(inquiry->host)) {
		text_str(&text, inquiry->servers > 0 && text.len > 0 ? "\n" : "");
		inquiry_format(&text, inquiry);
		put_search(&text, inquiry);
	}
	if (inquiry->conf.sources[0] != '\0') {
		text_str(&text, "\nnsswitch.conf asks for hosts: ");
		text_safe(&text, inquiry->conf.sources);
	}
	fault_cause(fault, finding.name, "%s", lines);
}
