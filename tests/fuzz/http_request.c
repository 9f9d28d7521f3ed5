/* Fuzzes the scanner for HTTP requests: however a stream is cut, the verdict is the same, and it
 * stays. */
#include <stdint.h>
#include <stdlib.h>

#include "proto/http_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_scan whole = {.verdict = HTTP_UNDECIDED};
	struct http_scan cut = whole;
	if (size < 1)
		return 0;
	const char *text = (const char *)data + 1;
	size_t len = size - 1;
	enum http_verdict verdict = http_scan(&whole, text, len);
	size_t piece = 1 + data[0] % 7;
	for (size_t at = 0; at < len; at += piece) {
		enum http_verdict before = cut.verdict;
		http_scan(&cut, text + at, len - at < piece ? len - at : piece);
		if (before != HTTP_UNDECIDED && cut.verdict != before)
			abort();
	}
	if (cut.verdict != verdict)
		abort();
	return 0;
}
