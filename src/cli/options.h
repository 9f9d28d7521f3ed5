/* The command line: one table of options feeds getopt_long, --help, the conflict rules and
 * --dump-options. */
#ifndef HANDSET_CLI_OPTIONS_H
#define HANDSET_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "connect/dial.h"
#include "diagnose/scan.h"
#include "net/child.h"
#include "relay/dump.h"
#include "relay/relay.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/trace.h"

struct fault;
struct option_row;

#define OPTION_ROWS 128 /* room for the rows of the table */

enum action {
	ACTION_CONNECT,
	ACTION_LISTEN,
	ACTION_SCAN,
	ACTION_PATH,
	ACTION_WHY,
	ACTION_PING,
	ACTION_HELP,
	ACTION_VERSION,
	ACTION_DUMP_OPTIONS,
	ACTION_DUMP_CAUSES,
	ACTION_DUMP_LETTERS
};

enum proxy_dns { PROXY_DNS_USUAL, PROXY_DNS_LOCAL, PROXY_DNS_REMOTE };

/* An option as it was given. */
struct option_given {
	const struct option_row *row;
	bool by_name; /* "--wait", not "-w": how messages call it */
};

/* A proxy as it was given. */
struct proxy_given {
	const char *address; /* -x */
	const char *url;     /* --proxy */
	const char *auth;    /* --proxy-auth */
	const char *user;    /* -P */
	int type;            /* -X: an enum proxy_type */
	int dns;             /* --proxy-dns: an enum proxy_dns */
};

struct options {
	/* What is run. */
	enum action action;
	int help_topic; /* --help: a group, or TOPIC_FIRST or _ALL (option_table.h) */
	struct trace_config trace;
	struct console_config console;
	struct dial_config dial;
	struct scan_config scan;
	int64_t ping_count; /* --ping=N; 0: until interrupted */
	bool until_open;    /* --until-open */
	int64_t pause_ns;   /* -i between tries and pings, one second unless it was given */
	struct serve_config serve;
	struct relay_config relay;
	struct dump_config dump;
	struct child_config program;
	bool pass;           /* -F */
	bool progress;       /* --progress */
	int64_t deadline_ns; /* --deadline; NEVER */

	/* As it was given: goes into the configurations above when all is known. */
	struct endpoint_config endpoint;
	bool unixsock;  /* -U */
	const char *to; /* --to */
	struct proxy_given proxy;
	const char *source;                     /* -s */
	const char *source_port;                /* -p */
	int64_t wait_ns, connect_ns;            /* -w, --connect-timeout; NEVER */
	int64_t idle_ns;                        /* --idle-timeout; NEVER */
	struct option_given given[OPTION_ROWS]; /* the options that were given, each once */
	size_t given_count;
	char letters[OPTION_ROWS]; /* the letters that were given, each once */
	char culprit;              /* the letter that a usage error is about; 0: another one */
};

/* Parse ARGV (which getopt_long(3) may reorder) into OPTIONS, whose strings point into ARGV and the
 * environment. 0, or -1 with FAULT of status 2 (3 where -n meets a name): one clear line. OPTIONS
 * is usable for its `trace` and `console` even then. */
int options_parse(struct options *options, int argc, char **argv, struct fault *fault);

#endif
