/* Fuzzes saved SYNs: nothing is read past their end, and what was read fits its line. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "proto/syn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syn syn;
	char line[256];
	struct text text = TEXT_IN(line);
	if (syn_read(&syn, data, size) != 0)
		return 0;
	syn_format(&text, &syn);
	if (text.cut || syn_hops(&syn) < 0 || syn.scale > 14)
		abort();
	return 0;
}
