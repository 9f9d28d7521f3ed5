/* Fuzzes JSON strings: whatever the bytes, the result is one string of RFC 8259. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The length of the escape at AT, or 0 when it is none. */
static size_t escape_length(const char *at)
{
	if (at[1] == 'u')
		return strspn(at + 2, "0123456789abcdefABCDEF") >= 4 ? 6 : 0;
	return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
}

static bool is_string(const char *str, size_t len)
{
	if (len < 2 || str[0] != '"' || str[len - 1] != '"')
		return false;
	for (size_t i = 1; i < len - 1;) {
		size_t step = str[i] == '\\' ? escape_length(str + i) : 1;
		if (step == 0 || str[i] == '"' || (unsigned char)str[i] < ' ')
			return false;
		i += step;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char buffer[8192];
	struct text text = TEXT_IN(buffer);

	if (size > 1024)
		return 0;
	json_bytes(&text, (const char *)data, size);
	if (text.cut || !is_string(text.at, text.len))
		abort();
	return 0;
}
