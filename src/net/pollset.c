/* One poll(2) for all that is waited for. */
#include "net/pollset.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "net/run.h"
#include "net/signals.h"
#include "trace/sys.h"

/* How often a poll that was interrupted is made again. */
#define TRIES 100

void pollset_clear(struct pollset *set)
{
	set->count = 0;
	set->wake_ns = NEVER;
	set->report = set->reload = false;
}

static void give_back(struct pollset *set)
{
	if (set->fds == set->few_fds)
		return;
	free(set->fds);
	free(set->ready);
}

/* Room for one more. */
static bool grow(struct pollset *set)
{
	if (set->count < set->size)
		return true;
	if (set->size == 0) {
		set->fds = set->few_fds;
		set->ready = set->few_ready;
		set->size = POLLSET_FEW;
		return true;
	}
	size_t size = 2 * set->size;
	struct pollfd *fds = calloc(size, sizeof(*fds));
	bool **ready = calloc(size, sizeof(*ready));
	if (!fds || !ready) {
		free(fds);
		free(ready);
		set->failed = true;
		return false;
	}
	memcpy(fds, set->fds, set->count * sizeof(*fds));
	memcpy(ready, set->ready, set->count * sizeof(*ready));
	give_back(set);
	set->fds = fds;
	set->ready = ready;
	set->size = size;
	return true;
}

void pollset_add(struct pollset *set, int fd, short events, bool *ready)
{
	if (!grow(set))
		return;
	set->fds[set->count] = (struct pollfd){.fd = fd, .events = events};
	set->ready[set->count++] = ready;
}

void pollset_wake(struct pollset *set, int64_t wake_ns)
{
	set->wake_ns = deadline_min(set->wake_ns, wake_ns);
}

static int take_signal(struct pollset *set, const struct run *run, struct fault *fault)
{
	int number = signals_take(run);
	if (number == SIGUSR1)
		set->report = true;
	bool reload = number == SIGHUP && run->reloads;
	set->reload |= reload;
	if (number == SIGUSR1 || number == 0 || reload)
		return 0;
	*fault = (struct fault){.step = STEP_SIGNAL, .err = number, .status = STATUS_FAILED};
	return -1;
}

/* Interrupted (EINTR), or short of memory for a moment (EAGAIN), poll(2) is called again, with what
 * is left of the time. */
static int poll_until(struct pollset *set, const struct run *run, int64_t until_ns)
{
	int count = -1;
	errno = EINTR;
	for (int tries = 0; count < 0 && sys_is_again(errno) && tries < TRIES; tries++)
		count = sys_poll(run->trace, set->fds, set->count,
				 deadline_poll_ms(until_ns, clock_now()));
	return count;
}

int pollset_wait(struct pollset *set, const struct run *run, struct fault *fault)
{
	set->signaled = false;
	if (run->signal_fd >= 0)
		pollset_add(set, run->signal_fd, POLLIN, &set->signaled);
	if (set->failed)
		return fault_errno(fault, STEP_LOCAL, ENOMEM, "wait for %zu descriptors",
				   set->count);
	int count = poll_until(set, run, deadline_min(set->wake_ns, run->deadline_ns));
	if (count < 0)
		return sys_is_again(errno) ? 0 : fault_errno(fault, STEP_LOCAL, errno, "poll");
	for (size_t i = 0; count > 0 && i < set->count; i++) {
		if (set->fds[i].revents) {
			*set->ready[i] = true;
			count--;
		}
	}
	return set->signaled ? take_signal(set, run, fault) : 0;
}

void pollset_close(struct pollset *set)
{
	give_back(set);
	*set = (struct pollset){.count = 0};
}

int pollset_wait_ready(const struct run *run, int fd, short events, struct fault *fault)
{
	struct pollset set = {.count = 0};
	bool ready = false;
	int status = 0;
	do {
		pollset_clear(&set);
		pollset_add(&set, fd, events, &ready);
		status = pollset_wait(&set, run, fault);
	} while (status == 0 && !ready && clock_now() < run->deadline_ns);
	pollset_close(&set);
	return status != 0 ? -1 : ready;
}

int pollset_pause(const struct run *run, int64_t until_ns, void (*report)(const void *context),
		  const void *context, struct fault *fault)
{
	struct pollset set = {.count = 0};
	int status = 0;
	while (status == 0 && clock_now() < deadline_min(until_ns, run->deadline_ns)) {
		pollset_clear(&set);
		pollset_wake(&set, until_ns);
		status = pollset_wait(&set, run, fault);
		if (set.report && report)
			report(context);
	}
	pollset_close(&set);
	return status;
}
