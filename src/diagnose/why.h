/* --why: the way to HOST PORT, or to a socket path, layer by layer, and the cause of what is wrong
 * with it. */
#ifndef HANDSET_DIAGNOSE_WHY_H
#define HANDSET_DIAGNOSE_WHY_H

struct dial_config;
struct fault;
struct run;

/* Diagnose the way to what CONFIG names, for as long as its connect_ns says, else 10 seconds at
 * most.  A line for each layer goes to stdout, then the verdict.  0 when all is well, or well
 * enough; else -1 with FAULT, the cause. */
int why(const struct run *run, const struct dial_config *config, struct fault *fault);

#endif
