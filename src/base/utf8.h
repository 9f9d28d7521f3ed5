/* UTF-8 (RFC 3629), and which of its characters may go to a terminal. */
#ifndef HANDSET_BASE_UTF8_H
#define HANDSET_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the longest character. */
#define UTF8_LONGEST 4

/* The length of the character at BYTES, of which LEN are there (at least 1), with its number in
 * CODE; or 0 when they do not begin with a whole and valid one: overlong forms, surrogates and what
 * is beyond U+10FFFF are not. */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *code);

/* How many of the last of LEN bytes at BYTES are the beginning of a character whose rest is still
 * to come; 0 when none are. */
size_t utf8_begun(const char *bytes, size_t len);

/* Whether CODE is harmless for a terminal: not a control (C0, DEL, C1), and none that turns the
 * direction of the text around or ends a line. */
bool utf8_is_harmless(uint32_t code);

#endif
