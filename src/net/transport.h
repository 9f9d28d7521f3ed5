/* Transports: what a pump reads from and writes to.  A small table of functions over one or two
 * descriptors; nobody asks which kind it has.  Sockets are in transport_sock.c, stdin and stdout
 * together in transport_stdio.c. */
#ifndef HANDSET_NET_TRANSPORT_H
#define HANDSET_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/addr.h"

struct packets;
struct trace;
struct transport;

/* How a read or a write went. */
enum io {
	IO_DONE,   /* *MOVED says how much; of packets: one whole, an empty one included */
	IO_AGAIN,  /* nothing now: poll says when */
	IO_EOF,    /* a read: there is no more */
	IO_FAILED, /* errno tells */
};

struct transport_ops {
	enum io (*recv)(struct transport *transport, void *buf, size_t size, size_t *moved);
	enum io (*send)(struct transport *transport, const void *buf, size_t len, size_t *moved);
	/* The same for many packets, where the port says so: those that are there are queued in BUF
	 * of PACKETS_BUFFER bytes, one at least; of those in the queue as many are sent as one call
	 * takes. */
	enum io (*recv_many)(struct transport *transport, char *buf, struct packets *packets);
	enum io (*send_many)(struct transport *transport, const char *buf, struct packets *packets);
	/* Report the reader at the other end that no more comes: half-close.  0, or -1 with errno.
	 */
	int (*finish)(struct transport *transport);
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

struct transport {
	const struct transport_ops *ops;
	struct trace *trace;
	struct port in, out;
	bool packets;     /* boundaries are kept; a read of nothing is an empty packet */
	bool terminal;    /* `in` is one: nobody waits there for the end of a file */
	bool idle_input;  /* `in` is /dev/null or closed */
	bool keep_out;    /* `finish` leaves `out` open: other sessions follow (-k) */
	bool any_peer;    /* a socket that hears all and answers the last */
	bool no_nowait;   /* RWF_NOWAIT does not work on `out` */
	bool no_segments; /* UDP_SEGMENT does not */
	struct addr peer; /* the last one heard, for `any_peer`; else the one that is listened to;
			     len 0: everybody */
	struct peer_filter filter; /* with `any_peer` */
	uint64_t strangers;        /* packets of others that were left aside */
};

/* The connected socket FD of TYPE (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), which the transport
 * owns from now on. */
void transport_sock(struct transport *transport, struct trace *trace, int fd, int type);

/* stdin and stdout, whose flags stay as they are.  STDIN_CLOSED: there was no descriptor 0 at the
 * start, what is there now only keeps the number. */
void transport_stdio(struct transport *transport, struct trace *trace, bool stdin_closed);

#endif
