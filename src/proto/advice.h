/* What a failure means, and what to do next about it, by the stable name of its cause. Pure. */
#ifndef HANDSET_PROTO_ADVICE_H
#define HANDSET_PROTO_ADVICE_H

/* One sentence without a stop, in the imperative ("start the service, or ..."); NULL when there is
 * none for CAUSE, which may be NULL. */
const char *advice_for(const char *cause);

/* What CAUSE means for who wants to connect, a sentence without a capital and a stop; NULL as
 * above. */
const char *verdict_for(const char *cause);

#endif
