/* What --why, --path and --ping answer, on standard output.  Errors and the trace go to stderr
 * (trace/trace.h). */
#ifndef HANDSET_NET_STDOUT_WRITE_H
#define HANDSET_NET_STDOUT_WRITE_H

#include <stdbool.h>
#include <stddef.h>

struct fault;
struct run;

/* Write LEN bytes of TEXT to stdout, all of it, RUN's deadline and signals watched meanwhile.  0,
 * or -1 with FAULT. */
int stdout_write(const struct run *run, const char *text, size_t len, struct fault *fault);

/* Whether answers are to be colored: --color, NO_COLOR, and whether stdout is a terminal. */
bool stdout_color(const struct run *run);

#endif
