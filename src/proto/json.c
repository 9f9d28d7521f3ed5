/* Writing JSON (RFC 8259): strings, the only part that needs care. */
#include "proto/json.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* The length of the valid UTF-8 sequence at AT (RFC 3629), or 0. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
	size_t length = at[0] >= 0xC2 && at[0] <= 0xDF   ? 2
			: (at[0] & 0xF0) == 0xE0         ? 3
			: at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
							 : 0;
	if (length == 0 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
	bool beyond = (at[0] == 0xED && at[1] >= 0xA0) || (at[0] == 0xF4 && at[1] >= 0x90);
	return overlong || beyond ? 0 : length;
}

void json_bytes(struct text *out, const char *bytes, size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;
	text_char(out, '"');
	for (size_t i = 0; i < len;) {
		size_t length = at[i] < 0x80 ? 1 : utf8_length(at + i, len - i);
		if (at[i] == '"' || at[i] == '\\')
			text_printf(out, "\\%c", at[i]);
		else if (length == 0 || at[i] < ' ' || at[i] == 0x7F)
			text_printf(out, "\\u%04x", at[i]);
		else
			text_bytes(out, bytes + i, length);
		i += length ? length : 1;
	}
	text_char(out, '"');
}

void json_string(struct text *out, const char *str)
{
	json_bytes(out, str, strlen(str));
}
