/* A pump between two transports of a test. */
#include "pump_bench.h"

#include <stdlib.h>

struct bench *bench_new(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	if (!bench)
		abort();
	bench->now_ns = MS;
	return bench;
}

void bench_start(struct bench *bench)
{
	bench->config.buffers = &bench->buffers;
	pump_open(&bench->pump, &bench->from.transport, &bench->to.transport, &bench->config,
		  bench->now_ns);
}

struct bench *bench_streams(const struct fake_step *reads, const struct fake_step *writes,
			    struct pump_config config)
{
	struct bench *bench = bench_new();
	bench->config = config;
	fake_open(&bench->from, reads, NULL, true);
	fake_open(&bench->to, NULL, writes, true);
	bench_start(bench);
	return bench;
}

bool bench_step(struct bench *bench)
{
	bench->pump.from_ready = true;
	bench->pump.to_ready = true;
	return pump_step(&bench->pump, bench->now_ns++);
}

/* Whether the source has nothing more, ever: its script is over, or it has none. */
static bool is_exhausted(const struct fake *fake)
{
	return fake->transport.in.fd < 0 && (!fake->reads || fake->reads->what == FAKE_OVER);
}

bool bench_run(struct bench *bench)
{
	struct pump *pump = &bench->pump;
	for (int rounds = 0; rounds < ROUNDS; rounds++) {
		if (pump_step(pump, bench->now_ns))
			continue;
		bool from = pump_wants_from(pump);
		bool to = pump_wants_to(pump, bench->now_ns);
		bool later = pump->resume_ns > bench->now_ns;
		if (pump_is_over(pump) || (!from && !to && !later))
			return true;
		if (from && !to && is_exhausted(&bench->from))
			return true;
		pump->from_ready |= from;
		pump->to_ready |= to;
		bench->waits += from || to;
		bench->now_ns = later && !from && !to ? pump->resume_ns : bench->now_ns + 1;
	}
	return false;
}

void bench_free(struct bench *bench)
{
	pump_close(&bench->pump);
	buffer_pool_close(&bench->buffers);
	free(bench);
}
