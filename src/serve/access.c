/* Which clients may connect.  A set of rules is loaded in steps, without a wait: the words are
 * read, then the files, then one name after the other is looked up; only then it takes the place of
 * the old one. */
#include "serve/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/file.h"
#include "net/pollset.h"
#include "net/run.h"
#include "proto/acl.h"
#include "resolve/resolve.h"
#include "resolve/resolve_explain.h"
#include "resolve/resolve_wait.h"
#include "trace/console.h"
#include "trace/trace.h"

/* Upper bound for the size of a file of rules. */
#define FILE_MOST (4 << 20)

/* How long a FIFO may take to be written when the rules are loaded again. */
#define RELOAD_NS (10 * NS_PER_SEC)

/* Rules of one kind. */
struct list {
	struct acl_rule *rules;
	size_t count, size;
};

/* A name whose addresses are still to be added. */
struct name {
	struct name *next;
	bool allow;
	char text[];
};

struct ruleset {
	struct list allow, deny;
	struct name *names;
};

struct access {
	const struct run *run;
	const struct access_config *config;
	struct endpoint_config lookup; /* for what the names are looked up */
	struct ruleset *rules;         /* in force; NULL before the first are loaded */
	struct ruleset *next;          /* being loaded; NULL */
	struct file_read reading;      /* the first of the files that are not read yet */
	size_t files_read;
	int64_t reload_ns;      /* when that is given up, so that the old rules stay; NEVER */
	struct resolve resolve; /* of its first name, while that is under way */
	bool resolving;
};

bool access_is_wanted(const struct access_config *config)
{
	return config->allow.count + config->deny.count + config->allow_files.count +
		       config->deny_files.count >
	       0;
}

/* ---- rules ---- */

static int no_memory(struct fault *fault)
{
	return fault_errno(fault, STEP_LOCAL, ENOMEM, "load the rules of access");
}

static int add_rule(struct list *list, const struct acl_rule *rule, struct fault *fault)
{
	if (list->count == list->size) {
		size_t size = list->size ? 2 * list->size : 16;
		struct acl_rule *rules = reallocarray(list->rules, size, sizeof(*rules));
		if (!rules)
			return no_memory(fault);
		list->rules = rules;
		list->size = size;
	}
	list->rules[list->count++] = *rule;
	return 0;
}

static int add_name(struct ruleset *rules, bool allow, const char *text, struct fault *fault)
{
	struct name *name = malloc(sizeof(*name) + strlen(text) + 1);
	if (!name)
		return no_memory(fault);
	name->allow = allow;
	strcpy(name->text, text);
	name->next = rules->names;
	rules->names = name;
	return 0;
}

static void free_rules(struct ruleset *rules)
{
	if (!rules)
		return;
	while (rules->names) {
		struct name *name = rules->names;
		rules->names = name->next;
		free(name);
	}
	free(rules->allow.rules);
	free(rules->deny.rules);
	free(rules);
}

static bool list_has(const struct list *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->count; i++)
		if (acl_matches(&list->rules[i], addr))
			return true;
	return false;
}

/* ---- reading them ---- */

/* Add the words of TEXT, which is of the option or the file SOURCE. */
static int add_words(struct ruleset *rules, bool allow, const char *source, const char *text,
		     struct fault *fault)
{
	char word[ACL_WORD];
	const char *at = text;
	int got;
	while ((got = acl_next(&at, word)) != 0) {
		struct acl_rule rule;
		enum acl_kind kind = got > 0 ? acl_parse(&rule, word) : ACL_BAD;
		if (kind == ACL_BAD)
			return fault_words(fault, STEP_USAGE, STATUS_USAGE,
					   "it is no address, block (CIDR) or host name",
					   "rule \"%.64s\" of %s", word, source);
		if ((kind == ACL_BLOCK
			     ? add_rule(allow ? &rules->allow : &rules->deny, &rule, fault)
			     : add_name(rules, allow, word, fault)) != 0)
			return -1;
	}
	return 0;
}

static int add_options(struct access *access, struct ruleset *rules, struct fault *fault)
{
	const struct access_config *config = access->config;
	for (size_t i = 0; i < config->allow.count; i++)
		if (add_words(rules, true, "--allow", config->allow.at[i], fault) != 0)
			return -1;
	for (size_t i = 0; i < config->deny.count; i++)
		if (add_words(rules, false, "--deny", config->deny.at[i], fault) != 0)
			return -1;
	return 0;
}

/* The file NUMBER of those that allow, and then of those that deny; NULL: there is none. */
static const char *file_at(const struct access_config *config, size_t number, bool *allow)
{
	*allow = number < config->allow_files.count;
	if (*allow)
		return config->allow_files.at[number];
	number -= config->allow_files.count;
	return number < config->deny_files.count ? config->deny_files.at[number] : NULL;
}

/* Read the files as far as they are there.  1 when all are read, 0 when there is more to wait for,
 * -1 with FAULT. */
static int go_on_reading(struct access *access, struct fault *fault)
{
	struct file_read *reading = &access->reading;
	const char *file;
	bool allow;
	while ((file = file_at(access->config, access->files_read, &allow))) {
		if (reading->fd < 0 &&
		    file_read_begin(reading, file, "rules of", FILE_MOST, fault) != 0)
			return -1;
		int read = file_read_go_on(reading, access->run, fault);
		if (read <= 0)
			return read;
		if (add_words(access->next, allow, file, reading->text, fault) != 0)
			return -1;
		file_read_close(reading);
		access->files_read++;
	}
	return 1;
}

/* ---- loading ---- */

static void stop_loading(struct access *access)
{
	if (access->resolving)
		resolve_close(&access->resolve);
	access->resolving = false;
	file_read_close(&access->reading);
	access->files_read = 0;
	free_rules(access->next);
	access->next = NULL;
}

static int begin_loading(struct access *access, struct fault *fault)
{
	stop_loading(access);
	access->next = calloc(1, sizeof(*access->next));
	if (!access->next)
		return no_memory(fault);
	return add_options(access, access->next, fault);
}

/* The first name has been looked up: its addresses are rules. */
static int take_addresses(struct access *access, struct fault *fault)
{
	struct ruleset *rules = access->next;
	struct name *name = rules->names;
	size_t added = 0;
	for (size_t i = 0; i < access->resolve.count; i++) {
		const struct lookup *lookup = &access->resolve.lookups[i];
		for (size_t k = 0; k < lookup->count; k++, added++) {
			struct acl_rule rule = acl_exactly(&lookup->addrs[k]);
			if (add_rule(name->allow ? &rules->allow : &rules->deny, &rule, fault) != 0)
				return -1;
		}
	}
	if (added == 0)
		return resolve_fault(&access->resolve, fault);
	resolve_close(&access->resolve);
	access->resolving = false;
	rules->names = name->next;
	free(name);
	return 0;
}

/* Read and look up what can be had now.  1 when all rules are loaded, 0 when there is more to wait
 * for, -1 with FAULT. */
static int go_on_loading(struct access *access, struct fault *fault)
{
	struct resolve *resolve = &access->resolve;
	int read = go_on_reading(access, fault);
	if (read <= 0)
		return read;
	while (access->next->names) {
		if (!access->resolving) {
			*resolve = (struct resolve){.host = access->next->names->text, .port = "0"};
			if (resolve_start(resolve, access->run, &access->lookup, fault) != 0)
				return -1;
			access->resolving = true;
		}
		resolve_collect(resolve, access->run);
		if (!resolve_is_done(resolve))
			return 0;
		if (take_addresses(access, fault) != 0)
			return -1;
	}
	return 1;
}

static void put_in_force(struct access *access)
{
	free_rules(access->rules);
	access->rules = access->next;
	access->next = NULL;
}

static void keep_old(struct access *access, struct fault *fault)
{
	stop_loading(access);
	fault_explain(fault);
	console_fault(access->run->console, fault);
	console_warn(access->run->console, "handset: the old rules of access stay");
}

void access_reload(struct access *access)
{
	struct fault fault = {.step = STEP_NONE};
	access->reload_ns = deadline_after(clock_now(), RELOAD_NS);
	if (begin_loading(access, &fault) != 0)
		keep_old(access, &fault);
	else
		access_advance(access);
}

void access_advance(struct access *access)
{
	struct fault fault = {.step = STEP_NONE};
	int loaded = access->next ? go_on_loading(access, &fault) : 0;
	if (loaded == 0 && access->reading.fd >= 0 && clock_now() >= access->reload_ns)
		loaded = file_read_timeout(&access->reading, access->run, false, &fault);
	if (loaded < 0)
		keep_old(access, &fault);
	if (loaded <= 0)
		return;
	put_in_force(access);
	console_status(access->run->console,
		       "The rules of access are loaded again: %zu to allow, %zu to deny",
		       access->rules->allow.count, access->rules->deny.count);
}

void access_want(struct access *access, struct pollset *set)
{
	file_read_want(&access->reading, set);
	if (access->reading.fd >= 0)
		pollset_wake(set, access->reload_ns);
	if (access->resolving)
		resolve_want_answers(&access->resolve, set);
}

static int load_timeout(struct access *access, struct fault *fault)
{
	if (access->reading.fd >= 0)
		return file_read_timeout(&access->reading, access->run, true, fault);
	return resolve_timeout(&access->resolve, access->run, access->run->limit_ns, fault);
}

/* Load the first rules, waiting for their files and names. */
static int load(struct access *access, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int loaded = begin_loading(access, fault);
	while (loaded == 0 && (loaded = go_on_loading(access, fault)) == 0) {
		pollset_clear(&set);
		access_want(access, &set);
		loaded = pollset_wait(&set, access->run, fault);
		if (loaded == 0 && clock_now() >= access->run->deadline_ns)
			loaded = load_timeout(access, fault);
	}
	pollset_close(&set);
	if (loaded < 0)
		return -1;
	put_in_force(access);
	return 0;
}

struct access *access_open(const struct run *run, const struct access_config *config,
			   const struct endpoint_config *endpoint, struct fault *fault)
{
	struct access *access = calloc(1, sizeof(*access));
	if (!access) {
		no_memory(fault);
		return NULL;
	}
	access->run = run;
	access->reading.fd = -1;
	access->reload_ns = NEVER;
	access->config = config;
	access->lookup = *endpoint;
	/* An address of a family that is not listened on does no harm. */
	access->lookup.family = AF_UNSPEC;
	if (load(access, fault) == 0)
		return access;
	access_close(access);
	return NULL;
}

static bool permits(const struct access *access, const struct addr *peer)
{
	const struct access_config *config = access->config;
	bool allow_only = config->deny.count + config->deny_files.count == 0;
	if (list_has(&access->rules->allow, peer))
		return true;
	return !allow_only && !list_has(&access->rules->deny, peer);
}

static void report_refused(const struct access *access, const struct addr *peer)
{
	struct addr plain = addr_unmapped(peer);
	const char *why = list_has(&access->rules->deny, peer) ? "denied" : "not allowed";
	struct note note;
	if (!console_is_verbose(access->run->console))
		return;
	struct addr_text address = addr_text(&plain);
	note_start(&note, "refused", "%s is refused: %s", address.chars, why);
	note_text(&note, "peer", address.chars);
	note_text(&note, "why", why);
	trace_note(access->run->trace, &note);
	console_status(access->run->console, "Connection from %s %u refused: %s",
		       addr_host_text(&plain).chars, (unsigned)addr_port(peer), why);
}

bool access_admits(const void *rules, const struct addr *peer)
{
	const struct access *access = rules;
	if (permits(access, peer))
		return true;
	report_refused(access, peer);
	return false;
}

void access_close(struct access *access)
{
	if (!access)
		return;
	stop_loading(access);
	free_rules(access->rules);
	free(access);
}
