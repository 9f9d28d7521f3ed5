/* Questions to name servers under way.  Private to nsquery*.c. */
#ifndef HANDSET_RESOLVE_NSQUERY_INTERNAL_H
#define HANDSET_RESOLVE_NSQUERY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/errqueue.h"
#include "proto/addr.h"
#include "proto/dns.h"
#include "proto/resolvconf.h"
#include "trace/purpose.h"

struct run;
struct text;

#define NSQUERY_NAMES 4 /* the name as it was given, and in as many search domains as fit */
#define NSQUERY_TYPES 2 /* A and AAAA */
#define NSQUERY_TRIES \
	3 /* a datagram may be lost: silence is said of a server that was asked so often */

/* Whether the C library goes by nsswitch.conf; musl asks /etc/hosts and the name servers. */
#ifdef __GLIBC__
#define LIBC_READS_NSSWITCH true
#else
#define LIBC_READS_NSSWITCH false
#endif

struct ns_question {
	bool asked;
	bool answered; /* by `answer` after `took_ns` */
	int err;       /* the server could not be asked: an errno */
	int64_t asked_ns, took_ns;
	struct dns_answer answer;
};

struct ns_server {
	struct addr addr;
	char name[64]; /* its address, as resolv.conf has it */
	int fd;
	bool ready;
	unsigned strays; /* datagrams that came and belong to no question */
	bool icmp;       /* it could not be asked, as `error` says */
	struct icmp_error error;
	struct ns_question questions[NSQUERY_NAMES][NSQUERY_TYPES];
};

struct nsquery {
	const struct run *run;
	struct resolvconf conf;
	bool conf_read;               /* there is an /etc/resolv.conf */
	bool in_hosts[NSQUERY_TYPES]; /* /etc/hosts has an address of that type for the name */
	bool asks_dns;                /* nsswitch.conf has it, itself or by systemd-resolved */
	const char *host;
	size_t names;
	char name[NSQUERY_NAMES][DNS_NAME];
	size_t itself; /* which of them is the name as it was given */
	size_t servers;
	struct ns_server server[RESOLVCONF_SERVERS];
	uint16_t first_id;
	int tries;
	int64_t start_ns, next_ns, end_ns;
	bool over;
	struct purpose purpose;
};

/* How a question ended. */
enum verdict {
	VERDICT_FOUND,       /* with addresses */
	VERDICT_NONE,        /* the name exists, without such an address */
	VERDICT_NXDOMAIN,    /* there is no such name */
	VERDICT_TRUNCATED,   /* the answer does not fit a datagram */
	VERDICT_REFUSED,     /* the server does not answer this host, or for that name */
	VERDICT_SERVFAIL,    /* it could not find out */
	VERDICT_ODD,         /* another error */
	VERDICT_GARBLED,     /* what came belongs to no question */
	VERDICT_SILENT,      /* nothing came */
	VERDICT_UNREACHABLE, /* it could not be asked */
	VERDICT_UNASKED,
};

/* How the question of SERVER for the name NAME and the type TYPE ended. */
enum verdict nsquery_verdict(const struct ns_server *server, size_t name, size_t type);

/* Append, as a line of its own that begins with \n, what the search domains made of the name. */
void nsquery_format_search(struct text *out, const struct nsquery *nsquery);

/* The types in the order of `questions`. */
extern const enum dns_type nsquery_types[NSQUERY_TYPES];

#endif
