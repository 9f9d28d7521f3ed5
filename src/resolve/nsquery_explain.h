/* The cause of a failed look-up, from what the name servers say when they are asked directly. */
#ifndef HANDSET_RESOLVE_NSQUERY_EXPLAIN_H
#define HANDSET_RESOLVE_NSQUERY_EXPLAIN_H

struct fault;
struct nsquery;
struct resolve;

/* Set FAULT's cause to what NSQUERY has found of RESOLVE's failure (it has a step and an exit
 * status already); what it does not prove stays as it is.  Causes: name-unknown, name-alias,
 * name-no-address, name-family, name-server-silent, name-server-refused, name-server-failed,
 * name-server-garbled, name-server-tcp, name-server-unreachable, name-server-missing. */
void nsquery_explain(const struct nsquery *nsquery, const struct resolve *resolve,
		     struct fault *fault);

#endif
