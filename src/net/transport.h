/* Transports: what data is read from and written to.
 *
 * A transport is a table of functions over one or two descriptors.  Nobody asks which kind it has:
 * what it can do is asked of its ports (struct port), and what a kind does not have is NULL.
 * A kind is a file: transport_sock.c, transport_stdio.c, transport_sctp.c.
 *
 * States.  A transport that is zero is closed.  transport_open makes one of a connected socket,
 * transport_stdio of what was inherited.  When a layer lies over it, its handshake comes before
 * data: transport_handshake is called until it is done; without a layer it is done at once.  Then
 * data goes both ways, until recv says IO_EOF and finish has ended the other way.
 *
 * Owners.  A transport is a value, owned by the variable it is in, and owns its descriptors, and
 * the transport below it where it is a layer.  It points nowhere into itself, so to copy it is to
 * move it: whoever hands one over forgets its own.  Dial and accept make transports, a session or a
 * member of the broker closes them.  Only the attempt to connect and the listener, which come
 * before, have sockets without a transport.
 *
 * Waiting.  Nothing here waits.  IO_AGAIN means that poll says when to call again: for the events
 * that the port has then (a layer may have to write before it can read).  Data that a layer has in
 * its own buffer poll does not know of: transport_pending.
 *
 * Failures.  IO_FAILED leaves `err`, and `words` where an errno does not say it; transport_explain
 * makes a fault of both.
 *
 * The socket below (transport_socket) is for those who ask the kernel about the connection or tune
 * it (TCP_INFO, the error queue, socket options, names), and for who hands a whole connection on
 * (-F, -e): who does that looks at transport_is_bare first.  Nobody else reads, writes or closes
 * it. */
#ifndef HANDSET_NET_TRANSPORT_H
#define HANDSET_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "proto/addr.h"

struct packets;
struct pollset;
struct trace;
struct transport;

/* How a read or a write went. */
enum io {
	IO_DONE,   /* *MOVED says how much; of packets: one whole, an empty one included */
	IO_AGAIN,  /* nothing now: poll says when */
	IO_EOF,    /* a read: there is no more */
	IO_FAILED, /* `err` and `words` say why */
};

struct transport_ops {
	enum io (*recv)(struct transport *transport, void *buf, size_t size, size_t *moved);
	/* The same, and what it brings stays there for the next read; NULL: not possible. */
	enum io (*peek)(struct transport *transport, void *buf, size_t size, size_t *moved);
	enum io (*send)(struct transport *transport, const void *buf, size_t len, size_t *moved);
	/* The same of what holds a secret: the trace shows SHOWN, of the same length, instead;
	 * NULL: a send does not show its bytes. */
	enum io (*send_secret)(struct transport *transport, const void *buf, const void *shown,
			       size_t len, size_t *moved);
	/* The same for many packets, where the port says so: those that are there are queued in BUF
	 * of PACKETS_BUFFER bytes, one at least; of those in the queue as many are sent as one call
	 * takes. */
	enum io (*recv_many)(struct transport *transport, char *buf, struct packets *packets);
	enum io (*send_many)(struct transport *transport, const char *buf, struct packets *packets);
	/* The phase before data.  IO_AGAIN: the events of `in` say what poll is to wait for.  NULL:
	 * there is none. */
	enum io (*handshake)(struct transport *transport);
	/* Whether a read would bring something although poll says nothing.  NULL: never. */
	bool (*pending)(const struct transport *transport);
	/* Report the reader at the other end that no more comes: half-close.  IO_AGAIN: the events
	 * of `out` say what poll is to wait for. */
	enum io (*finish)(struct transport *transport);
	void (*close)(struct transport *transport);
};

/* Decides whose packets are heard.  Zero: everybody's. */
struct peer_filter {
	bool (*admits)(const void *rules, const struct addr *peer); /* may report a refusal */
	const void *rules;                                          /* borrowed */
};

enum port_kind {
	PORT_SOCKET,
	PORT_PIPE,
	PORT_FILE,
	PORT_TERMINAL,
	PORT_NULL,
	PORT_CLOSED,
	PORT_OTHER
};

/* One direction of a transport, as the pump sees it. */
struct port {
	int fd;              /* to poll; -1 when closed */
	short events;        /* for that: POLLIN or POLLOUT, whatever the direction */
	enum port_kind kind; /* for the transport itself; the pump goes by what follows */
	bool eager;          /* may be tried without asking poll first: it never blocks */
	bool splice;         /* splice(2) may move data here without blocking */
	bool sendfile;       /* in: sendfile(2) may read here */
	bool discard;        /* in: recv(2) with MSG_TRUNC may throw away what is there */
	bool resizable;      /* a pipe that F_SETPIPE_SZ can enlarge */
	bool untuned; /* the kernel does not tune this buffer of the socket, so that it may be
			 enlarged */
	bool many;    /* packets can be moved many at a time */
};

/* Many receivers: a multicast or broadcast address. */
struct transport_group {
	struct addr to;
	struct addr own; /* of the socket, which may hear itself */
};

struct transport {
	const struct transport_ops *ops; /* NULL: closed */
	struct trace *trace;
	void *state; /* of a layer, or of another kind that keeps something; its own to free */
	struct port in, out;
	int socket;        /* transport_socket */
	bool layered;      /* what goes over the socket is not the data itself */
	bool finished;     /* this host has ended its side of the socket */
	bool arrives;      /* what the socket has taken is with the peer already, who may not have
			      read it: a Unix socket, whose SIOCOUTQ counts memory */
	bool datagrams;    /* a socket without a connection: its errors end nothing */
	bool packets;      /* boundaries are kept; a read of nothing is an empty packet */
	bool terminal;     /* `in` is one: nobody waits there for the end of a file */
	bool idle_input;   /* `in` is /dev/null or closed */
	bool keep_out;     /* `finish` leaves `out` open: other sessions follow (-k) */
	bool reset;        /* by the peer already, and the kernel has told: where the end
			      comes, it was that */
	bool any_peer;     /* a socket that hears all and answers the last */
	bool no_nowait;    /* RWF_NOWAIT does not work on `out` */
	bool no_segments;  /* UDP_SEGMENT does not */
	bool events_asked; /* of SCTP: notifications are asked for */
	struct addr peer;  /* the last one heard, for `any_peer`; else the one that is
			      listened to; len 0: everybody */
	struct transport_group *group; /* with `any_peer`: all is sent there, and not to the last
					  one heard; its own to free; NULL */
	struct peer_filter filter;     /* with `any_peer` */
	uint64_t strangers;            /* packets of others that were left aside */
	int err;                   /* of the call that failed: errno; EPROTO where `words` say it */
	const struct fault *words; /* the reason, status and cause of that failure; NULL: `err` says
				      all.  They live as long as the transport. */
};

/* Whether TRANSPORT is one. */
bool transport_is_open(const struct transport *transport);

/* Closes it, and what is below; safe to call twice. */
void transport_close(struct transport *transport);

/* The functions of struct transport_ops. */

enum io transport_recv(struct transport *transport, void *buf, size_t size, size_t *moved);
enum io transport_peek(struct transport *transport, void *buf, size_t size, size_t *moved);
enum io transport_send(struct transport *transport, const void *buf, size_t len, size_t *moved);
enum io transport_send_secret(struct transport *transport, const void *buf, const void *shown,
			      size_t len, size_t *moved);
enum io transport_handshake(struct transport *transport);
bool transport_pending(const struct transport *transport);
enum io transport_finish(struct transport *transport);

/* Adds to SET what PORT waits for after IO_AGAIN: of a read or a handshake `in`, of a write or a
 * finish `out`. */
void port_want(const struct port *port, struct pollset *set, bool *ready);

/* Adds a watch for errors alone to SET. */
void transport_watch(const struct transport *transport, struct pollset *set, bool *ready);

/* Fills in FAULT for the call on TRANSPORT that has failed at STEP; FORMAT gives the action.
 * Returns -1. */
int transport_explain(const struct transport *transport, struct fault *fault, enum step step,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ---- the socket below ---- */

/* Returns the socket below, borrowed; -1 where there is none.  See above who may ask. */
int transport_socket(const struct transport *transport);

/* Whether what goes over the socket is the data itself, so that whoever has the socket can do
 * without the transport. */
bool transport_is_bare(const struct transport *transport);

/* Returns the error that the kernel has for the socket (SO_ERROR, which is taken by that); 0. */
int transport_take_error(const struct transport *transport);

/* Makes the peer see a reset, and not an end that looks like success, when the socket is closed
 * (SO_LINGER, socket(7)). */
void transport_abort(const struct transport *transport);

/* ---- for those that implement them ---- */

/* Returns what errno says of a call that has failed: IO_AGAIN, or IO_FAILED with it in `err`. */
enum io transport_failed(struct transport *transport);

/* Returns what a send comes to that returned N, with errno when that is -1; *MOVED says how much.
 */
enum io transport_sent(struct transport *transport, ssize_t n, size_t *moved);

/* Returns IO_FAILED, for the reason in WORDS, which the transport owns. */
enum io transport_failed_words(struct transport *transport, const struct fault *words);

#endif
