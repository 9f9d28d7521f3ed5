/* Whether a stream begins with an HTTP request. */
#include "proto/http_request.h"

#include <stdint.h>
#include <string.h>

/* Bytes after which nothing is a request line any more: servers take 8 KiB by default. */
#define SEEN_MOST 16384
/* Length of the header of PROXY version 1 at most, with its line end. */
#define PROXY_LINE_MOST 107

enum {
	AT_START,
	IN_SIGNATURE, /* of PROXY version 2, which begins as empty lines do */
	IN_HEADER,    /* its four bytes with the length */
	IN_ADDRESSES, /* what follows, of that length */
	IN_LINE,      /* PROXY version 1 */
	IN_METHOD,
	IN_TARGET,
	IN_VERSION,
};

/* The PROXY protocol, section 2.2. */
static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
#define SIGNATURE_LEN (sizeof(signature) - 1)

static enum http_verdict decide(struct http_scan *scan, bool request)
{
	return scan->verdict = request ? HTTP_REQUEST : HTTP_OTHER;
}

static enum http_verdict go_on(struct http_scan *scan, int state)
{
	scan->state = state;
	scan->count = 0;
	scan->carriage_return = false;
	return HTTP_UNDECIDED;
}

/* Methods are upper case in practice, and a stricter rule than RFC 9110's keeps other protocols
 * out. */
static bool is_method_char(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '-';
}

static bool is_plain_method(const char *method)
{
	static const char *const methods[] = {"GET",    "HEAD",    "POST",  "PUT",
					      "DELETE", "OPTIONS", "PATCH", "TRACE"};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

/* A line without a version is a request only if nothing else is likely to look like it. */
static bool is_plain_request(const struct http_scan *scan)
{
	return is_plain_method(scan->method) &&
	       (scan->target[0] == '/' || strncmp(scan->target, "http://", 7) == 0 ||
		strncmp(scan->target, "https://", 8) == 0);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_version(const char *version)
{
	return strlen(version) == 8 && strncmp(version, "HTTP/", 5) == 0 && is_digit(version[5]) &&
	       version[6] == '.' && is_digit(version[7]);
}

/* Keeps the beginning of a word; the rest is not looked at. */
static void keep(char *word, size_t count, char c)
{
	if (count < HTTP_WORD - 1) {
		word[count] = c;
		word[count + 1] = '\0';
	}
}

static enum http_verdict in_method(struct http_scan *scan, char c)
{
	if (c == ' ' && scan->count > 0) {
		bool header = strcmp(scan->method, "PROXY") == 0 && !scan->behind_header;
		return go_on(scan, header ? IN_LINE : IN_TARGET);
	}
	if (!is_method_char(c) || scan->count >= HTTP_WORD - 1)
		return decide(scan, false);
	keep(scan->method, scan->count++, c);
	return HTTP_UNDECIDED;
}

static enum http_verdict at_start(struct http_scan *scan, char c)
{
	go_on(scan, IN_METHOD);
	if (c != '\r' || scan->behind_header)
		return in_method(scan, c);
	scan->state = IN_SIGNATURE;
	scan->count = 1;
	return HTTP_UNDECIDED;
}

/* Servers ignore an empty line before the request (RFC 9112, section 2.2). */
static enum http_verdict in_signature(struct http_scan *scan, char c)
{
	if ((scan->count == 2 || scan->count == 4) && is_method_char(c)) {
		go_on(scan, IN_METHOD);
		return in_method(scan, c);
	}
	if (c != signature[scan->count])
		return decide(scan, false);
	if (++scan->count == SIGNATURE_LEN)
		go_on(scan, IN_HEADER);
	return HTTP_UNDECIDED;
}

static enum http_verdict behind_header(struct http_scan *scan)
{
	scan->behind_header = true;
	scan->method[0] = '\0';
	return go_on(scan, AT_START);
}

static enum http_verdict in_header(struct http_scan *scan, char c)
{
	size_t at = scan->count++;
	if (at == 0 && ((uint8_t)c >> 4) != 2)
		return decide(scan, false);
	if (at == 2)
		scan->skip = (size_t)(uint8_t)c << 8;
	if (at < 3)
		return HTTP_UNDECIDED;
	scan->skip |= (uint8_t)c;
	return scan->skip == 0 ? behind_header(scan) : go_on(scan, IN_ADDRESSES);
}

static enum http_verdict in_addresses(struct http_scan *scan, char c)
{
	(void)c;
	return --scan->skip == 0 ? behind_header(scan) : HTTP_UNDECIDED;
}

static enum http_verdict in_line(struct http_scan *scan, char c)
{
	if (c == '\n')
		return behind_header(scan);
	return ++scan->count > PROXY_LINE_MOST ? decide(scan, false) : HTTP_UNDECIDED;
}

static enum http_verdict in_target(struct http_scan *scan, char c)
{
	if (c == '\n')
		return decide(scan, is_plain_request(scan));
	if (scan->carriage_return)
		return decide(scan, false);
	if (c == ' ' && scan->count > 0)
		return go_on(scan, IN_VERSION);
	scan->carriage_return = c == '\r';
	if (!scan->carriage_return && ((uint8_t)c <= ' ' || c == 0x7f))
		return decide(scan, false);
	if (!scan->carriage_return)
		keep(scan->target, scan->count++, c);
	return HTTP_UNDECIDED;
}

static enum http_verdict in_version(struct http_scan *scan, char c)
{
	if (c == '\n')
		return decide(scan,
			      scan->count > 0 ? is_version(scan->version) : is_plain_request(scan));
	if (scan->carriage_return || scan->count >= HTTP_WORD - 1)
		return decide(scan, false);
	scan->carriage_return = c == '\r';
	if (!scan->carriage_return)
		keep(scan->version, scan->count++, c);
	return HTTP_UNDECIDED;
}

enum http_verdict http_scan(struct http_scan *scan, const char *data, size_t len)
{
	static enum http_verdict (*const states[])(struct http_scan *, char) = {
		[AT_START] = at_start,   [IN_SIGNATURE] = in_signature,
		[IN_HEADER] = in_header, [IN_ADDRESSES] = in_addresses,
		[IN_LINE] = in_line,     [IN_METHOD] = in_method,
		[IN_TARGET] = in_target, [IN_VERSION] = in_version,
	};
	for (size_t i = 0; i < len && scan->verdict == HTTP_UNDECIDED; i++) {
		if (scan->state != IN_ADDRESSES && ++scan->seen > SEEN_MOST)
			return decide(scan, false);
		states[scan->state](scan, data[i]);
	}
	return scan->verdict;
}
