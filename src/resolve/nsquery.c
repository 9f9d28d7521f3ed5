/* Asking the name servers directly: a socket for each, all questions at once, again after half a second and a second.  What is
 * found is put into words in inquiry_tell.c.  The resolver of glibc is not used for that: it would have to run in a child for each
 * server, its times are those of its own retries, and it hides that a server could not be reached at all. */
#include "resolve/nsquery.h"

#include <errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "host/ifscope.h"
#include "net/pollset.h"
#include "net/run.h"
#include "resolve/nsquery_internal.h"
#include "resolve/resolve.h"
#include "trace/sys.h"

#define DNS_PORT 53
#define AGAIN_NS (500 * NS_PER_MS)
#define LONGEST_NS (2 * NS_PER_SEC)
/* So many datagrams are looked at in one go; a flood of foreign ones does not hold up the rest. */
#define TAKES 32

const enum dns_type inquiry_types[INQUIRY_TYPES] = {DNS_A, DNS_AAAA};

/* ---- what is to be asked, and whom ---- */

static bool read_lines(const char *path, struct inquiry *inquiry, void (*take)(struct inquiry *, const char *))
{
	char line[1024];
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		take(inquiry, line);
	fclose(file);
	return true;
}

static void take_resolv_conf(struct inquiry *inquiry, const char *line)
{
	resolvconf_line(&inquiry->conf, line);
}

static void take_nsswitch_conf(struct inquiry *inquiry, const char *line)
{
	resolvconf_nsswitch(&inquiry->conf, line);
}

static void take_hosts(struct inquiry *inquiry, const char *line)
{
	char address[96];
	struct addr addr;
	if (resolvconf_hosts(line, inquiry->host, address, sizeof(address)) &&
	    addr_parse(&addr, AF_UNSPEC, address, 0) == 0)
		inquiry->in_hosts[addr.ss.ss_family == AF_INET6 ? 1 : 0] = true;
}

static void read_settings(struct inquiry *inquiry)
{
	resolvconf_start(&inquiry->conf);
	inquiry->conf_read = read_lines("/etc/resolv.conf", inquiry, take_resolv_conf);
	read_lines("/etc/nsswitch.conf", inquiry, take_nsswitch_conf);
	if (inquiry->conf.sources[0] == '\0' || resolvconf_asks(&inquiry->conf, "files"))
		read_lines("/etc/hosts", inquiry, take_hosts);
}

static void add_server(struct inquiry *inquiry, const char *name)
{
	struct server *server = &inquiry->server[inquiry->servers];
	char numeric[96];
	const char *percent = strchr(name, '%');
	snprintf(numeric, sizeof(numeric), "%s", name);
	/* A scope by the name of its interface. */
	if (percent && scope_index(percent + 1) != 0)
		snprintf(numeric, sizeof(numeric), "%.*s%%%u", (int)(percent - name), name, scope_index(percent + 1));
	if (addr_parse(&server->addr, AF_UNSPEC, numeric, DNS_PORT) != 0)
		return;
	snprintf(server->name, sizeof(server->name), "%s", name);
	server->fd = -1;
	inquiry->servers++;
}

/* Those of resolv.conf, or what glibc asks without any. */
static void find_servers(struct inquiry *inquiry)
{
	const struct resolvconf *conf = &inquiry->conf;
	inquiry->asks_dns = conf->sources[0] == '\0' || resolvconf_asks(conf, "dns") ||
			    resolvconf_asks(conf, "resolve");
	if (!inquiry->asks_dns)
		return;
	for (size_t i = 0; i < conf->servers; i++)
		add_server(inquiry, conf->server[i]);
	/* None, or none that is an address: glibc asks this host then. */
	if (inquiry->servers == 0)
		add_server(inquiry, "127.0.0.1");
}

/* The names that glibc asks for; the one that was given is among them in any case. */
static void find_names(struct inquiry *inquiry)
{
	char name[2 * DNS_NAME];
	for (size_t i = 0; resolvconf_candidate(&inquiry->conf, inquiry->host, i, name, sizeof(name)); i++) {
		bool itself = strcmp(name, inquiry->host) == 0;
		if (strlen(name) >= DNS_NAME || (inquiry->names == INQUIRY_NAMES && !itself))
			continue;
		size_t at = inquiry->names < INQUIRY_NAMES ? inquiry->names++ : INQUIRY_NAMES - 1;
		memcpy(inquiry->name[at], name, strlen(name) + 1);
		if (itself)
			inquiry->itself = at;
	}
}

/* ---- asking ---- */

static void server_failed(const struct inquiry *inquiry, struct server *server, int err)
{
	for (size_t name = 0; name < inquiry->names; name++)
		for (size_t type = 0; type < INQUIRY_TYPES; type++)
			if (!server->questions[name][type].answered)
				server->questions[name][type].err = err;
	sys_close(inquiry->run->trace, &server->fd);
}

/* An error that came in by ICMP has a sender. */
static void server_turned_away(const struct inquiry *inquiry, struct server *server, int err)
{
	server->icmp = server->fd >= 0 && errqueue_read(inquiry->run->trace, server->fd, &server->error);
	server_failed(inquiry, server, err);
}

static void server_open(const struct inquiry *inquiry, struct server *server)
{
	struct trace *trace = inquiry->run->trace;
	bool v6 = server->addr.ss.ss_family == AF_INET6;
	int on = 1;
	server->fd = sys_socket(trace, server->addr.ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd >= 0)
		sys_setsockopt(trace, server->fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, &on,
			       sizeof(on));
	if (server->fd < 0 || sys_connect(trace, server->fd, &server->addr) != 0)
		server_failed(inquiry, server, errno);
}

static uint16_t id_of(const struct inquiry *inquiry, size_t name, size_t type)
{
	return (uint16_t)(inquiry->first_id + name * INQUIRY_TYPES + type);
}

/* Ask SERVER what it has not answered yet. */
static void server_ask(const struct inquiry *inquiry, struct server *server, int64_t now_ns)
{
	uint8_t message[DNS_MESSAGE];
	for (size_t i = 0; i < inquiry->names * INQUIRY_TYPES && server->fd >= 0; i++) {
		size_t name = i / INQUIRY_TYPES;
		size_t type = i % INQUIRY_TYPES;
		struct question *question = &server->questions[name][type];
		size_t len = dns_question(message, sizeof(message), id_of(inquiry, name, type), inquiry->name[name],
					  inquiry_types[type]);
		if (len == 0 || question->answered)
			continue;
		if (!question->asked)
			question->asked_ns = now_ns;
		question->asked = true;
		if (sys_send(inquiry->run->trace, server->fd, message, len, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
			server_turned_away(inquiry, server, errno);
	}
}

static void take_answer(const struct inquiry *inquiry, struct server *server, const uint8_t *message, size_t len)
{
	int64_t now_ns = clock_now();
	uint8_t asked[DNS_MESSAGE];
	for (size_t i = 0; i < inquiry->names * INQUIRY_TYPES; i++) {
		size_t name = i / INQUIRY_TYPES;
		size_t type = i % INQUIRY_TYPES;
		struct question *question = &server->questions[name][type];
		size_t asked_len = dns_question(asked, sizeof(asked), id_of(inquiry, name, type), inquiry->name[name],
						inquiry_types[type]);
		if (!dns_belongs(message, len, asked, asked_len))
			continue;
		/* The answer to a question that was repeated comes twice. */
		if (question->answered || dns_read(&question->answer, message, len, inquiry_types[type]) != 0)
			return;
		question->answered = true;
		question->took_ns = now_ns - question->asked_ns;
		return;
	}
	server->strays++;
}

static void server_take(const struct inquiry *inquiry, struct server *server)
{
	uint8_t message[4096];
	server->ready = false;
	for (int takes = 0; takes < TAKES; takes++) {
		ssize_t n = sys_recv(inquiry->run->trace, server->fd, message, sizeof(message), 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			server_turned_away(inquiry, server, errno);
			return;
		}
		take_answer(inquiry, server, message, (size_t)n);
	}
}

static bool is_complete(const struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->servers; i++)
		for (size_t k = 0; k < inquiry->names * INQUIRY_TYPES; k++) {
			const struct question *question =
				&inquiry->server[i].questions[k / INQUIRY_TYPES][k % INQUIRY_TYPES];
			if (question->asked && !question->answered && question->err == 0)
				return false;
		}
	return true;
}

static void ask_all(struct inquiry *inquiry, int64_t now_ns)
{
	inquiry->tries++;
	inquiry->next_ns = now_ns + AGAIN_NS;
	for (size_t i = 0; i < inquiry->servers; i++)
		server_ask(inquiry, &inquiry->server[i], now_ns);
}

struct inquiry *inquiry_open(const struct run *run, const struct resolve *resolve, int64_t deadline_ns)
{
	struct inquiry *inquiry = calloc(1, sizeof(*inquiry));
	if (!inquiry)
		return NULL;
	int64_t now_ns = clock_now();
	inquiry->run = run;
	inquiry->host = resolve->host;
	inquiry->start_ns = now_ns;
	inquiry->end_ns = deadline_min(deadline_ns, deadline_after(now_ns, LONGEST_NS));
	read_settings(inquiry);
	find_names(inquiry);
	/* Whoever can guess the number of a question could answer it. */
	if (getrandom(&inquiry->first_id, sizeof(inquiry->first_id), GRND_NONBLOCK) < 0)
		inquiry->first_id = (uint16_t)now_ns;
	find_servers(inquiry);
	for (size_t i = 0; i < inquiry->servers; i++)
		server_open(inquiry, &inquiry->server[i]);
	ask_all(inquiry, now_ns);
	return inquiry;
}

bool inquiry_advance(struct inquiry *inquiry, int64_t now_ns)
{
	for (size_t i = 0; i < inquiry->servers && !inquiry->over; i++)
		if (inquiry->server[i].ready && inquiry->server[i].fd >= 0)
			server_take(inquiry, &inquiry->server[i]);
	if (is_complete(inquiry) || now_ns >= inquiry->end_ns)
		inquiry->over = true;
	else if (now_ns >= inquiry->next_ns && inquiry->tries < INQUIRY_TRIES)
		ask_all(inquiry, now_ns);
	return inquiry->over;
}

bool inquiry_is_over(const struct inquiry *inquiry)
{
	return inquiry->over;
}

void inquiry_want(struct inquiry *inquiry, struct pollset *set)
{
	if (inquiry->over)
		return;
	for (size_t i = 0; i < inquiry->servers; i++)
		if (inquiry->server[i].fd >= 0)
			pollset_add(set, inquiry->server[i].fd, POLLIN, &inquiry->server[i].ready);
	if (inquiry->tries < INQUIRY_TRIES)
		pollset_wake(set, inquiry->next_ns);
	pollset_wake(set, inquiry->end_ns);
}

void inquiry_close(struct inquiry *inquiry)
{
	if (!inquiry)
		return;
	for (size_t i = 0; i < inquiry->servers; i++)
		sys_close(inquiry->run->trace, &inquiry->server[i].fd);
	free(inquiry);
}
