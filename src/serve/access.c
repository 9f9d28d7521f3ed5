/* Which clients may connect.  A set of rules is loaded in steps: the words are read, then one name
 * after the other is looked up without a wait; only then it takes the place of the old one. */
#include "serve/access.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/pollset.h"
#include "net/run.h"
#include "proto/acl.h"
#include "resolve/resolve.h"
#include "resolve/resolve_explain.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A file of rules has at most so many bytes. */
#define FILE_MOST (4 << 20)

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
	struct resolve resolve;        /* of its first name, while that is under way */
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

/* The text of the file PATH, the caller's to free; NULL with FAULT. */
static char *read_file(const struct run *run, const char *path, struct fault *fault)
{
	size_t len = 0;
	ssize_t n = -1;
	char *text = malloc(FILE_MOST + 1);
	int fd = text ? sys_open(path, O_RDONLY, 0) : -1;
	while (fd >= 0 && len < FILE_MOST &&
	       (n = sys_read(run->trace, fd, text + len, FILE_MOST - len)) > 0)
		len += (size_t)n;
	int err = n < 0 ? errno : len == FILE_MOST ? EFBIG : memchr(text, '\0', len) ? EILSEQ : 0;
	sys_close_pipe(&fd);
	if (err == 0) {
		text[len] = '\0';
		return text;
	}
	free(text);
	fault_errno(fault, STEP_FILE, err, "read the rules of %s", path);
	return NULL;
}

static int add_file(struct access *access, struct ruleset *rules, bool allow, const char *path,
		    struct fault *fault)
{
	char *text = read_file(access->run, path, fault);
	int status = text ? add_words(rules, allow, path, text, fault) : -1;
	free(text);
	return status;
}

static int add_all(struct access *access, struct ruleset *rules, struct fault *fault)
{
	const struct access_config *config = access->config;
	const struct {
		bool allow;
		const char *option; /* NULL: files */
		const struct words *words;
	} sources[] = {{true, "--allow", &config->allow},
		       {false, "--deny", &config->deny},
		       {true, NULL, &config->allow_files},
		       {false, NULL, &config->deny_files}};
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		bool allow = sources[i].allow;
		for (size_t k = 0; k < sources[i].words->count; k++) {
			const char *value = sources[i].words->at[k];
			const char *option = sources[i].option;
			if ((option ? add_words(rules, allow, option, value, fault)
				    : add_file(access, rules, allow, value, fault)) != 0)
				return -1;
		}
	}
	return 0;
}

/* ---- loading ---- */

static void stop_loading(struct access *access)
{
	if (access->resolving)
		resolve_close(&access->resolve);
	access->resolving = false;
	free_rules(access->next);
	access->next = NULL;
}

static int begin_loading(struct access *access, struct fault *fault)
{
	stop_loading(access);
	access->next = calloc(1, sizeof(*access->next));
	if (!access->next)
		return no_memory(fault);
	return add_all(access, access->next, fault);
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

/* Look up what can be looked up now.  1 when all rules are loaded, 0 when there is more to wait
 * for, -1 with FAULT. */
static int go_on_loading(struct access *access, struct fault *fault)
{
	struct resolve *resolve = &access->resolve;
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
	if (begin_loading(access, &fault) != 0)
		keep_old(access, &fault);
	else
		access_advance(access);
}

void access_advance(struct access *access)
{
	struct fault fault = {.step = STEP_NONE};
	int loaded = access->next ? go_on_loading(access, &fault) : 0;
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
	for (size_t i = 0; access->resolving && i < access->resolve.count; i++) {
		struct lookup *lookup = &access->resolve.lookups[i];
		if (!lookup_is_done(lookup))
			pollset_add(set, lookup->fd, POLLIN, &lookup->ready);
	}
}

/* Load the first rules, waiting for their names. */
static int load(struct access *access, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int loaded = begin_loading(access, fault);
	while (loaded == 0 && (loaded = go_on_loading(access, fault)) == 0) {
		pollset_clear(&set);
		access_want(access, &set);
		loaded = pollset_wait(&set, access->run, fault);
		if (loaded == 0 && clock_now() >= access->run->deadline_ns)
			loaded = resolve_timeout(&access->resolve, access->run->limit_ns, fault);
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
	char address[160], host[128];
	struct text text = TEXT_IN(address);
	struct text host_text = TEXT_IN(host);
	struct addr plain = addr_unmapped(peer);
	const char *why = list_has(&access->rules->deny, peer) ? "denied" : "not allowed";
	struct note note;
	if (!console_is_verbose(access->run->console))
		return;
	addr_format(&text, peer);
	addr_format_host(&host_text, &plain);
	note_start(&note, "refused", "%s is refused: %s", address, why);
	note_text(&note, "peer", address);
	note_text(&note, "why", why);
	trace_note(access->run->trace, &note);
	console_status(access->run->console, "Connection from %s %u refused: %s", host,
		       (unsigned)addr_port(peer), why);
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
