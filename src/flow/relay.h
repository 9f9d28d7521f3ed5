/* The relay: two pumps and one poll, and the policy of when they end (cli.md, "End of input"). */
#ifndef HANDSET_FLOW_RELAY_H
#define HANDSET_FLOW_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/pump.h"

struct fault;
struct run;
struct transport;

struct relay_config {
	bool stdin_closed;   /* there was no descriptor 0 at the start */
	bool no_stdin;       /* -d, or a listener on /dev/null: stdin is not read */
	bool no_shutdown;    /* --no-shutdown: the write side stays open at end of input */
	bool exit_on_eof;    /* --exit-on-eof: the peer's end of file ends the relay */
	bool send_only;      /* --send-only */
	bool recv_only;      /* --recv-only */
	bool crlf;           /* -C */
	int64_t quit_ns;     /* -q: this long after end of input; NEVER: wait for the peer */
	int64_t idle_ns;     /* -w, --idle-timeout; NEVER */
	int64_t interval_ns; /* -i: the pause between lines sent; 0 */
	int64_t recv_limit;  /* -W: packets; 0: no limit */
};

/* A running relay between the network and this side. */
struct relay {
	const struct run *run;
	const struct relay_config *config;
	struct transport *net, *local; /* borrowed */
	const char *peer;              /* for messages: "127.0.0.1 port 80 (tcp)" */
	struct pump in;                /* from stdin to the network */
	struct pump out;               /* from the network to stdout */
	bool in_told, out_told;        /* their ends have been dealt with */
	bool over;
	bool lingering;        /* --send-only: waits for the peer's kernel to have it all */
	const char *closed_by; /* who ended it: "peer", "stdin", "idle", ... */
	int64_t quit_at_ns;    /* -q: an absolute time; NEVER */
	struct fault *fault;   /* the first failure; the caller's */
};

/* Relay until both directions have ended: the caller has set run, config, net, local, peer and fault, the rest is zero.  0, or
 * -1 with the fault; neither transport is closed, the counters can be read afterwards. */
int relay_run(struct relay *relay);

#endif
