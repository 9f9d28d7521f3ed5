/* A broker and its members.  Private to broker*.c. */
#ifndef HANDSET_SERVE_BROKER_INTERNAL_H
#define HANDSET_SERVE_BROKER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "net/transport.h"
#include "relay/dump.h"
#include "serve/client.h"
#include "serve/message_log.h"

/* As much as one read brings; a message is not larger. */
#define BROKER_READ 65536

/* Upper bound for all messages that are kept: those of the log, and those that slow members are in
 * the middle of. */
#define BROKER_HELD (2 * MESSAGES_BYTES)

/* What a line of --chat may have before it is cut in two. */
#define CHAT_LINE 1024

/* What one read of --chat takes: as many lines, each with its speaker's name, are work for which
 * the others wait. */
#define CHAT_READ 8192

/* So much of what one read has brought goes out in one message of --chat. */
#define BROKER_SPOKEN 32768

struct run;
struct serve_config;

struct member {
	struct client client;
	struct broker *broker;
	struct member *next, *prev;
	struct transport net;
	unsigned number; /* "user1" */
	bool ready;      /* poll has something to tell of it */
	bool ended;      /* it has ended its side, and still hears the others */
	bool finishing;  /* it is being told of the end */
	bool finished;   /* --send-only: it has got all, and the end of it */
	bool lagging;    /* it has still to get what the log has from `at` on, and `current` before
			    that */
	uint64_t at;
	struct message *current; /* in the middle of this one; NULL */
	size_t sent;             /* so much of it is sent */
	uint64_t missed;         /* messages */
	int64_t heard_ns;        /* when it last said something, or took something */
	int64_t took_ns;         /* when it last took something */
	int err;                 /* what broke it off, an errno; 0 */
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
	size_t ended;   /* of the members */
	unsigned last_number;
	struct message_log log;
	struct transport local; /* stdin goes to all */
	bool local_ready, local_over;
	struct dump_stream announced; /* what stdin has said */
	int64_t patient_until_ns;     /* stdin waits for members that are behind; 0: for none */
	bool ending;                  /* --send-only: stdin has ended, and so do the members */
	bool closing;                 /* all go: nobody is told of it */
	struct text spoken;           /* --chat: what has come of this read, in spoken_buffer */
	char spoken_buffer[BROKER_SPOKEN];
	char buffer[BROKER_READ];
};

#endif
