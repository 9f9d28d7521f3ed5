/* What is reported of a dial: words for people, notes for programs. */
#ifndef HANDSET_CONNECT_DIAL_REPORT_H
#define HANDSET_CONNECT_DIAL_REPORT_H

#include <stdint.h>

struct dial;
struct fault;

/* An attempt has failed with FAULT, and others go on. */
void dial_report_failure(const struct dial *dial, const struct fault *fault);

/* DIAL has a winner: the connection, and the attempts that are given up for it. */
void dial_report_winner(struct dial *dial);

/* The connection can be used: a line for people. */
void dial_report_success(const struct dial *dial);

/* With -vv: that there is no answer yet, after a second and at twice the time each time. */
void dial_report_pending(struct dial *dial, int64_t now_ns);

/* How DIAL stands (SIGUSR1). */
void dial_report(const struct dial *dial);

#endif
