/* A limit of bytes a second. */
#include "base/rate.h"

#include "base/clock.h"

/* Short enough to be smooth, long enough not to be busy. */
#define SLICE_NS (25 * NS_PER_MS)

/* Who comes so late has been busy elsewhere and makes up for it; who comes later had nothing to
 * send, and saves nothing up. */
#define LATE_NS (200 * NS_PER_MS)

static int64_t cost_ns(const struct rate *rate, int64_t bytes)
{
	return (bytes * NS_PER_SEC + rate->per_sec - 1) / rate->per_sec;
}

/* What a slice lets through: at least a byte, however long that takes. */
static int64_t slice_bytes(const struct rate *rate)
{
	int64_t bytes = rate->per_sec / (NS_PER_SEC / SLICE_NS);
	return bytes > 0 ? bytes : 1;
}

size_t rate_room(const struct rate *rate)
{
	return rate->per_sec >= 4 ? (size_t)(rate->per_sec / 4) : 1;
}

static void settle_idle(struct rate *rate, int64_t now_ns)
{
	int64_t slice_ns = cost_ns(rate, slice_bytes(rate));
	if (rate->paid_ns == 0 || now_ns - rate->paid_ns > slice_ns + LATE_NS)
		rate->paid_ns = now_ns - slice_ns;
}

bool rate_share(struct rate *rate, size_t *len, bool whole, int64_t now_ns, int64_t *resume_ns)
{
	settle_idle(rate, now_ns);
	int64_t wanted = slice_bytes(rate);
	if ((uint64_t)wanted > *len)
		wanted = (int64_t)*len;
	int64_t ready_ns = rate->paid_ns + cost_ns(rate, wanted);
	if (now_ns < ready_ns) {
		*resume_ns = ready_ns;
		return false;
	}
	int64_t credit_ns = now_ns - rate->paid_ns;
	int64_t credit = credit_ns / NS_PER_SEC * rate->per_sec +
			 credit_ns % NS_PER_SEC * rate->per_sec / NS_PER_SEC;
	if (!whole && *len > (uint64_t)credit)
		*len = (size_t)(credit > wanted ? credit : wanted);
	return true;
}

void rate_sent(struct rate *rate, size_t len, int64_t now_ns)
{
	settle_idle(rate, now_ns);
	rate->paid_ns += cost_ns(rate, (int64_t)len);
}
