/* A dial under way.  Private to dial*.c. */
#ifndef HANDSET_CONNECT_DIAL_INTERNAL_H
#define HANDSET_CONNECT_DIAL_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"
#include "connect/attempt.h"
#include "connect/connector.h"
#include "connect/dial_proxy.h"
#include "net/transport.h"
#include "resolve/resolve.h"

struct dial_config;
struct dial_result;
struct run;

#define ATTEMPTS (2 * LOOKUP_ADDRS)

struct dial {
	const struct run *run;
	const struct dial_config *config; /* borrowed */
	struct connector connector;
	struct resolve resolve;
	size_t queued[2]; /* addresses of each look-up that an attempt has been made for */
	size_t last;      /* the look-up that the last attempt was from */
	struct attempt attempts[ATTEMPTS];
	size_t count; /* attempts made */
	struct attempt *winner;
	struct transport transport;    /* of the winner, until the result has it */
	bool covered;                  /* its layer is laid, and the handshake of that begun */
	bool ready;                    /* poll has something to tell of that handshake */
	struct addr local;             /* of the winner, once it is known */
	int64_t connect_ns;            /* how long the winner took; 0: it is not told of yet */
	struct dial_proxy *dial_proxy; /* NULL: without a proxy */
	int64_t start_ns, deadline_ns, next_ns;
	int64_t report_ns;  /* when to tell next that there is no answer yet */
	struct fault worst; /* the failure that says most */
	char failures[800]; /* what became of each address */
	struct text failed;
	size_t failed_count;
};

#endif
