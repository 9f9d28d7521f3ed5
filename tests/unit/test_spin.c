/* To try again before sleeping: when, how long, and when not. */
#include "net/spin.h"

#include "unit.h"

#define US 1000

/* How long RETRY goes on from NOW_NS, in steps of a microsecond, when nothing moves. */
static int64_t tries_us(struct spin *spin, int64_t now_ns)
{
	int64_t us = 0;
	while (us < 1000 && spin_again(spin, false, now_ns + us * US))
		us++;
	return us;
}

static void an_idle_relay_never_retries(void)
{
	struct spin spin = {.until_ns = 0};
	CHECK_INT(tries_us(&spin, 0), 0);
	CHECK_INT(tries_us(&spin, 1000 * US), 0);
}

static void after_data_it_retries_for_a_bounded_time(void)
{
	struct spin spin = {.until_ns = 0};
	CHECK(!spin_again(&spin, true, 0));
	CHECK_INT(tries_us(&spin, 0), 50);
	CHECK_INT(tries_us(&spin, 1000 * US), 0);
}

static void what_comes_within_the_time_starts_it_anew(void)
{
	struct spin spin = {.until_ns = 0};
	for (int64_t at = 0; at < 1000; at++) {
		CHECK(!spin_again(&spin, true, at * 10 * US));
		CHECK(spin_again(&spin, false, at * 10 * US + US));
	}
}

/* Of COUNT pieces of data that come too late for a try, how many a try is made after. */
static int tried(struct spin *spin, int count)
{
	int tries = 0;
	for (int64_t at = 0; at < count; at++) {
		spin_again(spin, true, at * 100 * US);
		tries += tries_us(spin, at * 100 * US) > 0;
	}
	return tries;
}

static void a_slow_peer_is_given_up(void)
{
	struct spin spin = {.until_ns = 0};
	CHECK_INT(tried(&spin, 8), 8);
	CHECK_INT(tried(&spin, 640), 10);
}

static void a_peer_that_becomes_fast_is_found_again(void)
{
	struct spin spin = {.until_ns = 0};
	tried(&spin, 64);
	CHECK(!spin_again(&spin, true, 0));
	CHECK(spin_again(&spin, false, 0));
	CHECK(!spin_again(&spin, true, US));
	CHECK_INT(tried(&spin, 8), 8);
}

UNIT_MAIN(an_idle_relay_never_retries, after_data_it_retries_for_a_bounded_time,
	  what_comes_within_the_time_starts_it_anew, a_slow_peer_is_given_up,
	  a_peer_that_becomes_fast_is_found_again)
