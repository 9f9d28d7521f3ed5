/* Which streams begin with an HTTP request. */
#include "proto/http_request.h"

#include <stdlib.h>

#include "unit.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"
#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
	const char *text;
	size_t len;
	enum http_verdict verdict;
} rows[] = {
	{TEXT("GET / HTTP/1.0\r\n\r\n"), HTTP_REQUEST},
	{TEXT("GET / HTTP/1.0\n"), HTTP_REQUEST},
	{TEXT("POST /a?b=c%20d HTTP/1.1\r\nHost: x\r\n"), HTTP_REQUEST},
	{TEXT("OPTIONS * HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("CONNECT a.example:443 HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("VERSION-CONTROL /x HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("GET http://a.example/ HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), HTTP_REQUEST},
	/* Without a version. */
	{TEXT("GET /\r\n"), HTTP_REQUEST},
	{TEXT("GET /\n"), HTTP_REQUEST},
	{TEXT("GET / \n"), HTTP_REQUEST},
	{TEXT("HEAD /index.html\n"), HTTP_REQUEST},
	{TEXT("GET https://a.example/\n"), HTTP_REQUEST},
	{TEXT("GET key\r\n"), HTTP_OTHER},
	{TEXT("SET /key value\r\n"), HTTP_OTHER},
	{TEXT("OPTIONS *\r\n"), HTTP_OTHER},
	/* An empty line before it is ignored, by servers too. */
	{TEXT("\r\nGET / HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("\r\n\r\nGET / HTTP/1.1\r\n"), HTTP_REQUEST},
	{TEXT("\r\n\r\n\r\nGET / HTTP/1.1\r\n"), HTTP_OTHER},
	/* Behind a header of the PROXY protocol. */
	{TEXT("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.0\r\n"), HTTP_REQUEST},
	{TEXT("PROXY UNKNOWN\r\nGET /\r\n"), HTTP_REQUEST},
	{TEXT("PROXY UNKNOWN\r\nPROXY UNKNOWN\r\nGET /\r\n"), HTTP_OTHER},
	{TEXT("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nEHLO a.example\r\n"), HTTP_OTHER},
	{TEXT(V2 "\x20\x00\x00\x00GET / HTTP/1.0\r\n"), HTTP_REQUEST},
	{TEXT(V2 "\x21\x11\x00\x0c\n\n\n\nabcdefghGET / HTTP/1.0\r\n"), HTTP_REQUEST},
	{TEXT(V2 "\x21\x11\x00\x0c\n\n\n\nabcdefgh\r\nGET / HTTP/1.0\r\n"), HTTP_OTHER},
	{TEXT(V2 "\x11\x11\x00\x00GET / HTTP/1.0\r\n"), HTTP_OTHER},
	{TEXT(V2 "\x21\x11\x00\x0c\n\n\n\nabcdefghEHLO x\r\n"), HTTP_OTHER},
	/* Not at its end yet. */
	{TEXT(""), HTTP_UNDECIDED},
	{TEXT("G"), HTTP_UNDECIDED},
	{TEXT("GET / HTTP/1.0"), HTTP_UNDECIDED},
	{TEXT("GET / HTTP/1.0\r"), HTTP_UNDECIDED},
	{TEXT("\r\n\r\n"), HTTP_UNDECIDED},
	{TEXT(V2), HTTP_UNDECIDED},
	{TEXT("PROXY TCP4"), HTTP_UNDECIDED},
	/* Something else. */
	{TEXT("hello\n"), HTTP_OTHER},
	{TEXT("get / http/1.0\r\n"), HTTP_OTHER},
	{TEXT("HELO a.example\r\n"), HTTP_OTHER},
	{TEXT("MAIL FROM:<a@example.net>\r\n"), HTTP_OTHER},
	{TEXT("OPTIONS rtsp://a.example/ RTSP/1.0\r\n"), HTTP_OTHER},
	{TEXT("INVITE sip:a@example.net SIP/2.0\r\n"), HTTP_OTHER},
	{TEXT("HTTP/1.1 200 OK\r\n"), HTTP_OTHER},
	{TEXT("GET\r\n"), HTTP_OTHER},
	{TEXT(" GET / HTTP/1.0\r\n"), HTTP_OTHER},
	{TEXT("GET  / HTTP/1.0\r\n"), HTTP_OTHER},
	{TEXT("GET / HTTP/1.0 x\r\n"), HTTP_OTHER},
	{TEXT("GET / HTTP/10\r\n"), HTTP_OTHER},
	{TEXT("GET /\rx\n"), HTTP_OTHER},
	{TEXT("GET /\tx\n"), HTTP_OTHER},
	{TEXT("GET / HTTP/1.0\r\r\n"), HTTP_OTHER},
	{TEXT("AMETHODTHATISMUCHTOOLONGTOBEONE / HTTP/1.0\r\n"), HTTP_OTHER},
	{TEXT("\x16\x03\x01\x02"), HTTP_OTHER},
	{TEXT("\0"), HTTP_OTHER},
	{TEXT("./\0\0"), HTTP_OTHER},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void streams_at_once(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct http_scan scan = {.verdict = HTTP_UNDECIDED};
		if (http_scan(&scan, rows[i].text, rows[i].len) != rows[i].verdict)
			printf("# row %zu: %s\n", i, rows[i].text);
		CHECK_INT(scan.verdict, rows[i].verdict);
	}
}

static void streams_byte_by_byte(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct http_scan scan = {.verdict = HTTP_UNDECIDED};
		for (size_t at = 0; at < rows[i].len; at++)
			http_scan(&scan, rows[i].text + at, 1);
		CHECK_INT(scan.verdict, rows[i].verdict);
	}
}

static void a_line_has_a_bound(void)
{
	struct http_scan scan = {.verdict = HTTP_UNDECIDED};
	CHECK_INT(http_scan(&scan, "GET /", 5), HTTP_UNDECIDED);
	size_t seen = 5;
	while (http_scan(&scan, "aaaaaaaa", 8) == HTTP_UNDECIDED && seen < 100000)
		seen += 8;
	CHECK_INT(scan.verdict, HTTP_OTHER);
	CHECK(seen > 8192 && seen < 20000);
}

static void a_verdict_stays(void)
{
	struct http_scan scan = {.verdict = HTTP_UNDECIDED};
	CHECK_INT(http_scan(&scan, "hello\n", 6), HTTP_OTHER);
	CHECK_INT(http_scan(&scan, "GET / HTTP/1.0\r\n", 16), HTTP_OTHER);
}

UNIT_MAIN(streams_at_once, streams_byte_by_byte, a_line_has_a_bound, a_verdict_stays)
