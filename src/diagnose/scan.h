/* -z with several ports, or over UDP: which of them are open.  Many are tried at the same time, and
 * printed in order, as a table. */
#ifndef HANDSET_DIAGNOSE_SCAN_H
#define HANDSET_DIAGNOSE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ports.h"

struct dial_config;
struct fault;
struct run;

struct scan_config {
	struct ports ports;  /* of the caller, who closes them; none: the target alone */
	int64_t interval_ns; /* -i: the pause between two ports */
	bool shuffle;        /* -r: in random order */
	bool several;        /* filled in: there is a table of them, with -v or without */
};

/* Scan the target of DIAL, at CONFIG's ports, each given DIAL's time.  0 when at least one is open;
 * else -1 with FAULT, whose status is that of the cause that all ports share, or STATUS_FAILED. */
int scan(const struct run *run, struct scan_config *config, const struct dial_config *dial,
	 struct fault *fault);

#endif
