/* Datagrams that did not arrive: what came back instead, and from whom. */
#ifndef HANDSET_RELAY_RELAY_ICMP_H
#define HANDSET_RELAY_RELAY_ICMP_H

#include <stdbool.h>

#include "base/cause.h"

struct fault;
struct pump;
struct relay;
struct text;
struct transport;

/* PUMP has failed with ERR. Whether the relay goes on all the same, which is told with -v: a server
 * that hears everybody does not end for one of them, and a path over which answers have come may
 * recover. */
bool relay_forgives(struct relay *relay, struct pump *pump, int err);

/* Add to FAULT, of TRANSPORT's datagrams, with an errno, who turned them away. */
void relay_explain_datagram(const struct relay *relay, const struct transport *transport,
			    struct fault *fault);

/* Appends, as a line of its own, what silence means after datagrams were sent.  Returns the cause,
 * or CAUSE_NONE when nothing was sent or something has come. */
enum cause relay_judge_silence(const struct relay *relay, struct text *out);

#endif
