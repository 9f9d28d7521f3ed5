/* The relay: two pumps and one poll, and the policy of when they end (handset(1), "END OF INPUT").
 *
 * Parts.  `in` moves data from this side to the network, `out` from the network to this side.  A
 * pump knows how its direction stands and never waits; the relay decides what the end of one
 * direction means for the other, when time is up, and what is waited for.
 *
 * A round.  relay_advance lets both pumps take a step and deals with their ends; as long as
 * anything moves it wants to be called again at once.  When nothing does, it tries for some 50 us
 * what poll would say (net/spin.h); then relay_want adds what it waits for to the caller's pollset:
 * at most two ends, watches for errors and for the reader of stdout (relay_watch.h), and the next
 * deadline.  The caller waits: a session alone
 * in session_run, a listener for all its clients.
 *
 * Ends.  When `in` is done the network is told (half-close) as soon as ends.h says so, and the
 * clock of -q starts; when `out` is done the reader of this side is told.  Each end is dealt with
 * once (in_reported, out_reported). The relay is over when both pumps are, nothing is left to tell,
 * and no finish is under way; or at once, when a side fails, a deadline passes, or the
 * configuration says that the end of one side is the end of all.  -q ends differently: what the
 * source holds by then is still moved (pump_drain).
 *
 * Failures.  The first one is kept in `fault`, and what came before it is still delivered.  The
 * kernel is asked for evidence (relay_explain.c, relay_icmp.c) only then.
 *
 * Owners.  Transports, configuration and `fault` are borrowed, mostly from a session; the relay
 * owns its pumps and the replies to telnet commands.
 *
 * Invariant.  `over` is false while bytes that were read could still be written and nothing has
 * failed, or `fault` says how many were not. */
#ifndef HANDSET_RELAY_RELAY_H
#define HANDSET_RELAY_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "net/spin.h"
#include "proto/http_request.h"
#include "relay/pump.h"
#include "relay/relay_end.h"
#include "relay/ends.h"

struct buffer_pool;
struct dump;
struct fault;
struct pollset;
struct progress;
struct run;
struct telnet_replies;
struct transport;

/* What all relays of the run share. */
struct relay_services {
	struct dump *dump;           /* --output, --hex-dump; NULL */
	struct progress *progress;   /* --progress; NULL */
	struct buffer_pool *buffers; /* lent to the relays that copy */
};

struct relay_config {
	const struct relay_services *services;
	bool stdin_closed;   /* there was no descriptor 0 at the start */
	bool no_stdin;       /* -d, or stdin is /dev/null or closed: it is not read */
	bool no_shutdown;    /* --no-shutdown: the write side stays open at end of input */
	bool shut_at_once;   /* -N: whoever the peer is, it is shut down at end of input */
	bool exit_on_eof;    /* --exit-on-eof: the peer's end of file ends the relay */
	bool send_only;      /* --send-only */
	bool recv_only;      /* --recv-only */
	bool crlf;           /* -C */
	bool telnet;         /* -t */
	bool stats;          /* --stats */
	int64_t quit_ns;     /* -q: this long after end of input; NEVER: wait for the peer */
	int64_t idle_ns;     /* -w, --idle-timeout; 0: nothing is waited for; NEVER */
	int rate;            /* --limit-rate: bytes a second in each direction; 0: no limit */
	int64_t interval_ns; /* -i: the pause between lines sent; 0 */
	int64_t recv_limit;  /* -W: packets; 0: no limit */
};

/* A socket that is watched for errors and hang-ups while no direction waits for it. */
struct relay_watch {
	bool fired;   /* poll has reported something */
	bool hung_up; /* it has been looked at, and will say nothing else: it is not watched any
			 more */
};

/* A running relay between the network and this side. */
struct relay {
	const struct run *run;
	const struct relay_config *config;
	struct transport *net, *local; /* borrowed */
	const char *peer;              /* for messages: "127.0.0.1 port 80 (tcp)" */
	const char *address; /* the same for events: "127.0.0.1:80"; NULL: none is known */
	const char *tag;     /* for dumps: which of many it is; "" */
	const char *
		local_name; /* the same where `local` is a connection too; NULL: stdin and stdout */
	bool local_is_program; /* `local` leads to a program, which may end and leave things unread
				*/
	struct pump in;        /* from stdin to the network */
	struct pump out;       /* from the network to stdout */
	struct telnet_replies *replies; /* -t: replies from one to the other; NULL */
	struct spin spin;               /* before the next wait */
	bool in_reported, out_reported; /* their ends have been dealt with */
	bool over;        /* there is nothing more to do: `fault` tells whether it went well */
	bool peer_eof;    /* the peer has ended its side, and all of it is passed on */
	bool asked;       /* the last poll asked for data of the peer */
	bool asked_input; /* the same of stdin */
	struct relay_watch net_watch, local_watch;
	bool reader_reported;     /* poll has reported that the reader of stdout is gone */
	struct ends ends;         /* what is known of the ends, and what was asked for */
	struct ends handed;       /* the same of an end that is handed on to a proxy (--to, -x) */
	bool calls;               /* it was this side that connected */
	struct http_scan request; /* of what is sent first */
	int64_t due_ns;           /* when something is due at the ends; NEVER */
	int64_t stirred_ns;       /* when data was last seen under way */
	enum relay_end closed_by; /* who or what ended it */
	uint64_t sent, received;  /* bytes that --progress knows of */
	int64_t start_ns;
	struct fault *fault; /* the first failure; the caller's */
};

/* Whether CONFIG asks for nothing but to pass bytes on, so that whoever has the socket can do
 * without a relay. */
bool relay_is_plain(const struct relay_config *config);

/* Begin: the caller has set run, config, net, local, peer, fault and what of `ends` and `handed`
 * tells the kind of the relay; the rest is zero. */
void relay_open(struct relay *relay, int64_t now_ns);

/* Move what can be moved without waiting, after a wait or before the first, and see to deadlines
 * and ends.  Whether it is to be called again without a wait: something happened, or may at any
 * moment; `over` tells that it was the last. */
bool relay_advance(struct relay *relay, int64_t now_ns);

/* Add to SET what RELAY waits for. */
void relay_want(struct relay *relay, struct pollset *set, int64_t now_ns);

/* It has broken off: whoever is still connected gets a reset and not an end that looks like success
 * (SO_LINGER, socket(7)). */
void relay_abort(const struct relay *relay);

/* Free what it holds; neither transport is closed, the counters can be read afterward. */
void relay_close(struct relay *relay);

#endif
