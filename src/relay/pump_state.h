/* What a pump keeps: for the pump, its lanes and its filters, none of which calls the pump. */
#ifndef HANDSET_RELAY_PUMP_STATE_H
#define HANDSET_RELAY_PUMP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rate.h"
#include "proto/telnet.h"
#include "relay/buffer_pool.h"
#include "relay/dump.h"

struct http_scan;
struct telnet_replies;
struct packets;
struct transport;

enum pump_lane { LANE_COPY, LANE_SPLICE, LANE_SENDFILE, LANE_DISCARD, LANE_PIPE, LANE_PACKETS };

/* Large enough for the largest datagram that a Unix socket sends by default
 * (net.core.wmem_default). */
#define PUMP_BUFFER BUFFER_SIZE

enum pump_state {
	PUMP_OPEN,     /* reading and writing */
	PUMP_DRAINING, /* the source has ended, bytes are left to write */
	PUMP_DONE,     /* the source has ended and all is written */
	PUMP_FAILED,   /* `read_err` or `write_err` says why */
};

struct pump_config {
	struct buffer_pool *buffers; /* where buffers come from and go to */
	bool see_data;               /* the bytes must be seen: no splicing */
	bool crlf;                   /* LF becomes CRLF, CRLF stays */
	bool discard;                /* read, and throw away */
	int64_t interval_ns;         /* the pause between lines; 0: none */
	int64_t limit;               /* end after so many reads; 0: no limit */
	int64_t rate;                /* bytes a second at most; 0: no limit */
	struct telnet_replies
		*telnet; /* -t: telnet commands are taken out, and the replies put there; NULL */
	struct telnet_replies *replies; /* what is sent between the data; NULL */
	struct http_scan *request;      /* told whether the data begins with a request; NULL */
	struct dump_stream received,
		sent; /* of --output and --hex-dump: what is read, and what is written */
};

struct pump {
	struct transport *from, *to;
	struct pump_config config;
	enum pump_lane lane;
	enum pump_state state;
	int read_err, write_err;
	bool from_ready, to_ready; /* what poll said, as long as no call has contradicted it */
	bool finishing;            /* the sink is being told that no more comes */
	bool closing;    /* what is there now is still moved, then the source counts as ended */
	bool may_splice; /* the copy lane can be left for LANE_PIPE */
	bool may_queue;  /* or for LANE_PACKETS */
	unsigned queued; /* so many reads of the copy lane in a row found something */
	struct packets *packets; /* of LANE_PACKETS: what `buf` has */
	int pipe[2];             /* of LANE_PIPE */
	bool large_pipe;         /* it is one of the few large ones */
	size_t held;             /* what is in it */
	char *buf;               /* of the copy lane; NULL while it holds nothing */
	unsigned filters;        /* a bit for each that is in use (filters.c) */
	size_t buf_size;         /* of `buf` */
	unsigned growth;         /* a filter makes so many times as much of the data at most, for
				    which the buffer has room besides what is read */
	size_t start, end;       /* what of it is still to be written */
	bool rechoose;           /* a filter is done: from here on another lane may do */
	bool midway;             /* the piece that was written last was not written to its end */
	struct telnet telnet;    /* of -t */
	struct rate rate;        /* of --limit-rate */
	bool packet_held;        /* it holds a packet, which may be empty */
	bool last_was_cr;        /* of the CRLF filter */
	int64_t resume_ns;       /* no line before that time */
	bool enlarged;           /* pipes and buffers of the ends have been */
	uint64_t bytes;          /* written */
	uint64_t reads;          /* that brought data: packets, where there are any */
	int64_t first_ns;        /* when data was moved first; 0: never yet */
	int64_t moved_ns;        /* when it was moved last */
};

#endif
