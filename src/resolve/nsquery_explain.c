/* The cause of a failed look-up. */
#include "resolve/nsquery_explain.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "resolve/nsquery_internal.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve.h"

struct ns_verdict {
	enum cause cause;
	char words[512];
};

/* The question that a server has answered with a verdict. */
struct statement {
	const struct ns_server *server;
	const struct dns_answer *answer;
	size_t name;
};

/* Find a server that says VERDICT of the names that are asked for, of TYPE. */
static bool who_says(struct statement *statement, const struct nsquery *nsquery,
		     enum verdict verdict, size_t type)
{
	for (size_t i = 0; i < nsquery->servers; i++)
		for (size_t name = 0; name < nsquery->names; name++) {
			const struct ns_server *server = &nsquery->server[i];
			if (nsquery_verdict(server, name, type) != verdict)
				continue;
			*statement = (struct statement){
				server, &server->questions[name][type].answer, name};
			return true;
		}
	return false;
}

static bool is_said(const struct nsquery *nsquery, enum verdict verdict, size_t type)
{
	struct statement statement;
	return who_says(&statement, nsquery, verdict, type);
}

/* Whether each server says VERDICT of the name itself, of TYPE. */
static bool all_say(const struct nsquery *nsquery, enum verdict verdict, size_t type)
{
	for (size_t i = 0; i < nsquery->servers; i++)
		if (nsquery_verdict(&nsquery->server[i], nsquery->itself, type) != verdict)
			return false;
	return nsquery->servers > 0;
}

/* The type of the first family that was looked up and not found, in the order of nsquery_types. */
static size_t type_wanted(const struct resolve *resolve)
{
	return resolve->count == 1 && resolve->lookups[0].family == AF_INET6 ? 1 : 0;
}

/* ---- the settings of this host ---- */

static bool is_dns_name(const char *host)
{
	uint8_t message[DNS_MESSAGE];
	return dns_question(message, sizeof(message), 0, host, DNS_A) > 0;
}

static bool is_local_name(const char *host)
{
	size_t len = strlen(host);
	return len > 6 && (strcasecmp(host + len - 6, ".local") == 0 ||
			   strcasecmp(host + len - 7, ".local.") == 0);
}

static bool is_ascii(const char *host)
{
	while (*host && !(*host & 0x80))
		host++;
	return *host == '\0';
}

/* "300.1.2.3", "10.0.0": a name like any other, but hardly meant as one. */
static bool looks_numeric(const char *host)
{
	return strchr(host, '.') && host[strspn(host, "0123456789.")] == '\0';
}

/* There is no name server that could be asked; false when there is one, or this host is one. */
static bool find_no_server(struct ns_verdict *ns_verdict, const struct nsquery *nsquery)
{
	struct text text = TEXT_IN(ns_verdict->words);
	const struct resolvconf *conf = &nsquery->conf;
	bool is_local = nsquery->servers == 1 && strcmp(nsquery->server[0].name, "127.0.0.1") == 0;
	if (!is_local || (conf->servers > 0 && strcmp(conf->server[0], "127.0.0.1") == 0))
		return false;
	enum verdict verdict = nsquery_verdict(&nsquery->server[0], nsquery->itself, 0);
	if (verdict != VERDICT_UNREACHABLE && verdict != VERDICT_SILENT)
		return false;
	ns_verdict->cause = CAUSE_NAME_SERVER_MISSING;
	if (conf->servers > 0) {
		text_str(&text, "the name server of /etc/resolv.conf is no address: ");
		text_safe(&text, conf->server[0]);
	} else {
		text_str(&text, nsquery->conf_read ? "/etc/resolv.conf names no name server"
						   : "there is no /etc/resolv.conf");
	}
	text_str(&text, ", and no name server runs on this host");
	return true;
}

/* What keeps the servers from being of any use; false when nothing does. */
static bool find_setting(struct ns_verdict *ns_verdict, const struct nsquery *nsquery)
{
	struct text text = TEXT_IN(ns_verdict->words);
	const char *sources = nsquery->conf.sources;
	bool mdns = strstr(sources, "mdns") || strstr(sources, "resolve");
	const struct {
		bool applies;
		const char *words;
	} rows[] = {
		{!is_dns_name(nsquery->host),
		 "the DNS has no such names: between its dots are 1 to 63 characters, 253 in all"},
		{looks_numeric(nsquery->host),
		 "it looks like an IPv4 address and is none, so it was looked up as a name: an "
		 "address has four numbers from 0 to 255"},
		{!is_ascii(nsquery->host), "the DNS has such names only in their ASCII form "
					   "(xn--..., RFC 5891), which has to be given"},
		{is_local_name(nsquery->host) && !mdns,
		 "names in .local belong to multicast DNS (RFC 6762), which is not asked here"},
		{!nsquery->asks_dns, "no name server is asked: nsswitch.conf has no dns for hosts"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].applies)
			continue;
		ns_verdict->cause = CAUSE_NAME_UNKNOWN;
		text_str(&text, rows[i].words);
		return true;
	}
	return find_no_server(ns_verdict, nsquery);
}

/* ---- what the servers say ---- */

/* What has no answer, or none that is of use, when every server says the same. */
static const struct {
	enum verdict verdict;
	bool settled; /* glibc takes it for an answer */
	enum cause cause;
	const char *one, *many;
} common[] = {
	{VERDICT_SILENT, false, CAUSE_NAME_SERVER_SILENT, "the name server %s does not answer",
	 "none of the name servers answers"},
	{VERDICT_GARBLED, false, CAUSE_NAME_SERVER_GARBLED,
	 "from the name server %s comes nothing that fits the question: it, or something on the "
	 "way that answers in its name, "
	 "cannot be relied on",
	 "from the name servers comes nothing that fits the question: something on the way answers "
	 "in their name, it seems"},
	{VERDICT_REFUSED, false, CAUSE_NAME_SERVER_REFUSED,
	 "the name server %s refused the query (REFUSED): it does not serve this host, or not that "
	 "name",
	 "all name servers refused the query (REFUSED): they do not serve this host, or not that "
	 "name"},
	{VERDICT_SERVFAIL, false, CAUSE_NAME_SERVER_FAILED,
	 "the name server %s could not find out: what it asks itself fails, or DNSSEC does",
	 "all name servers failed to find out: what they ask themselves fails, or DNSSEC does"},
	{VERDICT_ODD, true, CAUSE_NAME_SERVER_FAILED,
	 "the name server %s does not understand the question, or will not answer it",
	 "the name servers do not understand the question, or will not answer it"},
	{VERDICT_TRUNCATED, false, CAUSE_NAME_SERVER_TCP,
	 "the answer of the name server %s is too long for a datagram, and by TCP, which is asked "
	 "then, it did not come: port 53 "
	 "is closed for TCP there or on the way, it seems",
	 "the answers of the name servers are too long for a datagram, and by TCP, which is asked "
	 "then, none came: port 53 is "
	 "closed for TCP there or on the way, it seems"},
	{VERDICT_UNREACHABLE, false, CAUSE_NAME_SERVER_UNREACHABLE,
	 "the name server %s cannot be reached", "none of the name servers can be reached"},
};

/* WORDS with NAME in the place of %s. */
static void put_named(struct text *out, const char *words, const char *name)
{
	const char *at = strstr(words, "%s");
	text_bytes(out, words, at ? (size_t)(at - words) : strlen(words));
	if (!at)
		return;
	text_safe(out, name);
	text_str(out, at + 2);
}

/* The same news from every server.  UNDECIDED: glibc has come to no answer. */
static bool find_common(struct ns_verdict *ns_verdict, const struct nsquery *nsquery, size_t type,
			bool undecided)
{
	struct text text = TEXT_IN(ns_verdict->words);
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (!all_say(nsquery, common[i].verdict, type) ||
		    (!undecided && !common[i].settled))
			continue;
		ns_verdict->cause = common[i].cause;
		put_named(&text, nsquery->servers > 1 ? common[i].many : common[i].one,
			  nsquery->server[0].name);
		return true;
	}
	return false;
}

/* The name has an address, but of the other family. */
static bool find_other_family(struct ns_verdict *ns_verdict, const struct nsquery *nsquery,
			      const struct resolve *resolve)
{
	size_t type = type_wanted(resolve);
	struct text text = TEXT_IN(ns_verdict->words);
	const char *other = type ? "IPv4" : "IPv6";
	bool hosts = nsquery->in_hosts[1 - type];
	if (resolve->count != 1 || nsquery->in_hosts[type] || is_said(nsquery, VERDICT_FOUND, type))
		return false;
	if (!hosts && !is_said(nsquery, VERDICT_FOUND, 1 - type))
		return false;
	ns_verdict->cause = CAUSE_NAME_FAMILY;
	text_printf(&text, "%s has only an %s address%s, and -%c asks for %s",
		    hosts ? "/etc/hosts" : "the name", other, hosts ? " for it" : "",
		    type ? '6' : '4', type ? "IPv6" : "IPv4");
	return true;
}

/* The name is only an alias: what is not there is what it stands for. */
static bool find_alias(struct ns_verdict *ns_verdict, const struct nsquery *nsquery,
		       const struct statement *statement, bool exists)
{
	struct text text = TEXT_IN(ns_verdict->words);
	const char *alias = statement->answer->alias;
	if (alias[0] == '\0')
		return false;
	ns_verdict->cause = CAUSE_NAME_ALIAS;
	text_str(&text, "the name is an alias of ");
	if (strcasecmp(alias, nsquery->name[statement->name]) == 0) {
		text_str(&text, "itself");
		return true;
	}
	text_safe(&text, alias);
	text_str(&text, exists ? ", which has no IPv4 or IPv6 address"
			       : ", and there is no such name (NXDOMAIN): so says ");
	if (!exists)
		text_safe(&text, statement->server->name);
	return true;
}

static bool find_answer(struct ns_verdict *ns_verdict, const struct nsquery *nsquery, size_t type)
{
	struct statement statement;
	struct text text = TEXT_IN(ns_verdict->words);
	if (is_said(nsquery, VERDICT_FOUND, 0) || is_said(nsquery, VERDICT_FOUND, 1))
		return false;
	if (who_says(&statement, nsquery, VERDICT_NONE, type)) {
		if (find_alias(ns_verdict, nsquery, &statement, true))
			return true;
		ns_verdict->cause = CAUSE_NAME_NO_ADDRESS;
		text_str(&text, "the name exists, but has no IPv4 or IPv6 address");
		return true;
	}
	if (who_says(&statement, nsquery, VERDICT_NXDOMAIN, type)) {
		if (find_alias(ns_verdict, nsquery, &statement, false))
			return true;
		ns_verdict->cause = CAUSE_NAME_UNKNOWN;
		text_str(&text, "the name server ");
		text_safe(&text, statement.server->name);
		text_str(&text, " says that there is no such name (NXDOMAIN)");
		return true;
	}
	return false;
}

/* glibc has failed, and yet a server has the address. */
static bool find_recovered(struct ns_verdict *ns_verdict, const struct nsquery *nsquery,
			   size_t type)
{
	struct statement statement;
	struct text text = TEXT_IN(ns_verdict->words);
	if (!who_says(&statement, nsquery, VERDICT_FOUND, type))
		return false;
	text_str(&text, "asked again, the name server ");
	text_safe(&text, statement.server->name);
	text_str(&text, " does answer: it failed for a moment only, or the resolver of this host "
			"(the C library) does not accept the name or what is answered");
	return true;
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

static bool find_verdict(struct ns_verdict *ns_verdict, const struct nsquery *nsquery,
			 const struct resolve *resolve)
{
	size_t type = type_wanted(resolve);
	return find_other_family(ns_verdict, nsquery, resolve) ||
	       find_setting(ns_verdict, nsquery) ||
	       find_common(ns_verdict, nsquery, type, !is_decided(resolve)) ||
	       find_answer(ns_verdict, nsquery, type) || find_recovered(ns_verdict, nsquery, type);
}

void nsquery_explain(const struct nsquery *nsquery, const struct resolve *resolve,
		     struct fault *fault)
{
	char lines[sizeof(fault->detail)];
	char before[sizeof(fault->detail)];
	struct text text = TEXT_IN(lines);
	struct ns_verdict ns_verdict = {.cause = fault->cause};

	snprintf(before, sizeof(before), "%s", fault->detail);
	bool found = find_verdict(&ns_verdict, nsquery, resolve);
	/* The words for a deadline name the phase that ran out: they stay. */
	bool timeout = fault->cause == CAUSE_NAME_TIMEOUT;
	if (!found || timeout)
		text_str(&text, before);
	if (found) {
		text_str(&text, text.len ? "\n" : "");
		text_str(&text, ns_verdict.words);
	}
	if (is_dns_name(nsquery->host)) {
		text_str(&text, nsquery->servers > 0 && text.len > 0 ? "\n" : "");
		nsquery_format(&text, nsquery);
		nsquery_format_search(&text, nsquery);
	}
	if (nsquery->conf.sources[0] != '\0') {
		text_str(&text, text.len ? "\nnsswitch.conf asks for hosts: "
					 : "nsswitch.conf asks for hosts: ");
		text_safe(&text, nsquery->conf.sources);
	}
	fault_cause(fault, ns_verdict.cause, "%s", lines);
}
