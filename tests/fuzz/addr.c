/* Fuzzes numeric addresses: what is parsed and written out again is the same address. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "proto/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6};
	char input[256];
	char host[256];
	struct text text = TEXT_IN(host);
	struct addr addr, again;
	struct fault fault = {.step = STEP_NONE};

	if (size < 1 || size > sizeof(input))
		return 0;
	memcpy(input, data + 1, size - 1);
	input[size - 1] = '\0';
	if (addr_unix(&addr, input, &fault) == 0)
		addr_format(&text, &addr);
	if (addr_parse(&addr, families[data[0] % 3], input, data[0]) != 0)
		return 0;
	text = TEXT_IN(host);
	addr_format_host(&text, &addr);
	if (addr_parse(&again, AF_UNSPEC, host, data[0]) != 0 || !addr_equal(&addr, &again))
		abort();
	return 0;
}
