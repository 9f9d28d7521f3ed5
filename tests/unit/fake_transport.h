/* A transport that does what a script says: for the tests of whatever runs over a transport.  Reads
 * follow a list of steps, and so do writes; behind its last step a source has nothing more to read
 * for now, and a sink takes all. */
#ifndef HANDSET_TESTS_FAKE_TRANSPORT_H
#define HANDSET_TESTS_FAKE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "net/transport.h"
#include "trace/trace.h"

#define FAKE_ROOM 65536
#define FAKE_PACKETS 64

enum fake_what { FAKE_OVER, FAKE_MOVE, FAKE_AGAIN, FAKE_EOF, FAKE_FAIL };

/* One call, or EACH: this one and all that follow. */
struct fake_step {
	enum fake_what what;
	bool each;
	const char *data; /* a read brings this */
	size_t len;       /* a read brings this much, a write takes this much at most */
	int err;          /* FAKE_FAIL */
};

/* The steps of a read: these bytes, and those of a string. */
#define BRINGS_BYTES(bytes, count)                                 \
	{                                                          \
		.what = FAKE_MOVE, .data = (bytes), .len = (count) \
	}
#define BRINGS(text) BRINGS_BYTES(text, sizeof(text) - 1)
#define ENDS                                   \
	{                                      \
		.what = FAKE_EOF, .each = true \
	}
/* Those of a write: so many bytes at most, once, or from now on. */
#define TAKES(count)                              \
	{                                         \
		.what = FAKE_MOVE, .len = (count) \
	}
#define TAKES_EACH(count)                                       \
	{                                                       \
		.what = FAKE_MOVE, .each = true, .len = (count) \
	}
/* Those of both. */
#define NOT_NOW                    \
	{                          \
		.what = FAKE_AGAIN \
	}
#define FAILS(number)                              \
	{                                          \
		.what = FAKE_FAIL, .err = (number) \
	}
#define OVER                      \
	{                         \
		.what = FAKE_OVER \
	}

struct fake {
	struct transport transport;
	struct trace trace;             /* shows nothing */
	const struct fake_step *reads;  /* ended by OVER; NULL: nothing comes */
	const struct fake_step *writes; /* ended by OVER; NULL: all is taken */
	size_t brought;                 /* of the step that is read from */
	char got[FAKE_ROOM];            /* what was written to it */
	size_t got_len;
	size_t packets[FAKE_PACKETS]; /* the lengths of what was written, a write each */
	size_t packet_count;
	unsigned recvs, sends, finished, closed; /* how often each was called */
	unsigned finish_calls;                   /* so many times a finish is not over yet */
	const struct fault *words;               /* of failures, which are no errno then; NULL */
};

/* Make a stream of FAKE.  Its ports have no descriptors, and are tried without a poll when EAGER.
 */
void fake_open(struct fake *fake, const struct fake_step *reads, const struct fake_step *writes,
	       bool eager);

/* The same for packets, which are written whole. */
void fake_open_packets(struct fake *fake, const struct fake_step *reads,
		       const struct fake_step *writes);

/* Make a stream of the descriptors IN and OUT (-1: none), which stay the caller's, with what struct
 * port says of pipes, sockets and files. */
void fake_open_fds(struct fake *fake, int in, int out);

/* Whether FAKE has been given TEXT of LEN bytes, and nothing else. */
bool fake_got(const struct fake *fake, const char *text, size_t len);

#endif
