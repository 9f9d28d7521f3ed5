/* --broker and --chat: what each client sends goes to all others.  A client that reads too slowly
 * neither holds up the others nor makes the program grow: it misses messages, whole ones, and is
 * told of. */
#ifndef HANDSET_SERVE_BROKER_H
#define HANDSET_SERVE_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "net/transport.h"
#include "proto/addr.h"
#include "relay/dump.h"
#include "serve/client.h"
#include "serve/message_log.h"

/* As much as one read brings; a message is not larger. */
#define ROOM_READ 65536

/* What a line of --chat may have before it is cut in two. */
#define CHAT_LINE 1024

/* So much of what one read has brought goes out in one message of --chat. */
#define ROOM_SPOKEN 32768

struct broker;

struct member {
	struct client client;
	struct broker *broker;
	struct member *next, *prev;
	int fd;
	unsigned number; /* "user1" */
	bool ready;      /* poll has something to tell of it */
	bool ended;      /* it has ended its side, and still hears the others */
	bool lagging;    /* it has still to get what the log has from `at` on, and `current` before
			    that */
	uint64_t at;
	struct message *current; /* in the middle of this one; NULL */
	size_t sent;             /* so much of it is sent */
	uint64_t missed;         /* messages */
	int64_t heard_ns;        /* when it last said something, or took something */
	int err;                 /* what broke it off; 0 */
	char *line;              /* --chat: the line that it has begun, of CHAT_LINE bytes; NULL */
	size_t line_len;
	uint64_t said; /* bytes */
};

struct broker {
	const struct run *run;
	const struct serve_config *config;
	struct member *members;
	size_t count;
	size_t lagging; /* of the members */
	unsigned last_number;
	struct message_log log;
	struct transport local; /* stdin goes to all */
	bool local_ready, local_over;
	struct dump_stream announced; /* what stdin has said */
	bool closing;                 /* all go: nobody is told of it */
	struct text spoken;           /* --chat: what has come of this read, in spoken_buffer */
	char spoken_buffer[ROOM_SPOKEN];
	char buffer[ROOM_READ];
};

/* An empty room; NULL with FAULT when there is no memory. */
struct broker *broker_open(const struct run *run, const struct serve_config *config,
			   struct fault *fault);

/* Pass on what stdin has brought; whether it brought anything. */
bool broker_advance(struct broker *broker);

/* Add what the room itself waits for: stdin. */
void broker_want(struct broker *broker, struct pollset *set);

/* A client of the room on the socket FD, of PEER; NULL with FAULT. */
struct client *client_member(struct broker *broker, int fd, const struct addr *peer,
			     struct fault *fault);

/* Give LEN bytes of DATA to all but FROM, which may be NULL. */
void broker_say(struct broker *broker, const struct member *from, const char *data, size_t len);

/* To MEMBER alone. */
void broker_tell(struct member *member, const char *data, size_t len);

/* Whether the run's deadline has passed while there are members: FAULT then. */
bool broker_is_late(const struct broker *broker, int64_t now_ns, struct fault *fault);

/* The members that are left go now, all of them. */
void broker_ends(struct broker *broker);

/* All members are gone. */
void broker_close(struct broker *broker);

#endif
