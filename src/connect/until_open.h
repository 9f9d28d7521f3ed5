/* --until-open: try again until the connection succeeds. */
#ifndef HANDSET_CONNECT_UNTIL_OPEN_H
#define HANDSET_CONNECT_UNTIL_OPEN_H

#include <stdint.h>

struct dial_config;
struct dial_result;
struct fault;
struct run;

/* Dial CONFIG, and when that fails for a reason that may pass, again PAUSE_NS after the last try
 * began, until RUN's deadline. 0 and *RESULT as dial(), or -1 with FAULT: STATUS_TIMEOUT with the
 * last failure when time is up. */
int dial_until_open(const struct run *run, const struct dial_config *config, int64_t pause_ns,
		    struct dial_result *result, struct fault *fault);

#endif
