/* A line of a hex dump.  Pure. */
#ifndef HANDSET_BASE_HEXDUMP_H
#define HANDSET_BASE_HEXDUMP_H

#include <stddef.h>
#include <stdint.h>

struct text;

/* So many bytes stand on a line. */
#define HEXDUMP_BYTES 16

/* A line needs no more, besides its tag. */
#define HEXDUMP_LINE 128

struct hexdump_head {
	char direction;  /* '>' sent, '<' received */
	const char *tag; /* whose stream it is, harmless for a terminal; "": there is only one */
	int64_t time_ns; /* since the start of the program */
	uint64_t offset; /* of the first byte in its stream */
};

/* Append LEN bytes, HEXDUMP_BYTES at most, as a line of their own:
 * "> 127.0.0.1:54321     0.001234 00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 0a |Hello,
 * world.|". */
void hexdump_line(struct text *out, const struct hexdump_head *head, const void *bytes, size_t len);

#endif
