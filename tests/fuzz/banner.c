/* Fuzzes what is told of a service's first words: whatever they are, it is one harmless line within
 * its buffer. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "proto/banner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char buffer[640];
	struct text text = TEXT_IN(buffer);
	const char *protocol = banner_protocol(data, size);

	if (protocol && strlen(protocol) == 0)
		abort();
	banner_describe(&text, data, size);
	if (text.cut || strlen(buffer) != text.len || text.len == 0)
		abort();
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)buffer[i] < ' ' || buffer[i] == 0x7F)
			abort();
	return 0;
}
