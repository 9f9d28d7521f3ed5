/* Socket addresses as text, as bytes, and against each other. */
#include "proto/addr.h"

#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "unit.h"

static struct addr parse(const char *numeric)
{
	struct addr addr = {.len = 0};
	CHECK_INT(addr_parse(&addr, AF_UNSPEC, numeric, 80), 0);
	return addr;
}

static void an_address_comes_back_as_it_was_written(void)
{
	static const struct {
		const char *numeric, *text, *host;
	} rows[] = {
		{"127.0.0.1", "127.0.0.1:80", "127.0.0.1"},
		{"0.0.0.0", "0.0.0.0:80", "0.0.0.0"},
		{"::1", "[::1]:80", "::1"},
		{"2001:DB8::0:1", "[2001:db8::1]:80", "2001:db8::1"},
		{"fe80::1%4000000000", "[fe80::1%4000000000]:80", "fe80::1%4000000000"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr addr = parse(rows[i].numeric);
		CHECK_STR(addr_text(&addr).chars, rows[i].text);
		CHECK_STR(addr_host_text(&addr).chars, rows[i].host);
		CHECK_INT(addr_port(&addr), 80);
	}
}

static void what_is_no_address_may_be_a_name(void)
{
	static const char *const rows[] = {"",      "1.2.3",  "1.2.3.4.5",      "256.1.1.1",
					   "::1%0", "::1%lo", "::1%4294967296", "localhost"};
	struct addr addr;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(addr_parse(&addr, AF_UNSPEC, rows[i], 80), -1);
	CHECK_INT(addr_parse(&addr, AF_INET6, "127.0.0.1", 80), -1);
	CHECK_INT(addr_parse(&addr, AF_INET, "::1", 80), -1);
}

static void bytes_make_the_address_that_they_are_of(void)
{
	static const char *const rows[] = {"192.0.2.1", "2001:db8::ff"};
	for (size_t i = 0; i < 2; i++) {
		struct addr addr = parse(rows[i]), again;
		size_t len;
		const unsigned char *bytes = addr_bytes(&addr, &len);
		CHECK_INT(len, i == 0 ? 4 : 16);
		CHECK_INT(bytes[len - 1], i == 0 ? 1 : 0xff);
		CHECK(addr_of_bytes(&again, addr.ss.ss_family, bytes, 80));
		CHECK(addr_equal(&addr, &again));
	}
}

static void other_families_have_no_bytes(void)
{
	struct addr path, same;
	struct fault fault;
	size_t len = 1;
	CHECK_INT(addr_unix(&path, "/run/x", &fault), 0);
	same = path;
	CHECK(addr_bytes(&path, &len) == NULL);
	CHECK_INT(len, 0);
	CHECK_INT(addr_scope(&path), 0);
	CHECK(!addr_of_bytes(&path, AF_UNIX, "", 80));
	CHECK(addr_equal(&path, &same));
}

static void a_prefix_ends_at_a_bit(void)
{
	static const unsigned char a[] = {0xff, 0xf0, 0x0f};
	static const unsigned char b[] = {0xff, 0xf8, 0x0f};
	for (size_t bits = 0; bits <= 24; bits++) {
		CHECK_INT(addr_bytes_match(a, b, bits), bits <= 12);
		CHECK(addr_bytes_match(a, a, bits));
	}
}

static void a_scope_is_the_interface(void)
{
	struct addr scoped = parse("fe80::1%7");
	struct addr bare = parse("fe80::1");
	struct addr global = parse("2001:db8::1");
	struct addr v4 = parse("127.0.0.1");
	CHECK_INT(addr_scope(&scoped), 7);
	CHECK_INT(addr_scope(&bare), 0);
	CHECK_INT(addr_scope(&v4), 0);
	CHECK(!addr_equal(&scoped, &bare));
	CHECK(addr_lacks_scope(&bare));
	CHECK(!addr_lacks_scope(&scoped));
	CHECK(!addr_lacks_scope(&global));
}

static void ipv4_in_ipv6_is_ipv4_again(void)
{
	struct addr mapped = parse("::ffff:192.0.2.1");
	struct addr plain = parse("192.0.2.1");
	struct addr unmapped = addr_unmapped(&mapped);
	CHECK(!addr_equal(&mapped, &plain));
	CHECK(addr_equal(&unmapped, &plain));
	unmapped = addr_unmapped(&plain);
	CHECK(addr_equal(&unmapped, &plain));
}

static void kinds_of_addresses(void)
{
	static const struct {
		const char *numeric;
		bool any, loopback, multicast;
	} rows[] = {
		{"0.0.0.0", true, false, false},          {"::", true, false, false},
		{"127.255.0.1", false, true, false},      {"::1", false, true, false},
		{"224.0.0.1", false, false, true},        {"239.255.255.255", false, false, true},
		{"240.0.0.1", false, false, false},       {"ff02::1", false, false, true},
		{"128.0.0.1", false, false, false},       {"fe80::1%1", false, false, false},
		{"223.255.255.255", false, false, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr addr = parse(rows[i].numeric);
		CHECK_INT(addr_is_any(&addr), rows[i].any);
		CHECK_INT(addr_is_loopback(&addr), rows[i].loopback);
		CHECK_INT(addr_is_multicast(&addr), rows[i].multicast);
	}
}

UNIT_MAIN(an_address_comes_back_as_it_was_written, what_is_no_address_may_be_a_name,
	  bytes_make_the_address_that_they_are_of, other_families_have_no_bytes,
	  a_prefix_ends_at_a_bit, a_scope_is_the_interface, ipv4_in_ipv6_is_ipv4_again,
	  kinds_of_addresses)
