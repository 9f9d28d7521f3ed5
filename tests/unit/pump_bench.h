/* A pump between two transports of a test, and a clock that only waits move on. */
#ifndef HANDSET_TESTS_PUMP_BENCH_H
#define HANDSET_TESTS_PUMP_BENCH_H

#include <stdint.h>

#include "fake_transport.h"
#include "relay/pump.h"

#define MS 1000000LL
/* More than any test needs. */
#define ROUNDS 10000

struct bench {
	struct fake from, to;
	struct buffer_pool buffers;
	struct pump_config config;
	struct pump pump;
	int64_t now_ns;
	unsigned waits; /* so often it had to wait for an end */
};

/* A bench whose transports and configuration are still to be made; bench_free frees it. */
struct bench *bench_new(void);

/* Open its pump. */
void bench_start(struct bench *bench);

/* A bench with a pump of CONFIG from a stream of READS to one of WRITES. */
struct bench *bench_streams(const struct fake_step *reads, const struct fake_step *writes,
			    struct pump_config config);

/* Move until nothing moves; poll says that whatever is waited for is there, and time passes. False
 * when the pump does not come to rest. */
bool bench_run(struct bench *bench);

/* Move what can be moved at once, with both ends ready.  Whether anything happened. */
bool bench_step(struct bench *bench);

void bench_free(struct bench *bench);

#endif
