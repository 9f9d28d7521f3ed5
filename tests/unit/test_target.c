/* Operands that name a host and a port. */
#include "proto/target.h"

#include <string.h>

#include "unit.h"

static void one_operand_is_split_at_its_colon(void)
{
	static const struct {
		const char *operand;
		enum target_error error;
		const char *host, *port;
	} rows[] = {
		{"host:80", TARGET_OK, "host", "80"},
		{"host.example:http", TARGET_OK, "host.example", "http"},
		{"127.0.0.1:65535", TARGET_OK, "127.0.0.1", "65535"},
		{"[::1]:80", TARGET_OK, "::1", "80"},
		{"[fe80::1%eth0]:22", TARGET_OK, "fe80::1%eth0", "22"},
		{":80", TARGET_OK, "", "80"},
		{"host", TARGET_NO_PORT, "", ""},
		{"", TARGET_NO_PORT, "", ""},
		{"::1", TARGET_NO_PORT, "", ""},
		{"::1:80", TARGET_NO_PORT, "", ""},
		{"[::1]", TARGET_NO_PORT, "", ""},
		{"host:", TARGET_BAD_PORT, "", ""},
		{":", TARGET_BAD_PORT, "", ""},
		{"host:0", TARGET_BAD_PORT, "", ""},
		{"host:65536", TARGET_BAD_PORT, "", ""},
		{"host:-1", TARGET_BAD_PORT, "", ""},
		{"host:1-3", TARGET_BAD_PORT, "", ""},
		{"host:1,2", TARGET_BAD_PORT, "", ""},
		{"127.0.0.1:80:90", TARGET_COLONS, "", ""},
		{"host:80:", TARGET_COLONS, "", ""},
		{"::1:http", TARGET_COLONS, "", ""},
		{"fe80::1%eth0", TARGET_NO_PORT, "", ""},
		{"[::1]:80:90", TARGET_BAD_PORT, "", ""},
		{"[host:80]:90", TARGET_BAD_HOST, "", ""},
		{"[::1]x", TARGET_BAD_HOST, "", ""},
		{"[::1", TARGET_BAD_HOST, "", ""},
		{"[]:80", TARGET_BAD_HOST, "", ""},
		{"a b:80", TARGET_BAD_HOST, "", ""},
		{"a\033[31m:80", TARGET_BAD_HOST, "", ""},
		{"a/b:80", TARGET_BAD_HOST, "", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target target = {.host = "", .port = ""};
		CHECK_INT(target_parse(&target, rows[i].operand, false), rows[i].error);
		CHECK_STR(target.host, rows[i].host);
		CHECK_STR(target.port, rows[i].port);
	}
}

static void host_and_port_apart(void)
{
	static const struct {
		const char *host, *port;
		enum target_error error;
		const char *got;
	} rows[] = {
		{"host", "80", TARGET_OK, "host"},
		{"::1", "80", TARGET_OK, "::1"},
		{"[::1]", "80", TARGET_OK, "::1"},
		{"fe80::1%2", "80", TARGET_OK, "fe80::1%2"},
		{"h\xc3\xb6st", "80", TARGET_OK, "h\xc3\xb6st"},
		{"host:80", "90", TARGET_BAD_HOST, ""},
		{"1:2:3", "90", TARGET_BAD_HOST, ""},
		{"", "80", TARGET_BAD_HOST, ""},
		{"[]", "80", TARGET_BAD_HOST, ""},
		{"a\nb", "80", TARGET_BAD_HOST, ""},
		{"a\x7f", "80", TARGET_BAD_HOST, ""},
		{"host", "", TARGET_BAD_PORT, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target target = {.host = "", .port = ""};
		CHECK_INT(target_set(&target, rows[i].host, rows[i].port, false), rows[i].error);
		CHECK_STR(target.host, rows[i].got);
	}
}

static void ports_are_numbers_in_range_or_names(void)
{
	static const char *const good[] = {"1",   "080",  "65535",    "http", "http-alt",
					   "x11", "9pfs", "iso_tsap", "a.b",  "c++"};
	static const char *const bad[] = {"",      "0",      "65536", "99999999999999999999",
					  "-1",    "+1",     "1-3",   "1,2",
					  "1.2",   "80 ",    " 80",   "-http",
					  "ht tp", "http\n", "http;", "\xc3\xb6"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(target_port_is_sane(good[i], false));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!target_port_is_sane(bad[i], false));
	CHECK(target_port_is_sane("0", true));
	CHECK(!target_port_is_sane("-0", true));
	CHECK(!target_port_is_sane("65536", true));
}

static void what_is_too_long_is_refused(void)
{
	char host[TARGET_HOST + 1];
	char port[TARGET_PORT + 1];
	struct target target = {.host = "", .port = ""};

	memset(host, 'a', sizeof(host));
	memset(port, 'p', sizeof(port));
	host[TARGET_HOST] = port[TARGET_PORT] = '\0';
	CHECK_INT(target_set(&target, host, "80", false), TARGET_TOO_LONG);
	CHECK_INT(target_set(&target, "host", port, false), TARGET_TOO_LONG);
	host[TARGET_HOST - 1] = port[TARGET_PORT - 1] = '\0';
	CHECK_INT(target_set(&target, host, port, false), TARGET_OK);
	CHECK_STR(target.host, host);
	CHECK_STR(target.port, port);
}

UNIT_MAIN(one_operand_is_split_at_its_colon, host_and_port_apart,
	  ports_are_numbers_in_range_or_names, what_is_too_long_is_refused)
