/* Fuzzes the telnet filter: however a stream is cut, the same data is left and the same is
 * answered, within bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/telnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZE 2048

struct result {
	char data[SIZE], replies[3 * SIZE];
	size_t data_len, replies_len;
};

static void strip(struct result *result, const uint8_t *data, size_t size, size_t piece)
{
	struct telnet telnet = {TELNET_DATA, 0};
	for (size_t at = 0; at < size; at += piece) {
		size_t len = size - at < piece ? size - at : piece;
		size_t replied = 0;
		char *to = result->data + result->data_len;
		memcpy(to, data + at, len);
		size_t left = telnet_strip(&telnet, to, len, result->replies + result->replies_len,
					   &replied);
		if (left > len || replied > len + TELNET_REPLY - 1 || replied % TELNET_REPLY != 0)
			abort();
		result->data_len += left;
		result->replies_len += replied;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct result empty;
	if (size < 1 || size > SIZE)
		return 0;
	struct result whole = empty, cut = empty;
	strip(&whole, data, size, size);
	strip(&cut, data, size, 1 + data[0] % 7);
	if (whole.data_len != cut.data_len || memcmp(whole.data, cut.data, whole.data_len) != 0)
		abort();
	if (whole.replies_len != cut.replies_len ||
	    memcmp(whole.replies, cut.replies, whole.replies_len) != 0)
		abort();
	return 0;
}
