/* A line of a hex dump: put together by hand, as a dump makes 65,536 of them a megabyte. */
#include "base/hexdump.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* "48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 0a           " */
#define HEX_WIDTH (3 * HEXDUMP_BYTES + 2)

static void put_hex(char *at, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	memset(at, ' ', HEX_WIDTH);
	for (size_t i = 0; i < len; i++) {
		size_t column = 3 * i + (i >= HEXDUMP_BYTES / 2);
		at[column] = digits[bytes[i] >> 4];
		at[column + 1] = digits[bytes[i] & 15];
	}
}

void hexdump_line(struct text *out, const struct hexdump_head *head, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	char body[HEX_WIDTH + HEXDUMP_BYTES + 3];
	char *at = body + HEX_WIDTH;

	put_hex(body, from, len);
	*at++ = '|';
	for (size_t i = 0; i < len; i++)
		*at++ = from[i] >= ' ' && from[i] <= '~' ? (char)from[i] : '.';
	*at++ = '|';
	*at++ = '\n';
	text_printf(out, "%c %s%s%12.6f %08" PRIx64 "  ", head->direction, head->tag,
		    *head->tag ? " " : "", (double)head->time_ns / NS_PER_SEC, head->offset);
	text_bytes(out, body, (size_t)(at - body));
}
