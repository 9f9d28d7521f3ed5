/* --output and --hex-dump: copies of all that goes over the network, in both directions.  What is
 * received is dumped when it has been read, what is sent when it has been written, so that the dump
 * is what the wire had, whatever the filters make of it and wherever it goes then.  Lines and bytes
 * gather in buffers that are written before every wait and at the end. */
#ifndef HANDSET_RELAY_DUMP_H
#define HANDSET_RELAY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct addr;
struct console;
struct fault;
struct run;
struct transport;

struct dump_config {
	const char *output; /* --output: the bytes; NULL */
	const char *hex;    /* --hex-dump: lines (hexdump.h), "-" for stderr; NULL */
	bool append;        /* --append-output: what is in the files stays */
};

/* One file that is written. */
struct dump_file {
	const char *name; /* NULL: there is none */
	int fd;           /* -1: stderr, behind the trace */
	int err;          /* the first failure to write it; 0 */
	char *buffer;
	struct text gathered; /* in it */
};

struct dump {
	struct console *console;
	struct dump_file output, hex;
	unsigned streams; /* named so far */
};

/* One direction of a conversation. */
struct dump_stream {
	struct dump *dump; /* NULL: it is not dumped */
	char direction;    /* '<' received, '>' sent */
	const char *tag;   /* whose it is, where there are many; "" */
	const struct transport
		*net; /* its last peer is the tag instead, where it has any_peer; or NULL */
	uint64_t offset;
};

/* Whether CONFIG asks for a dump. */
bool dump_is_wanted(const struct dump_config *config);

/* Open the files of CONFIG; a FIFO is waited for (file_open_write).  0, or -1 with FAULT and
 * nothing left open. */
int dump_open(struct dump *dump, const struct run *run, const struct dump_config *config,
	      struct fault *fault);

/* Append to OUT what tells one of many peers apart: its address, "client3" when it has none. */
void dump_name_peer(struct dump *dump, struct text *out, const struct addr *peer);

/* LEN bytes have been moved at NOW_NS; of packets a whole one. */
void dump_moved(struct dump_stream *stream, const char *bytes, size_t len, int64_t now_ns);

/* Write what has gathered; DUMP may be NULL.  0, or -1 with FAULT when anything could not be
 * written since the start. */
int dump_flush(struct dump *dump, struct fault *fault);

/* The same, and the files are closed; safe to call twice. */
int dump_close(struct dump *dump, struct fault *fault);

#endif
