/* What is due at the ends of a relay: the decisions of the manual's END OF INPUT, apart from all
 * I/O.
 *
 * States.  Standard input is open, has ended with all of it sent, or is not read.  The peer is
 * there, has ended its side, or has reset the connection.  The reader of standard output is there
 * or gone.  Between two connections there is neither stdin nor stdout, and an end or a break is
 * handed on as what it is.
 *
 * The relay fills in what it knows whenever one of these changes or time is up, asks, and does what
 * is due; nothing here remembers anything. */
#ifndef HANDSET_RELAY_ENDS_H
#define HANDSET_RELAY_ENDS_H

#include <stdbool.h>
#include <stdint.h>

enum ends_input {
	INPUT_OPEN,  /* may bring more, or has brought what is not sent yet */
	INPUT_ENDED, /* has ended, and all of it is sent */
	INPUT_NONE,  /* is not read */
};

struct ends {
	/* What was asked for. */
	bool no_shutdown; /* --no-shutdown */
	bool at_once;     /* -N */
	bool send_only;   /* --send-only */
	bool keeps_turn;  /* a listener with -k: other clients follow */
	bool waitless;    /* -w 0: nothing is waited for */
	int64_t quit_ns;  /* -q; NEVER */
	/* The kind of the relay. */
	bool connections; /* between two connections, or with a program */
	bool packets;     /* datagrams: there is nothing to shut down, or to be acknowledged */
	bool proxied;     /* through a proxy */
	bool request;     /* an HTTP request was sent first */
	/* This side. */
	enum ends_input input;
	bool null_input; /* it is /dev/null or closed */
	bool terminal;   /* it is one */
	bool reader_gone;
	/* The peer. */
	bool peer_over;      /* it has ended its side or broken off, and the rest is written */
	bool reset;          /* it has reset the connection */
	bool answered;       /* it has sent something */
	bool unacknowledged; /* some of what was sent, as far as it was asked */
	/* When; 0: not yet. */
	int64_t start_ns;
	int64_t input_ended_ns;
	int64_t shut_ns;        /* the write side was shut down */
	int64_t reader_gone_ns; /* it was noticed */
	int64_t reset_ns;       /* the same */
	int64_t received_ns;    /* something came last, or was written to stdout */
	int64_t sent_ns;        /* something was sent last */
};

enum ends_action {
	ENDS_GO_ON,
	ENDS_SHUT_DOWN,   /* the write side */
	ENDS_TAKE_REST,   /* take what has come by now, and end */
	ENDS_WELL,        /* end: all is done */
	ENDS_UNWANTED,    /* end with status 0: all is sent, and nobody wants what comes */
	ENDS_BROKEN_PIPE, /* end as a filter does, by SIGPIPE */
	ENDS_BREAK,       /* end with the fault of the reset, which the other connection gets too */
};

/* What is due, and when to ask again at the latest. */
struct ends_due {
	enum ends_action action;
	int64_t wake_ns; /* NEVER */
};

/* Returns what is due at NOW_NS. */
struct ends_due ends_due(const struct ends *ends, int64_t now_ns);

/* Why the write side stays open after the end of input. */
enum ends_wait {
	WAIT_NONE,
	WAIT_REQUEST, /* for the answer to an HTTP request */
	WAIT_PROXY,   /* for a proxy that may end both directions */
};

/* Returns for what a shutdown waits once the input has ended. */
enum ends_wait ends_wait(const struct ends *ends);

/* Returns whether an end of the peer at NOW_NS may be its answer to our shutdown, which some take
 * for a hang-up. */
bool ends_is_hangup(const struct ends *ends, int64_t now_ns);

/* Returns whether an idle end cuts the input off. */
bool ends_cuts_off(const struct ends *ends);

/* What is known of a socket that poll reports without being asked for data: POLLERR, POLLHUP. */
struct ends_watch {
	bool error;        /* SO_ERROR has one */
	bool data_for_it;  /* read here, and not yet written to it */
	bool data_from_it; /* perhaps: its end has not been read yet */
	bool input;        /* stdin may still bring something for it, which is to be told then */
	bool program;      /* a program is at its other end, which may leave things unread */
};

enum ends_found {
	FOUND_NOTHING, /* both directions have ended, and the rest of one is on its way */
	FOUND_OVER,    /* nobody is there any more, and nothing is lost by that */
	FOUND_UNREAD,  /* nobody takes what is sent to it; what it has sent is passed on */
	FOUND_BREAK,   /* it has broken off */
};

/* Returns what the report means. */
enum ends_found ends_judge_watch(const struct ends_watch *watch);

#endif
