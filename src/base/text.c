/* Text built into a buffer of fixed size. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

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

void text_safe_bytes(struct text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t length = utf8_decode(bytes + i, len - i, &code);
		if (length == 0 || !utf8_is_harmless(code)) {
			text_printf(text, "\\x%02x", (unsigned char)bytes[i++]);
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

void text_safe_lines(struct text *text, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		text_safe_bytes(text, lines, len);
		lines += len;
		if (*lines == '\n')
			text_char(text, *lines++);
	}
}

void text_indented(struct text *text, const char *lines, int first, int rest)
{
	const struct text_layout layout = {.first = first, .rest = rest};
	text_wrapped(text, lines, &layout);
}

/* How many columns LEN bytes take once they are harmless. */
static int columns_of(const char *bytes, size_t len)
{
	int columns = 0;
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t length = utf8_decode(bytes + i, len - i, &code);
		bool whole = length > 0 && utf8_is_harmless(code);
		columns += whole ? 1 : 4;
		i += whole ? length : 1;
	}
	return columns;
}

/* The space in front of what is left of a line that begins with SPACES after INDENT; it leaves half
 * of the line. */
static int hanging_indent(int indent, size_t spaces, const struct text_layout *layout)
{
	int hanging = indent + (int)spaces + layout->hang;
	return hanging < layout->width / 2 ? hanging : layout->width / 2;
}

/* Add a line of LEN bytes; USED columns of it are taken, and the rest of it goes on below them. */
static void put_wrapped(struct text *text, const char *line, size_t len, int used,
			const struct text_layout *layout)
{
	size_t spaces = strspn(line, " ");
	int hanging = hanging_indent(used, spaces, layout);
	bool begins = true;
	for (size_t at = 0; at < len;) {
		size_t gap = strspn(line + at, " ");
		size_t word = strcspn(line + at + gap, " \n");
		int columns = columns_of(line + at + gap, word);
		if (!begins && word > 0 && used + (int)gap + columns > layout->width) {
			text_printf(text, "\n%*s", hanging, "");
			used = hanging;
		} else {
			text_bytes(text, line + at, gap);
			used += (int)gap;
		}
		text_safe_bytes(text, line + at + gap, word);
		used += columns;
		begins = false;
		at += gap + word;
	}
}

void text_wrapped(struct text *text, const char *lines, const struct text_layout *layout)
{
	int used = layout->used;
	for (int indent = layout->first; *lines; indent = layout->rest) {
		size_t len = strcspn(lines, "\n");
		text_printf(text, "%*s", indent, "");
		if (layout->width > 0)
			put_wrapped(text, lines, len, used + indent, layout);
		else
			text_safe_bytes(text, lines, len);
		text_char(text, '\n');
		lines += len + (lines[len] == '\n');
		used = 0;
	}
}

void text_c_escaped(struct text *text, const void *bytes, size_t len)
{
	static const char named[] = {
		['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r'};
	const unsigned char *at = bytes;
	for (size_t i = 0; i < len; i++) {
		bool digit_next = i + 1 < len && at[i + 1] >= '0' && at[i + 1] <= '7';
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
