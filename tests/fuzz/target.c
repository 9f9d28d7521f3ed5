/* Fuzzes operands that name a host and a port: what is taken is clean, and is taken again in its
 * two parts. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "proto/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char input[600];
	struct target target, again;
	int64_t number;

	if (size >= sizeof(input))
		return 0;
	memcpy(input, data, size);
	input[size] = '\0';
	parse_int(input, INT64_MIN, INT64_MAX, &number);
	if (parse_time(input, &number) == 0 && number < 0)
		abort();
	if (parse_size(input, &number) == 0 && number < 1)
		abort();
	if (target_parse(&target, input, true) != TARGET_OK || !*target.host)
		return 0;
	if (target_set(&again, target.host, target.port, true) != TARGET_OK)
		abort();
	if (strcmp(target.host, again.host) != 0 || strcmp(target.port, again.port) != 0)
		abort();
	return 0;
}
