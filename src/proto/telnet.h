/* The commands of telnet (RFC 854) in a stream that comes from a server: taken out, and every offer
 * and request refused. Pure. */
#ifndef HANDSET_PROTO_TELNET_H
#define HANDSET_PROTO_TELNET_H

#include <stddef.h>

enum telnet_state {
	TELNET_DATA,
	TELNET_COMMAND,     /* behind IAC */
	TELNET_OPTION,      /* behind IAC and `verb` */
	TELNET_SUB,         /* in a sub-negotiation */
	TELNET_SUB_COMMAND, /* behind an IAC in it */
};

/* Where the stream stands, zero at first: a command may be split over any number of reads. */
struct telnet {
	enum telnet_state state;
	unsigned char verb;
};

/* A reply needs so many bytes. */
#define TELNET_REPLY 3

/* Take the commands out of LEN bytes at DATA, in place: how many are left.  WILL is answered with
 * DONT, DO with WONT, and nothing else is answered; the replies go to REPLIES, which has room for
 * LEN + TELNET_REPLY - 1 bytes, and *REPLIED says how many bytes they are. */
size_t telnet_strip(struct telnet *telnet, char *data, size_t len, char *replies, size_t *replied);

#endif
