/* The fault that stands for all attempts of a dial. */
#ifndef HANDSET_CONNECT_DIAL_FAULT_H
#define HANDSET_CONNECT_DIAL_FAULT_H

struct attempt;
struct dial;
struct fault;

/* ATTEMPT has come to nothing, for the reason in FAULT: add the cause to FAULT, and keep it among
 * what DIAL fails with. */
void dial_fault_add(struct dial *dial, const struct attempt *attempt, struct fault *fault);

/* No address is left: fill in FAULT.  Returns -1. */
int dial_fault_all(struct dial *dial, struct fault *fault);

/* The time of DIAL is up: fill in FAULT.  Returns -1. */
int dial_fault_timeout(struct dial *dial, struct fault *fault);

#endif
