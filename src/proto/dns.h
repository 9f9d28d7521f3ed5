/* Questions to a name server and its answers, as far as a diagnosis needs them (RFC 1035): one
 * question for the addresses of a name, and of the answer how it went and how many addresses it
 * has. Pure. */
#ifndef HANDSET_PROTO_DNS_H
#define HANDSET_PROTO_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_NAME 256     /* a name as text, the NUL included */
#define DNS_MESSAGE 1232 /* what fits any path in one datagram (DNS flag day 2020) */

enum dns_type { DNS_A = 1, DNS_AAAA = 28 };

/* RFC 1035, 4.1.1. */
enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5
};

struct dns_answer {
	uint16_t id;
	int rcode;            /* enum dns_rcode, or another number up to 15 */
	bool truncated;       /* not all of it fitted the datagram */
	int addresses;        /* records of the type that was asked for */
	char alias[DNS_NAME]; /* the last CNAME's target, raw; empty: there is none */
};

/* The question for the TYPE of NAME, which may end with a dot.  How long it is; 0 when NAME is none
 * that the DNS can have (a label that is empty or longer than 63 bytes) or SIZE is too small. */
size_t dns_question(uint8_t *message, size_t size, uint16_t id, const char *name,
		    enum dns_type type);

/* Read an answer to a question for TYPE.  0, or -1 when MESSAGE is none. */
int dns_read(struct dns_answer *answer, const uint8_t *message, size_t len, enum dns_type type);

/* Whether MESSAGE belongs to QUESTION, as dns_question made it: it is an answer with that number,
 * and repeats the question, which an error need not (RFC 5452, 9.1).  What does not belong comes
 * from a liar, or from something on the way. */
bool dns_belongs(const uint8_t *message, size_t len, const uint8_t *question, size_t question_len);

/* "NXDOMAIN", "SERVFAIL"; NULL when it has no name here. */
const char *dns_rcode_name(int rcode);

#endif
