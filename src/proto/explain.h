/* The cause of a failure in plain words, where the step and its errno tell it. Pure. */
#ifndef HANDSET_PROTO_EXPLAIN_H
#define HANDSET_PROTO_EXPLAIN_H

struct fault;

/* Add to FAULT the cause that fits its step and errno, unless it has one that was found by
 * evidence. */
void explain_fault(struct fault *fault);

#endif
