/* The cause of a probe that was not accepted. */
#ifndef HANDSET_DIAGNOSE_PROBE_EXPLAIN_H
#define HANDSET_DIAGNOSE_PROBE_EXPLAIN_H

struct fault;
struct probe;
struct probe_target;

/* Fill in FAULT for PROBE, which has not been accepted, with the cause. */
void probe_explain(const struct probe *probe, const struct probe_target *target,
		   struct fault *fault);

#endif
