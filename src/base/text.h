/* Text built into a buffer of fixed size.  What does not fit is cut, never written past the end,
 * and the text stays NUL-terminated; `cut` tells that it happened.  No allocation. */
#ifndef HANDSET_BASE_TEXT_H
#define HANDSET_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *at;    /* the buffer, owned by the caller */
	size_t size; /* its size, the NUL included; at least 1 */
	size_t len;  /* what is in it, the NUL not counted */
	bool cut;    /* something did not fit */
};

/* An empty text in BUFFER of SIZE bytes. */
struct text text_in(char *buffer, size_t size);

/* An empty text in the array ARRAY. */
#define TEXT_IN(array) text_in((array), sizeof(array))

void text_char(struct text *text, char c);
void text_str(struct text *text, const char *str);
void text_bytes(struct text *text, const char *bytes, size_t len);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Add STR made harmless for a terminal and for a line: bytes below space, DEL, and bytes that are
 * not valid UTF-8 (the C1 controls, U+0080..U+009F, included) become \xNN.  For all that a peer, a
 * name or a user put into a message. */
void text_safe(struct text *text, const char *str);
void text_safe_bytes(struct text *text, const char *bytes, size_t len);

/* The same for several lines, whose ends stay. */
void text_safe_lines(struct text *text, const char *lines);

/* Adds LINES as text_safe_lines does, each with an end: the first behind FIRST columns of space,
 * the others behind REST. */
void text_indented(struct text *text, const char *lines, int first, int rest);

/* How lines are laid out, in columns; a character is one. */
struct text_layout {
	int used;  /* what is on the line of the first one already */
	int first; /* space in front of the first line */
	int rest;  /* space in front of the others */
	int hang;  /* where a line goes on, from where it began */
	int width; /* of the terminal; 0: none, no line is wrapped */
};

/* Adds LINES as text_indented does, and wraps those that are wider than LAYOUT's width at their
 * spaces.  A word that is wider stays whole. */
void text_wrapped(struct text *text, const char *lines, const struct text_layout *layout);

/* Add LEN bytes as strace(1) prints a buffer: C escapes, octal for the rest, no quotes around. */
void text_c_escaped(struct text *text, const void *bytes, size_t len);

#endif
