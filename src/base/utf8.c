/* UTF-8 (RFC 3629), and which of its characters may go to a terminal. */
#include "base/utf8.h"

size_t utf8_decode(const char *bytes, size_t len, uint32_t *code)
{
	static const struct {
		unsigned char lead_min, lead_max;
		size_t length;
		uint32_t least;
	} forms[] = {{0x00, 0x7F, 1, 0},
		     {0xC2, 0xDF, 2, 0x80},
		     {0xE0, 0xEF, 3, 0x800},
		     {0xF0, 0xF4, 4, 0x10000}};
	const unsigned char *at = (const unsigned char *)bytes;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = forms[i].length;
		if (at[0] < forms[i].lead_min || at[0] > forms[i].lead_max || len < length)
			continue;
		*code = length == 1 ? at[0] : at[0] & (0x7FU >> length);
		for (size_t k = 1; k < length; k++) {
			if ((at[k] & 0xC0) != 0x80)
				return 0;
			*code = *code << 6 | (at[k] & 0x3FU);
		}
		bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
		return *code < forms[i].least || *code > 0x10FFFF || surrogate ? 0 : length;
	}
	return 0;
}

size_t utf8_begun(const char *bytes, size_t len)
{
	for (size_t count = 1; count < UTF8_LONGEST && count <= len; count++) {
		unsigned char byte = (unsigned char)bytes[len - count];
		size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
		if ((byte & 0xC0) != 0x80)
			return byte <= 0xF4 && length > count ? count : 0;
	}
	return 0;
}

bool utf8_is_harmless(uint32_t code)
{
	bool control = code < ' ' || (code >= 0x7F && code < 0xA0);
	bool steers = code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
		      (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
		      code == 0xFEFF;
	return !control && !steers;
}
