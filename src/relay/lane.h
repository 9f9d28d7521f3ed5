/* The lanes of a pump, for pump.c alone: how a piece of data gets from one end to the other. */
#ifndef HANDSET_RELAY_LANE_H
#define HANDSET_RELAY_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/transport.h"

struct pump;

/* After so many bytes a relay has shown that it is bulk, and what costs a syscall and saves many is
 * done. */
#define BULK_BYTES 65536

/* How a step of a lane went. */
enum lane_result {
	LANE_WAITS,  /* nothing happened: from_ready and to_ready tell what poll is to say */
	LANE_MOVED,  /* something did */
	LANE_ENDED,  /* the source has ended; what is held is still to be written */
	LANE_FAILED, /* the pump's read_err or write_err says why */
};

/* Each moves one piece: what is held is written, else something is read. */
enum lane_result lane_copy(struct pump *pump, int64_t now_ns);     /* through a buffer */
enum lane_result lane_splice(struct pump *pump, int64_t now_ns);   /* one end is a pipe */
enum lane_result lane_sendfile(struct pump *pump, int64_t now_ns); /* from a file */
enum lane_result lane_discard(struct pump *pump, int64_t now_ns); /* from a TCP socket to nowhere */
/* Neither end is a pipe: through one of our own. */
enum lane_result lane_pipe(struct pump *pump, int64_t now_ns);
enum lane_result lane_packets(struct pump *pump, int64_t now_ns); /* packets, many at a time */

/* ---- what the lanes share (lane.c) ---- */

/* Chooses the lane of PUMP by what the ports of its ends allow, and by whether the bytes must be
 * seen. */
void lane_choose(struct pump *pump);

/* Whether PUMP has read something that is still to be written. */
bool lane_holds(const struct pump *pump);

/* Whether PUMP has replies to telnet commands to write before anything else.  They wait for the end
 * of a piece that has been written in part, so that no sequence in the data is torn apart. */
bool lane_owes_replies(const struct pump *pump);

/* Take to be ready what may be tried before poll has been asked. */
void lane_assume_ready(struct pump *pump);

/* The kernel does not move data between these two: PUMP copies, for good. */
void lane_fall_back(struct pump *pump);

/* Gives PUMP, which has none, a buffer of SIZE bytes.  False without memory. */
bool lane_take_buffer(struct pump *pump, size_t size);

/* Takes the buffer of PUMP back, where it has one. */
void lane_give_buffer(struct pump *pump);

/* Data has been read at NOW_NS. */
void lane_count_read(struct pump *pump, int64_t now_ns);

/* The source of PUMP has ended: by a reset, where it has been reset before (struct transport). */
enum lane_result lane_end(struct pump *pump);

/* PUMP fails with ERR, in *WHERE: its read_err or its write_err. */
enum lane_result lane_fail(int *where, int err);

/* Returns what a read, or a write, that came to IO and not to IO_DONE comes to for PUMP. */
enum lane_result lane_not_read(struct pump *pump, enum io io);
enum lane_result lane_not_written(struct pump *pump, enum io io);

/* ---- lanes that need something of their own ---- */

/* Take the pipe of its own that lane_pipe needs.  False when there is none to have. */
bool lane_pipe_open(struct pump *pump);

/* Give it back, when there is one. */
void lane_pipe_close(struct pump *pump);

/* Take what lane_packets needs, and go over to it.  False without memory. */
bool lane_packets_open(struct pump *pump);

/* It is bulk: make the pipes of the ends larger, and the buffers that the kernel does not tune.
 * Fewer wake-ups, that is all: refusal does no harm. */
void lane_enlarge(struct pump *pump);

#endif
