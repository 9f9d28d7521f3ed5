/* What every floor above the trace is handed: the trace and the console to report to, and what ends
 * the whole run. */
#ifndef HANDSET_NET_RUN_H
#define HANDSET_NET_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct console;
struct fault;
struct trace;

struct run {
	struct trace *trace;
	struct console *console;
	int64_t deadline_ns; /* --deadline, absolute and monotonic; NEVER without it */
	int64_t limit_ns;    /* --deadline as it was given, for the message */
	int signal_fd; /* readable when a signal asks to end (signals.h); -1 when none is caught */
	bool reloads;  /* SIGHUP asks to read rules again, and not to end */
	sigset_t signal_mask; /* as it was at the start, for programs that are run */
};

/* Fills in FAULT: the time of --deadline ran out in what FORMAT says ("relay with ...").  Returns
 * -1. */
int run_deadline_fault(const struct run *run, struct fault *fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
