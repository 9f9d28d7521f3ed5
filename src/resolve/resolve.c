/* Name look-up by the C library, in child processes. */
#include "resolve/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/parse.h"
#include "base/text.h"
#include "host/ifscope.h"
#include "net/endpoint.h"
#include "net/run.h"
#include "net/services.h"
#include "proto/vsock.h"
#include "resolve/nsquery.h"
#include "trace/purpose.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* What a child writes to its pipe: less than PIPE_BUF, so that it arrives whole. */
struct child_answer {
	int error;
	size_t count;
	struct addr addrs[LOOKUP_ADDRS];
};

_Static_assert(sizeof(struct child_answer) <= 4096,
	       "an answer must fit one atomic write to a pipe");

const char *lookup_family_word(int family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* Add the address of AT unless it is there: /etc/hosts may name it twice. */
static void add_answer(struct child_answer *child_answer, const struct addrinfo *at, uint16_t port)
{
	struct addr *addr = &child_answer->addrs[child_answer->count];
	*addr = (struct addr){.len = at->ai_addrlen};
	memcpy(&addr->ss, at->ai_addr, at->ai_addrlen);
	addr_set_port(addr, port);
	for (size_t i = 0; i < child_answer->count; i++)
		if (addr_equal(&child_answer->addrs[i], addr))
			return;
	child_answer->count++;
}

/* What a child asks for. */
struct child_question {
	const struct resolve *resolve;
	int family;
};

static bool answer_addresses(int fd, const void *context)
{
	const struct child_question *question = context;
	const struct resolve *resolve = question->resolve;
	struct child_answer child_answer = {.count = 0};
	struct addrinfo hints = {.ai_family = question->family, .ai_socktype = resolve->type};
	struct addrinfo *list = NULL;

	child_answer.error = getaddrinfo(resolve->host, NULL, &hints, &list);
	for (const struct addrinfo *at = list;
	     child_answer.error == 0 && at && child_answer.count < LOOKUP_ADDRS; at = at->ai_next)
		add_answer(&child_answer, at, resolve->number);
	return write(fd, &child_answer, sizeof(child_answer)) == sizeof(child_answer);
}

static int lookup_start(struct lookup *lookup, struct resolve *resolve, const struct run *run,
			struct fault *fault)
{
	struct child_question question = {resolve, lookup->family};
	lookup->start_ns = clock_now();
	resolve->asked = true;
	if (lookup_child_start(&lookup->child, run, answer_addresses, &question) == 0)
		return 0;
	return fault_errno(fault, STEP_LOCAL, errno, "start the look-up of %s", resolve->host);
}

/* Add a look-up of FAMILY; without an address it has still to be made. */
static struct lookup *add_lookup(struct resolve *resolve, int family, const struct addr *known)
{
	struct lookup *lookup = &resolve->lookups[resolve->count++];
	lookup->family = family;
	lookup->child = (struct lookup_child){.fd = -1};
	lookup->error = 0;
	lookup->count = known ? 1 : 0;
	if (known)
		lookup->addrs[0] = *known;
	return lookup;
}

/* HOST is an IPv6 address with the name of an interface behind a '%': put the scope's number in. */
static int parse_scoped(struct addr *addr, const char *host, uint16_t port)
{
	char numeric[256];
	const char *percent = strchr(host, '%');
	if (!percent || ifscope_index(percent + 1) == 0)
		return -1;
	snprintf(numeric, sizeof(numeric), "%.*s%%%u", (int)(percent - host), host,
		 ifscope_index(percent + 1));
	return addr_parse(addr, AF_INET6, numeric, port);
}

static int ifscope_fault(const char *host, struct fault *fault)
{
	char names[256];
	struct text text = TEXT_IN(names);
	ifscope_candidates(&text);
	fault_usage(fault, "%s is a link-local address and needs its interface: %s%%INTERFACE",
		    host, host);
	fault_cause(fault, CAUSE_SCOPE_MISSING, "interfaces with link-local addresses: %s",
		    text.len ? names : "none");
	return -1;
}

/* A numeric host of the family that is wanted. 1 when it is one, 0 when it is a name, -1 with
 * FAULT. */
static int numeric_host(struct resolve *resolve, const struct endpoint_config *config,
			struct fault *fault)
{
	const char *host = resolve->host;
	uint16_t port = resolve->number;
	struct addr addr;
	const char *percent = strchr(host, '%');
	if (addr_parse(&addr, AF_UNSPEC, host, port) != 0 && parse_scoped(&addr, host, port) != 0) {
		if (percent)
			return fault_words(fault, STEP_LOOKUP, STATUS_NAME,
					   "there is no such interface", "look-up of %s", host);
		if (config->numeric)
			return fault_words(fault, STEP_LOOKUP, STATUS_NAME,
					   "not a numeric address (-n)", "look-up of %s", host);
		return 0;
	}
	int family = addr.ss.ss_family;
	if (config->family != AF_UNSPEC && config->family != family) {
		char reason[64];
		snprintf(reason, sizeof(reason), "it is an %s address (-%c)",
			 lookup_family_word(family), config->family == AF_INET ? '4' : '6');
		return fault_words(fault, STEP_LOOKUP, STATUS_NAME, reason, "look-up of %s", host);
	}
	if (addr_lacks_scope(&addr) && !config->options.interface)
		return ifscope_fault(host, fault);
	add_lookup(resolve, family, &addr);
	return 1;
}

/* A CID and a port are numbers, or words that stand for some; the command line has been held
 * against that. */
static int start_vsock(struct resolve *resolve, bool listen, struct fault *fault)
{
	struct addr addr;
	if (vsock_parse(&addr, resolve->host, resolve->port, listen) != VSOCK_OK)
		return fault_usage(fault, "%s:%s is no address of vsock", resolve->host,
				   resolve->port);
	add_lookup(resolve, AF_VSOCK, &addr);
	return 0;
}

int resolve_start(struct resolve *resolve, const struct run *run,
		  const struct endpoint_config *config, struct fault *fault)
{
	static const int families[] = {AF_INET6, AF_INET};
	const char *host = resolve->host;

	resolve->type = config->type;
	resolve->count = 0;
	resolve->start_ns = clock_now();
	if (config->family == AF_VSOCK)
		return start_vsock(resolve, resolve->passive, fault);
	if (resolve_port(&resolve->number, config, resolve->port, fault) != 0)
		return -1;
	int numeric = *host ? numeric_host(resolve, config, fault) : 0;
	if (numeric != 0)
		return numeric > 0 ? 0 : -1;
	for (size_t i = 0; i < 2; i++) {
		if (config->family != AF_UNSPEC && config->family != families[i])
			continue;
		struct addr any = addr_any(families[i], resolve->number);
		struct lookup *lookup = add_lookup(resolve, families[i], *host ? NULL : &any);
		if (*host && lookup_start(lookup, resolve, run, fault) != 0) {
			resolve_close(resolve);
			return -1;
		}
	}
	return 0;
}

const char *lookup_words(int error)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{EAI_ADDRFAMILY, "Address family for hostname not supported"},
		{EAI_AGAIN, "Temporary failure in name resolution"},
		{EAI_FAIL, "Non-recoverable failure in name resolution"},
		{EAI_FAMILY, "ai_family not supported"},
		{EAI_MEMORY, "Memory allocation failure"},
		{EAI_NODATA, "No address associated with hostname"},
		{EAI_NONAME, "Name or service not known"},
		{EAI_SYSTEM, "System error"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].words;
	return "Unknown error";
}

bool lookup_is_done(const struct lookup *lookup)
{
	return lookup->child.fd < 0;
}

bool resolve_has_address(const struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->count; i++)
		if (resolve->lookups[i].count > 0)
			return true;
	return false;
}

bool resolve_is_done(const struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->count; i++)
		if (!lookup_is_done(&resolve->lookups[i]))
			return false;
	return true;
}

static void note_lookup(const struct lookup *lookup, const struct resolve *resolve,
			struct trace *trace)
{
	struct addr_text hosts[LOOKUP_ADDRS];
	const char *addresses[LOOKUP_ADDRS];
	char list[640];
	char host[256];
	struct text text = TEXT_IN(list);
	struct text safe = TEXT_IN(host);
	struct note note;

	if (!trace_shows(trace, 2))
		return;
	for (size_t i = 0; i < lookup->count; i++) {
		hosts[i] = addr_host_text(&lookup->addrs[i]);
		addresses[i] = hosts[i].chars;
		text_printf(&text, "%s%s", i ? ", " : "", addresses[i]);
	}
	text_safe(&safe, resolve->host);
	note_start(&note, "resolve", "look-up of %s (%s): %s <%.3fms>", host,
		   lookup_family_word(lookup->family),
		   lookup->error ? gai_strerror(lookup->error) : list,
		   (double)lookup->duration_ns / NS_PER_MS);
	note_text(&note, "name", resolve->host);
	note_text(&note, "family", lookup->family == AF_INET6 ? "AF_INET6" : "AF_INET");
	note_texts(&note, "addresses", addresses, lookup->error ? 0 : lookup->count);
	note_text(&note, "error", lookup->error ? gai_strerror(lookup->error) : NULL);
	note.apart = true;
	note_span(&note, lookup->start_ns, lookup->duration_ns);
	trace_note(trace, &note);
}

void lookup_collect(struct lookup *lookup, const struct resolve *resolve, const struct run *run)
{
	struct child_answer child_answer;
	struct purpose purpose;
	purpose_enter(&purpose, run->trace, "look-up of %s (%s)", resolve->host,
		      lookup_family_word(lookup->family));
	ssize_t n = sys_read(run->trace, lookup->child.fd, &child_answer, sizeof(child_answer));
	purpose_leave(&purpose);
	if (n < 0 && sys_is_again(errno))
		return;
	lookup->error = EAI_SYSTEM; /* the child died without a word */
	if (n == sizeof(child_answer)) {
		lookup->error = child_answer.error;
		lookup->count = child_answer.count;
		memcpy(lookup->addrs, child_answer.addrs, sizeof(child_answer.addrs));
	}
	lookup->duration_ns = clock_now() - lookup->start_ns;
	lookup_child_close(&lookup->child);
	note_lookup(lookup, resolve, run->trace);
}

void resolve_collect(struct resolve *resolve, const struct run *run)
{
	for (size_t i = 0; i < resolve->count; i++) {
		struct lookup *lookup = &resolve->lookups[i];
		if (!lookup_is_done(lookup) && lookup->child.ready)
			lookup_collect(lookup, resolve, run);
		lookup->child.ready = false;
	}
}

void resolve_close(struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->count; i++)
		lookup_child_close(&resolve->lookups[i].child);
	nsquery_close(resolve->nsquery);
	resolve->nsquery = NULL;
}

int resolve_port(uint16_t *number, const struct endpoint_config *config, const char *port,
		 struct fault *fault)
{
	int64_t value;
	const char *protocol = endpoint_services(config);

	if (parse_int(port, 0, UINT16_MAX, &value) == 0) {
		*number = (uint16_t)value;
		return 0;
	}
	if (config->numeric)
		return fault_words(fault, STEP_SERVICE, STATUS_NAME, "not a numeric port (-n)",
				   "look-up of service %s", port);
	if (!services_port(port, protocol, number)) {
		fault_words(fault, STEP_SERVICE, STATUS_NAME, "Servname not supported",
			    "look-up of service %s", port);
		fault_cause(fault, CAUSE_SERVICE_UNKNOWN,
			    "/etc/services has no %s service of that name", protocol);
		return -1;
	}
	return 0;
}
