/* Writing what the program records of itself: the trace, messages, dumps.  These descriptors may
 * belong to others as well (stderr), or to a reader that does not read (a pipe), and what is
 * written to them cannot be part of the trace. */
#ifndef HANDSET_TRACE_RECORD_H
#define HANDSET_TRACE_RECORD_H

#include <stddef.h>
#include <stdint.h>

/* Write LEN BYTES to FD, which need not be non-blocking.  A reader that does not read is waited for
 * until DEADLINE_NS, or until a signal that is caught (net/signals.h) asks to end.  0, or the errno
 * of what could not be written. */
int record_write(int fd, const char *bytes, size_t len, int64_t deadline_ns);

#endif
