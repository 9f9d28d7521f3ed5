/* The interfaces of link-local addresses, from /proc and /sys: if_nametoindex(3) would open a
 * socket that the trace does not see. */
#ifndef HANDSET_HOST_IFSCOPE_H
#define HANDSET_HOST_IFSCOPE_H

#include <stdint.h>

struct text;

/* The index of interface NAME; 0 when there is none. */
uint32_t ifscope_index(const char *name);

/* Append the names of the interfaces that have a link-local IPv6 address, with commas between them.
 */
void ifscope_candidates(struct text *out);

#endif
