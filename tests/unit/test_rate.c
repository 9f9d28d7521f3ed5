/* A limit of bytes a second: accurate, smooth, and neither saved up nor lost. */
#include "base/rate.h"

#include "base/clock.h"
#include "unit.h"

/* What goes through at RATE from START_NS on for SECONDS, when pieces of SIZE bytes are there at
 * once and who sends comes LATE_NS late each time. */
static int64_t through(struct rate *rate, int64_t start_ns, int64_t seconds, size_t size,
		       int64_t late_ns)
{
	int64_t sent = 0, now_ns = start_ns, resume_ns = 0;
	while (now_ns < start_ns + seconds * NS_PER_SEC) {
		size_t len = size;
		if (!rate_share(rate, &len, false, now_ns, &resume_ns)) {
			CHECK(resume_ns > now_ns);
			now_ns = resume_ns + late_ns;
			continue;
		}
		CHECK(len > 0 && len <= size);
		rate_sent(rate, len, now_ns);
		sent += (int64_t)len;
	}
	return sent;
}

static void rates_are_kept_to_five_percent(void)
{
	static const int64_t rates[] = {100, 999, 10000, 65536, 1000000, 123456789, 2147483647};
	static const size_t sizes[] = {1, 100, 65536, 262144};
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			struct rate rate = {.per_sec = rates[i]};
			/* A byte at a time a gigabyte would take long to try. */
			if (rates[i] / (int64_t)sizes[j] > 1000000)
				continue;
			int64_t sent = through(&rate, 7 * NS_PER_SEC, 5, sizes[j], 0);
			CHECK(sent >= rates[i] * 5 * 95 / 100);
			CHECK(sent <= rates[i] * 5 * 102 / 100);
		}
	}
}

static void who_comes_late_makes_up_for_it(void)
{
	struct rate rate = {.per_sec = 100000};
	int64_t sent = through(&rate, NS_PER_SEC, 5, 65536, 60 * NS_PER_MS);
	CHECK(sent >= 500000 * 95 / 100 && sent <= 500000 * 102 / 100);
}

static void a_byte_a_second_is_a_byte_a_second(void)
{
	struct rate rate = {.per_sec = 1};
	CHECK_INT(through(&rate, NS_PER_SEC, 10, 100, 0), 10);
}

static void an_idle_stream_saves_nothing_up(void)
{
	struct rate rate = {.per_sec = 1000};
	int64_t resume_ns = 0;
	through(&rate, NS_PER_SEC, 1, 1000, 0);
	size_t len = 1000;
	CHECK(rate_share(&rate, &len, false, 100 * NS_PER_SEC, &resume_ns));
	CHECK_INT((long long)len, 25);
}

static void a_packet_goes_whole_and_is_paid_for_afterward(void)
{
	struct rate rate = {.per_sec = 1000};
	int64_t resume_ns = 0;
	size_t len = 500;
	CHECK(rate_share(&rate, &len, true, NS_PER_SEC, &resume_ns));
	CHECK_INT((long long)len, 500);
	rate_sent(&rate, len, NS_PER_SEC);
	CHECK(!rate_share(&rate, &len, true, NS_PER_SEC, &resume_ns));
	CHECK_INT(resume_ns, NS_PER_SEC + 500 * NS_PER_MS);
	CHECK(rate_share(&rate, &len, true, resume_ns, &resume_ns));
}

static void no_more_is_held_than_flows_evenly(void)
{
	CHECK_INT((long long)rate_room(&(struct rate){.per_sec = 1}), 1);
	CHECK_INT((long long)rate_room(&(struct rate){.per_sec = 1000}), 250);
}

UNIT_MAIN(rates_are_kept_to_five_percent, who_comes_late_makes_up_for_it,
	  a_byte_a_second_is_a_byte_a_second, an_idle_stream_saves_nothing_up,
	  a_packet_goes_whole_and_is_paid_for_afterward, no_more_is_held_than_flows_evenly)
