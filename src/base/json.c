/* Writing JSON (RFC 8259): strings, the only part that needs care. */
#include "base/json.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

void json_bytes(struct text *out, const char *bytes, size_t len)
{
	text_char(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t length = utf8_decode(bytes + i, len - i, &code);
		if (length == 0)
			text_printf(out, "\\u%04x", (unsigned char)bytes[i]);
		else if (code == '"' || code == '\\')
			text_printf(out, "\\%c", (char)code);
		else if (!utf8_is_harmless(code))
			text_printf(out, "\\u%04x", code);
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
