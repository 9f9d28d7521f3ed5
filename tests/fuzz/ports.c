/* Fuzzes items of lists of ports: what is taken is a range that can be added, and every port of it
 * once. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char item[64];
	uint16_t first, last;
	struct ports ports = {.list = NULL};
	if (size >= sizeof(item))
		return 0;
	memcpy(item, data, size);
	item[size] = '\0';
	ports_is_numeric(item);
	if (ports_parse(item, &first, &last) != 0)
		return 0;
	if (first == 0 || last < first || ports_add(&ports, first, last) != 0 ||
	    ports_add(&ports, first, last) != 0 || ports.count != (size_t)(last - first) + 1)
		abort();
	ports_close(&ports);
	return 0;
}
