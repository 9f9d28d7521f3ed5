/* net/pollset: its few entries, its many, and which of them is ready. */
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/trace.h"
#include "unit.h"

#define MOST (4 * POLLSET_FEW + 1)

/* Wait on COUNT ends of one pipe that has nothing to read, of which the one at INDEX is asked for
 * what it is ready for (writing). Which became ready; -1 when that was not exactly one. */
static int ready_of(struct pollset *set, const int fds[2], size_t count, size_t index)
{
	struct trace trace = {.deadline_ns = NEVER};
	struct run run = {.trace = &trace, .deadline_ns = NEVER, .signal_fd = -1};
	struct fault fault = {.step = STEP_NONE};
	bool ready[MOST] = {false};
	int found = -1;

	pollset_clear(set);
	for (size_t i = 0; i < count; i++)
		pollset_add(set, i == index ? fds[1] : fds[0], i == index ? POLLOUT : POLLIN,
			    &ready[i]);
	pollset_wake(set, clock_now());
	CHECK_INT(pollset_wait(set, &run, &fault), 0);
	for (size_t i = 0; i < count; i++)
		if (ready[i])
			found = found < 0 ? (int)i : -2;
	return found < 0 ? -1 : found;
}

static void each_of_few_and_of_many_is_told_apart(void)
{
	static const size_t counts[] = {1, POLLSET_FEW, POLLSET_FEW + 1, MOST, 2};
	struct pollset set = {.count = 0};
	int fds[2];
	CHECK_INT(pipe(fds), 0);
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
		for (size_t index = 0; index < counts[k]; index++)
			CHECK_INT(ready_of(&set, fds, counts[k], index), (int)index);
	pollset_close(&set);
	CHECK_INT(set.count, 0);
	CHECK_INT(ready_of(&set, fds, POLLSET_FEW + 1, POLLSET_FEW), POLLSET_FEW);
	pollset_close(&set);
	close(fds[0]);
	close(fds[1]);
}

static void none_at_all_is_a_wait_until_it_is_time(void)
{
	struct trace trace = {.deadline_ns = NEVER};
	struct run run = {.trace = &trace, .deadline_ns = NEVER, .signal_fd = -1};
	struct fault fault = {.step = STEP_NONE};
	struct pollset set = {.count = 0};
	int64_t until_ns = clock_now() + 5 * NS_PER_MS;
	pollset_clear(&set);
	pollset_wake(&set, until_ns);
	pollset_wake(&set, until_ns + NS_PER_SEC);
	CHECK_INT(pollset_wait(&set, &run, &fault), 0);
	CHECK(clock_now() >= until_ns);
	pollset_close(&set);
}

UNIT_MAIN(each_of_few_and_of_many_is_told_apart, none_at_all_is_a_wait_until_it_is_time)
