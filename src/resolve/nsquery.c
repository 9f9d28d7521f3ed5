/* Asking the name servers directly: a socket for each, all questions at once, again after half a
 * second and a second.  What is found is put into words in nsquery_report.c.  The resolver of glibc
 * is not used for that: it would have to run in a child for each server, its times are those of its
 * own retries, and it hides that a server could not be reached at all. */
#include "resolve/nsquery.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/text.h"
#include "host/ifscope.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "resolve/nsquery_internal.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve.h"
#include "trace/purpose.h"
#include "trace/sys.h"

#define DNS_PORT 53
#define AGAIN_NS (500 * NS_PER_MS)
#define LONGEST_NS (2 * NS_PER_SEC)
/* So many datagrams are looked at in one go; a flood of foreign ones does not hold up the rest. */
#define TAKES 32

const enum dns_type nsquery_types[NSQUERY_TYPES] = {DNS_A, DNS_AAAA};

/* ---- what is to be asked, and whom ---- */

static bool read_lines(const char *path, struct nsquery *nsquery,
		       void (*take)(struct nsquery *, const char *))
{
	char line[1024];
	FILE *file = sys_fopen(path);
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		take(nsquery, line);
	fclose(file);
	return true;
}

static void take_resolv_conf(struct nsquery *nsquery, const char *line)
{
	resolvconf_line(&nsquery->conf, line);
}

static void take_nsswitch_conf(struct nsquery *nsquery, const char *line)
{
	resolvconf_nsswitch(&nsquery->conf, line);
}

static void take_hosts(struct nsquery *nsquery, const char *line)
{
	char address[96];
	struct addr addr;
	if (resolvconf_hosts(line, nsquery->host, address, sizeof(address)) &&
	    addr_parse(&addr, AF_UNSPEC, address, 0) == 0)
		nsquery->in_hosts[addr.ss.ss_family == AF_INET6 ? 1 : 0] = true;
}

static void read_settings(struct nsquery *nsquery)
{
	resolvconf_start(&nsquery->conf);
	nsquery->conf_read = read_lines("/etc/resolv.conf", nsquery, take_resolv_conf);
	if (LIBC_READS_NSSWITCH)
		read_lines("/etc/nsswitch.conf", nsquery, take_nsswitch_conf);
	if (nsquery->conf.sources[0] == '\0' || resolvconf_asks(&nsquery->conf, "files"))
		read_lines("/etc/hosts", nsquery, take_hosts);
}

static void add_server(struct nsquery *nsquery, const char *name)
{
	struct ns_server *server = &nsquery->server[nsquery->servers];
	char numeric[96];
	const char *percent = strchr(name, '%');
	snprintf(numeric, sizeof(numeric), "%s", name);
	/* A scope by the name of its interface. */
	if (percent && ifscope_index(percent + 1) != 0)
		snprintf(numeric, sizeof(numeric), "%.*s%%%u", (int)(percent - name), name,
			 ifscope_index(percent + 1));
	if (addr_parse(&server->addr, AF_UNSPEC, numeric, DNS_PORT) != 0)
		return;
	snprintf(server->name, sizeof(server->name), "%s", name);
	server->fd = -1;
	nsquery->servers++;
}

/* Those of resolv.conf, or what glibc asks without any. */
static void find_servers(struct nsquery *nsquery)
{
	const struct resolvconf *conf = &nsquery->conf;
	nsquery->asks_dns = conf->sources[0] == '\0' || resolvconf_asks(conf, "dns") ||
			    resolvconf_asks(conf, "resolve");
	if (!nsquery->asks_dns)
		return;
	for (size_t i = 0; i < conf->servers; i++)
		add_server(nsquery, conf->server[i]);
	/* None, or none that is an address: glibc asks this host then. */
	if (nsquery->servers == 0)
		add_server(nsquery, "127.0.0.1");
}

/* The names that glibc asks for; the one that was given is among them in any case. */
static void find_names(struct nsquery *nsquery)
{
	char name[2 * DNS_NAME];
	for (size_t i = 0;
	     resolvconf_candidate(&nsquery->conf, nsquery->host, i, name, sizeof(name)); i++) {
		bool itself = strcmp(name, nsquery->host) == 0;
		if (strlen(name) >= DNS_NAME || (nsquery->names == NSQUERY_NAMES && !itself))
			continue;
		size_t at = nsquery->names < NSQUERY_NAMES ? nsquery->names++ : NSQUERY_NAMES - 1;
		memcpy(nsquery->name[at], name, strlen(name) + 1);
		if (itself)
			nsquery->itself = at;
	}
}

/* ---- asking ---- */

static void server_failed(const struct nsquery *nsquery, struct ns_server *server, int err)
{
	for (size_t name = 0; name < nsquery->names; name++)
		for (size_t type = 0; type < NSQUERY_TYPES; type++)
			if (!server->questions[name][type].answered)
				server->questions[name][type].err = err;
	sys_close(nsquery->run->trace, &server->fd);
}

/* An error that came in by ICMP has a sender. */
static void server_turned_away(const struct nsquery *nsquery, struct ns_server *server, int err)
{
	server->icmp = server->fd >= 0 &&
		       errqueue_read(nsquery->run->trace, server->fd, &server->error);
	server_failed(nsquery, server, err);
}

static void server_open(const struct nsquery *nsquery, struct ns_server *server)
{
	struct trace *trace = nsquery->run->trace;
	server->fd = sys_socket(trace, server->addr.ss.ss_family,
				SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd >= 0)
		sockopt_ask_errors(trace, server->fd, server->addr.ss.ss_family, true);
	if (server->fd < 0 || sys_connect(trace, server->fd, &server->addr) != 0)
		server_failed(nsquery, server, errno);
}

static uint16_t id_of(const struct nsquery *nsquery, size_t name, size_t type)
{
	return (uint16_t)(nsquery->first_id + name * NSQUERY_TYPES + type);
}

/* Ask SERVER what it has not answered yet. */
static void server_ask(const struct nsquery *nsquery, struct ns_server *server, int64_t now_ns)
{
	uint8_t message[DNS_MESSAGE];
	for (size_t i = 0; i < nsquery->names * NSQUERY_TYPES && server->fd >= 0; i++) {
		size_t name = i / NSQUERY_TYPES;
		size_t type = i % NSQUERY_TYPES;
		struct ns_question *ns_question = &server->questions[name][type];
		size_t len = dns_question(message, sizeof(message), id_of(nsquery, name, type),
					  nsquery->name[name], nsquery_types[type]);
		if (len == 0 || ns_question->answered)
			continue;
		if (!ns_question->asked)
			ns_question->asked_ns = now_ns;
		ns_question->asked = true;
		if (sys_send(nsquery->run->trace, server->fd, message, len, MSG_NOSIGNAL) < 0 &&
		    !sys_is_again(errno))
			server_turned_away(nsquery, server, errno);
	}
}

static void read_answer(const struct nsquery *nsquery, struct ns_server *server,
			const uint8_t *message, size_t len)
{
	int64_t now_ns = clock_now();
	uint8_t asked[DNS_MESSAGE];
	for (size_t i = 0; i < nsquery->names * NSQUERY_TYPES; i++) {
		size_t name = i / NSQUERY_TYPES;
		size_t type = i % NSQUERY_TYPES;
		struct ns_question *ns_question = &server->questions[name][type];
		size_t asked_len = dns_question(asked, sizeof(asked), id_of(nsquery, name, type),
						nsquery->name[name], nsquery_types[type]);
		if (!dns_belongs(message, len, asked, asked_len))
			continue;
		/* The answer to a question that was repeated comes twice. */
		if (ns_question->answered ||
		    dns_read(&ns_question->answer, message, len, nsquery_types[type]) != 0)
			return;
		ns_question->answered = true;
		ns_question->took_ns = now_ns - ns_question->asked_ns;
		return;
	}
	server->strays++;
}

static void server_take(const struct nsquery *nsquery, struct ns_server *server)
{
	uint8_t message[4096];
	server->ready = false;
	for (int takes = 0; takes < TAKES; takes++) {
		ssize_t n = sys_recv(nsquery->run->trace, server->fd, message, sizeof(message), 0);
		if (n < 0 && sys_is_again(errno))
			return;
		if (n < 0) {
			server_turned_away(nsquery, server, errno);
			return;
		}
		read_answer(nsquery, server, message, (size_t)n);
	}
}

static bool is_complete(const struct nsquery *nsquery)
{
	for (size_t i = 0; i < nsquery->servers; i++)
		for (size_t k = 0; k < nsquery->names * NSQUERY_TYPES; k++) {
			const struct ns_question *ns_question =
				&nsquery->server[i].questions[k / NSQUERY_TYPES][k % NSQUERY_TYPES];
			if (ns_question->asked && !ns_question->answered && ns_question->err == 0)
				return false;
		}
	return true;
}

static void ask_all(struct nsquery *nsquery, int64_t now_ns)
{
	nsquery->tries++;
	nsquery->next_ns = now_ns + AGAIN_NS;
	for (size_t i = 0; i < nsquery->servers; i++)
		server_ask(nsquery, &nsquery->server[i], now_ns);
}

struct nsquery *nsquery_open(const struct run *run, const struct resolve *resolve,
			     int64_t deadline_ns)
{
	struct nsquery *nsquery = calloc(1, sizeof(*nsquery));
	if (!nsquery)
		return NULL;
	int64_t now_ns = clock_now();
	nsquery->run = run;
	nsquery->host = resolve->host;
	nsquery->start_ns = now_ns;
	nsquery->end_ns = deadline_min(deadline_ns, deadline_after(now_ns, LONGEST_NS));
	read_settings(nsquery);
	find_names(nsquery);
	/* Whoever can guess the number of a question could answer it. */
	if (getrandom(&nsquery->first_id, sizeof(nsquery->first_id), GRND_NONBLOCK) < 0)
		nsquery->first_id = (uint16_t)now_ns;
	find_servers(nsquery);
	purpose_begin(&nsquery->purpose, run->trace, "the name servers", "for %s", resolve->host);
	for (size_t i = 0; i < nsquery->servers; i++)
		server_open(nsquery, &nsquery->server[i]);
	ask_all(nsquery, now_ns);
	purpose_leave(&nsquery->purpose);
	return nsquery;
}

/* Closes the sockets, and ends the question of the trace with what each server says. */
static void end_questions(struct nsquery *nsquery)
{
	char answers[400] = "there is none";
	struct text text = TEXT_IN(answers);
	for (size_t i = 0; i < nsquery->servers; i++)
		sys_close(nsquery->run->trace, &nsquery->server[i].fd);
	nsquery_format(&text, nsquery);
	for (char *end = answers; (end = strchr(end, '\n')) != NULL;)
		*end = ';';
	purpose_end(&nsquery->purpose, "%s", answers);
}

bool nsquery_advance(struct nsquery *nsquery, int64_t now_ns)
{
	purpose_resume(&nsquery->purpose);
	for (size_t i = 0; i < nsquery->servers && !nsquery->over; i++)
		if (nsquery->server[i].ready && nsquery->server[i].fd >= 0)
			server_take(nsquery, &nsquery->server[i]);
	if (is_complete(nsquery) || now_ns >= nsquery->end_ns)
		nsquery->over = true;
	else if (now_ns >= nsquery->next_ns && nsquery->tries < NSQUERY_TRIES)
		ask_all(nsquery, now_ns);
	if (nsquery->over)
		end_questions(nsquery);
	purpose_leave(&nsquery->purpose);
	return nsquery->over;
}

bool nsquery_is_over(const struct nsquery *nsquery)
{
	return nsquery->over;
}

void nsquery_want(struct nsquery *nsquery, struct pollset *set)
{
	if (nsquery->over)
		return;
	for (size_t i = 0; i < nsquery->servers; i++)
		if (nsquery->server[i].fd >= 0)
			pollset_add(set, nsquery->server[i].fd, POLLIN, &nsquery->server[i].ready);
	if (nsquery->tries < NSQUERY_TRIES)
		pollset_wake(set, nsquery->next_ns);
	pollset_wake(set, nsquery->end_ns);
}

void nsquery_close(struct nsquery *nsquery)
{
	if (!nsquery)
		return;
	if (!nsquery->over) {
		purpose_resume(&nsquery->purpose);
		end_questions(nsquery);
	}
	free(nsquery);
}
