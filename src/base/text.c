/* Text built into a buffer of fixed size. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct text text_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct text){.at = buffer, .size = size};
}

void text_bytes(struct text *text, const char *bytes, size_t len)
{
	size_t room = text->size - 1 - text->len;
	if (len > room) {
		len = room;
		text->cut = true;
	}
	memcpy(text->at + text->len, bytes, len);
	text->len += len;
	text->at[text->len] = '\0';
}

void text_char(struct text *text, char c)
{
	text_bytes(text, &c, 1);
}

void text_str(struct text *text, const char *str)
{
	text_bytes(text, str, strlen(str));
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
	size_t room = text->size - text->len;
	int need = vsnprintf(text->at + text->len, room, format, args);
	if (need < 0)
		return;
	if ((size_t)need >= room) {
		text->cut = true;
		text->len = text->size - 1;
		return;
	}
	text->len += (size_t)need;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	text_vprintf(text, format, args);
	va_end(args);
}

/* The length of the valid, printable UTF-8 sequence of more than one byte at BYTES, or 0 (RFC 3629). */
static size_t utf8_length(const unsigned char *bytes, size_t len)
{
	static const struct {
		unsigned char lead_min, lead_max;
		size_t length;
		uint32_t least;
	} forms[] = {{0xC2, 0xDF, 2, 0xA0}, {0xE0, 0xEF, 3, 0x800}, {0xF0, 0xF4, 4, 0x10000}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (bytes[0] < forms[i].lead_min || bytes[0] > forms[i].lead_max || len < forms[i].length)
			continue;
		uint32_t code = bytes[0] & (0x7FU >> forms[i].length);
		for (size_t k = 1; k < forms[i].length; k++) {
			if ((bytes[k] & 0xC0) != 0x80)
				return 0;
			code = code << 6 | (bytes[k] & 0x3FU);
		}
		bool surrogate = code >= 0xD800 && code <= 0xDFFF;
		bool steers = (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
			      (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
		return code < forms[i].least || code > 0x10FFFF || surrogate || steers ? 0 : forms[i].length;
	}
	return 0;
}

void text_safe_bytes(struct text *text, const char *bytes, size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;
	for (size_t i = 0; i < len;) {
		size_t length = at[i] >= ' ' && at[i] < 0x7F ? 1 : utf8_length(at + i, len - i);
		if (length == 0) {
			text_printf(text, "\\x%02x", at[i++]);
			continue;
		}
		text_bytes(text, bytes + i, length);
		i += length;
	}
}

void text_safe(struct text *text, const char *str)
{
	text_safe_bytes(text, str, strlen(str));
}

void text_c_escaped(struct text *text, const void *bytes, size_t len)
{
	static const char named[] = {['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r'};
	const unsigned char *at = bytes;
	for (size_t i = 0; i < len; i++) {
		bool digit_next = i + 1 < len && at[i + 1] >= '0' && at[i + 1] <= '9';
		if (at[i] == '"' || at[i] == '\\')
			text_printf(text, "\\%c", at[i]);
		else if (at[i] >= ' ' && at[i] < 0x7F)
			text_char(text, (char)at[i]);
		else if (at[i] < sizeof(named) && named[at[i]] != 0)
			text_printf(text, "\\%c", named[at[i]]);
		else
			text_printf(text, digit_next ? "\\%03o" : "\\%o", at[i]);
	}
}
