/* URLs in the place of a host. */
#include "proto/url.h"

#include <string.h>

#include "proto/target.h"

#include "unit.h"

static void the_host_and_the_port_are_taken_out(void)
{
	static const struct {
		const char *url, *host, *port; /* NULL: it is none */
	} rows[] = {
		{"http://localhost/", "localhost", "80"},
		{"HTTPS://example.net", "example.net", "443"},
		{"http://example.net:8080/a:b@c", "example.net", "8080"},
		{"https://user:pass@example.net/x", "example.net", "443"},
		{"https://a@b@example.net", "example.net", "443"},
		{"http://[::1]:8080/", "::1", "8080"},
		{"ws://[fe80::1%25eth0]/chat", "fe80::1%25eth0", "80"},
		{"postgresql://db?sslmode=require", "db", "5432"},
		{"http://h:/", "h", "80"},
		{"http://h?a=b:c", "h", "80"},
		{"gopher://h/", "h", ""},
		{"://h", NULL, NULL},
		{"http://", NULL, NULL},
		{"http:///path", NULL, NULL},
		{"http://[/", NULL, NULL},
		{"http://[::1/", NULL, NULL},
		{"http://user@/", NULL, NULL},
		{"localhost", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target target = {.host = ""};
		bool is = url_parse(&target, rows[i].url);
		CHECK_INT(is, rows[i].host != NULL);
		if (is && rows[i].host) {
			CHECK_STR(target.host, rows[i].host);
			CHECK_STR(target.port, rows[i].port);
		}
	}
}

static void what_is_too_long_is_cut(void)
{
	char url[1024] = "http://";
	struct target target;
	memset(url + 7, 'h', 900);
	CHECK(url_parse(&target, url));
	CHECK_INT((long long)strlen(target.host), TARGET_HOST - 1);
}

UNIT_MAIN(the_host_and_the_port_are_taken_out, what_is_too_long_is_cut)
