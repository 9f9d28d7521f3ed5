/* The limits of this process. */
#ifndef HANDSET_NET_LIMITS_H
#define HANDSET_NET_LIMITS_H

/* May have as many descriptors as the administrator allows (the hard limit of RLIMIT_NOFILE, getrlimit(2)) and not only
 * as many as is usual.  A refusal does no harm. */
void limits_raise_files(void);

#endif
