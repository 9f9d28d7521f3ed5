/* Writing JSON (RFC 8259). Pure. */
#ifndef HANDSET_PROTO_JSON_H
#define HANDSET_PROTO_JSON_H

#include <stddef.h>

struct text;

/* Append STR as a JSON string, quotes included.  The output is ASCII where the input is no valid UTF-8:
 * a byte that is not becomes \u00NN. */
void json_string(struct text *out, const char *str);
void json_bytes(struct text *out, const char *bytes, size_t len);

#endif
