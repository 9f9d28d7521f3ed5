/* A limit of bytes a second, kept by the time at which what has been sent is paid for: exact in the
 * long run, in slices of 25 ms in the short.  Pure. */
#ifndef HANDSET_BASE_RATE_H
#define HANDSET_BASE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate {
	int64_t per_sec; /* bytes; 0: no limit */
	int64_t paid_ns; /* what has been sent is paid for at that time; 0: nothing has been sent
			    yet */
};

/* How much may be held at most for a stream of that rate, so that it flows evenly: a quarter of a
 * second's worth. */
size_t rate_room(const struct rate *rate);

/* Cut *LEN, which is not 0, to what may be sent at NOW_NS.  False: nothing, before *RESUME_NS; then
 * a whole slice, or what there is, may be.  WHOLE: a packet that cannot be cut goes as soon as a
 * part of it may, and is paid for afterward. */
bool rate_share(struct rate *rate, size_t *len, bool whole, int64_t now_ns, int64_t *resume_ns);

/* LEN bytes have been sent at NOW_NS. */
void rate_sent(struct rate *rate, size_t len, int64_t now_ns);

#endif
