/* Fuzzes what makes foreign text harmless: the result is printable, is one line, and stays within
 * its buffer. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char buffer[300];
	size_t room = size > 0 ? 1 + data[0] : 1;
	struct text text = text_in(buffer, room);

	text_safe_bytes(&text, (const char *)data, size);
	if (text.len >= room || strlen(buffer) != text.len)
		abort();
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)buffer[i] < ' ' || buffer[i] == 0x7F)
			abort();
	text = text_in(buffer, room);
	text_c_escaped(&text, data, size);
	if (text.len >= room)
		abort();
	return 0;
}
