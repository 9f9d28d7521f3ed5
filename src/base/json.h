/* Writing JSON (RFC 8259). Pure. */
#ifndef HANDSET_BASE_JSON_H
#define HANDSET_BASE_JSON_H

#include <stddef.h>

struct text;

/* Append STR as a JSON string, quotes included.  What is not harmless for a terminal
 * (utf8.h) becomes \uNNNN, and a byte that is not UTF-8 \u00NN. */
void json_string(struct text *out, const char *str);
void json_bytes(struct text *out, const char *bytes, size_t len);

#endif
