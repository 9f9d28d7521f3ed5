/* -C: LF becomes CRLF, and a CRLF that is there already stays as it is. Pure. */
#ifndef HANDSET_BASE_CRLF_H
#define HANDSET_BASE_CRLF_H

#include <stdbool.h>
#include <stddef.h>

/* Convert LEN bytes at FROM into TO, which has room for twice as many; *LAST_WAS_CR carries over
 * from one piece to the next.  Returns how many bytes TO has now. */
size_t crlf_convert(char *to, const char *from, size_t len, bool *last_was_cr);

#endif
