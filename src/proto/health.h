/* How a TCP connection does, judged from what the kernel counts (tcp(7), TCP_INFO, SIOCOUTQ):
 * whether what was sent has arrived, and if not, who or what is in the way.  What is measured is
 * stated, what follows from it is called so. Pure. */
#ifndef HANDSET_PROTO_HEALTH_H
#define HANDSET_PROTO_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"

struct text;

/* What the judgment is made from. */
struct health_facts {
	uint64_t sent, received; /* bytes written to the socket, and read from it */
	int unacknowledged;      /* of `sent`: not acknowledged by the peer */
	int unsent;              /* of these: have not left this host even once */
	bool knows_window;       /* this kernel tells the next one: */
	unsigned window;         /* what the peer is ready to take */
	unsigned mss;            /* the largest segment */
	unsigned pmtu;           /* the path MTU that the kernel believes in */
	unsigned timeouts;       /* retransmissions by timer, one after the other without an
				    acknowledgment */
	unsigned probes;         /* of a closed window, without an answer */
	unsigned retransmits;    /* since the beginning */
	unsigned segments; /* with data, sent since the beginning, repeated ones included; 0: not
			      known */
	int64_t stuck_ns;  /* since data was last sent, repeated or not; -1: not known */
	int64_t heard_ns;  /* since the peer was last heard, by an acknowledgment at the least; -1:
			      not known */
	int64_t received_ns;   /* since data last came from the peer; -1: not known */
	unsigned out_of_order; /* segments that came before what they follow; 0: none, or not known
				*/
	int icmp; /* the errno of an ICMP error that came in since the last acknowledgment; 0: none
		   */
};

enum health {
	HEALTH_WELL,   /* all that was sent is acknowledged, or on its way */
	HEALTH_SILENT, /* the peer has it all, and has said nothing since */
	HEALTH_HOLE,   /* segments of the peer are lost, what follows them is here: a path MTU black
			  hole, it seems */
	HEALTH_HELD,   /* the peer's window is open, and yet this host does not let data out */
	HEALTH_NOT_READING, /* the peer's window is closed: its program does not read */
	HEALTH_MTU,     /* large segments are lost, smaller ones were not: a path MTU black hole, it
			   seems */
	HEALTH_UNHEARD, /* nothing at all was acknowledged after the handshake */
	HEALTH_REJECTED, /* nothing is acknowledged, and an ICMP error says why */
	HEALTH_LOST,     /* acknowledgments have stopped */
};

/* Judge FACTS, and append one line on it without an end ("the peer does not read: its window is 0
 * ..."). */
enum health health_judge(const struct health_facts *facts, struct text *out);

/* Append how much was not delivered: "196608 of 200000 bytes sent were never acknowledged, 131072
 * of these never left"; false and nothing when all was. */
bool health_undelivered(const struct health_facts *facts, struct text *out);

/* Returns the cause that HEALTH is; CAUSE_NONE where there is no fault to find. */
enum cause health_cause(enum health health);

#endif
