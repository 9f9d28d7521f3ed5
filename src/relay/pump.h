/* A pump moves data in one direction, from one transport to another.  It never waits: it says what
 * it waits for.
 *
 * States.  OPEN reads and writes.  It becomes DRAINING when the source has ended (LANE_ENDED) or
 * counts as ended (pump_end): nothing is read any more, what is held is written.  DRAINING becomes
 * DONE when nothing is held; any state becomes DONE by pump_stop, and FAILED when a lane says so
 * (LANE_FAILED, with read_err or write_err).  pump_forget makes a FAILED pump of packets OPEN again
 * without the packet that failed.  Only pump.c writes `state`.
 *
 * Lanes.  One of them moves the data at a time: the kernel (splice(2), sendfile(2)), or a copy
 * through a buffer where the bytes must be seen (filters, packets, a trace with data) or where a
 * port does not splice.  A pump begins in the lane that its ports allow, may leave LANE_COPY once
 * for LANE_PIPE or LANE_PACKETS when it has shown to be bulk, and falls back to LANE_COPY for good
 * when the kernel refuses.  Lanes (lane*.c) and filters (filters.c) know pump_state.h alone and
 * call nothing of this file.
 *
 * Readiness.  from_ready and to_ready hold from what poll has said, or from a guess at an end that
 * does not block, until a call says EAGAIN.  A pump that is not ready and holds nothing waits for
 * the source; one that holds something waits for the sink; it never waits for both, except in
 * LANE_SPLICE, where EAGAIN does not say which end it means.
 *
 * Owners.  Both transports are borrowed.  The pump owns its buffer, which it has only while it
 * holds data (an idle pump costs no memory), its queue of packets and its pipe.
 *
 * Invariant.  What was read is in the buffer, the queue or the pipe until a write has taken it: a
 * lane is changed only while nothing is held, or takes along what is. */
#ifndef HANDSET_RELAY_PUMP_H
#define HANDSET_RELAY_PUMP_H

#include "relay/pump_state.h"

/* A pump from FROM to TO, both borrowed, with nothing moved at NOW_NS. */
void pump_open(struct pump *pump, struct transport *from, struct transport *to,
	       const struct pump_config *config, int64_t now_ns);

/* Move what can be moved without waiting, a bounded share of it.  Whether anything happened. */
bool pump_step(struct pump *pump, int64_t now_ns);

/* Try again without asking poll, where a call does not block. */
void pump_retry(struct pump *pump);

/* Nothing more is to come: what the source holds now is moved, then the pump is done. */
void pump_drain(struct pump *pump);

/* The source counts as ended; what is in the buffer is written. */
void pump_end(struct pump *pump);

/* The packet that failed is given up, and the pump goes on. */
void pump_forget(struct pump *pump);

/* PUMP is over, and its sink is told that no more comes; pump_step goes on with that where it takes
 * more than one call. */
void pump_finish(struct pump *pump);

/* Whether that is still under way. */
bool pump_is_finishing(const struct pump *pump);

/* PUMP counts as done: nothing more is read or written, and a failure is forgiven. */
void pump_stop(struct pump *pump);

/* Whether PUMP has come to its end, well or not. */
bool pump_is_over(const struct pump *pump);

/* Whether PUMP waits for data to read, or for room to write: for the events that its ports have. */
bool pump_wants_from(const struct pump *pump);
bool pump_wants_to(const struct pump *pump, int64_t now_ns);

/* Whether PUMP has replies to telnet commands to write before anything else, at its end too. */
bool pump_owes_replies(const struct pump *pump);

/* Bytes that were read and not yet written. */
size_t pump_pending(const struct pump *pump);

void pump_close(struct pump *pump);

#endif
