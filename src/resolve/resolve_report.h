/* What is reported of a look-up: that it is slow, and which family is missing. */
#ifndef HANDSET_RESOLVE_RESOLVE_REPORT_H
#define HANDSET_RESOLVE_RESOLVE_REPORT_H

#include <stdint.h>

struct resolve;
struct run;

/* With -v, once there is a connection: that the look-up was slow, or that one family is still
 * missing. */
void resolve_report(struct resolve *resolve, const struct run *run);

/* The family that holds RESOLVE up, and what the name servers said when they were asked for it. */
void resolve_report_slow(struct resolve *resolve, const struct run *run, int64_t now_ns);

#endif
