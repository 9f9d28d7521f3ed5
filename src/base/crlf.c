/* -C: LF becomes CRLF.  Whole runs between line ends are copied at once. */
#include "base/crlf.h"

#include <string.h>

size_t crlf_convert(char *to, const char *from, size_t len, bool *last_was_cr)
{
	const char *end = from + len;
	char *out = to;

	while (from < end) {
		const char *lf = memchr(from, '\n', (size_t)(end - from));
		size_t run = (size_t)((lf ? lf : end) - from);
		memcpy(out, from, run);
		out += run;
		bool after_cr = run > 0 ? from[run - 1] == '\r' : *last_was_cr;
		from += run;
		*last_was_cr = after_cr;
		if (!lf)
			break;
		if (!after_cr)
			*out++ = '\r';
		*out++ = '\n';
		*last_was_cr = false;
		from++;
	}
	return (size_t)(out - to);
}
