/* The SYN with which a client knocked. */
#include "proto/syn.h"

#include "base/text.h"
#include "unit.h"

#define ROW(bytes) (const uint8_t *)(bytes), sizeof(bytes) - 1
#define IPV4 "\x45\x88\0\x3c\0\0\x40\0\x3f\6\0\0\x0a\0\0\1\x0a\0\0\2"
#define TCP "\x12\x34\0\x50\0\0\0\0\0\0\0\0\xa0\xc2\xfa\xf0\0\0\0\0"
#define OPTIONS "\2\4\5\xb4\4\2\x08\x0a\0\0\0\0\0\0\0\0\1\3\3\7"
#define IPV6                                                                                       \
	"\x60\0\0\0\0\x28\6\x7b\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x20\1\x0d\xb8\0\0\0\0\0\0\0" \
	"\0\0\0\0\2"
#define BARE "\x12\x34\0\x50\0\0\0\0\0\0\0\0\x50\2\x20\0\0\0\0\0"

static void a_syn_over_ipv4(void)
{
	struct syn syn;
	char line[256];
	struct text text = TEXT_IN(line);
	CHECK_INT(syn_read(&syn, ROW(IPV4 TCP OPTIONS)), 0);
	CHECK_INT(syn.ttl, 63);
	CHECK_INT(syn_hops(&syn), 1);
	CHECK_INT(syn.mss, 1460);
	CHECK_INT(syn.scale, 7);
	CHECK_INT(syn.dscp, 34);
	CHECK(syn.sack && syn.timestamps && syn.ecn && !syn.v6);
	syn_format(&text, &syn);
	CHECK_STR(line, "TTL 63 (1 router on the way, if it began with 64), MSS 1460 (of an MTU of "
			"1500), window 64240, scale 7, "
			"SACK, timestamps, ECN, DSCP 34");
}

static void a_syn_over_ipv6_without_options(void)
{
	struct syn syn;
	char line[256];
	struct text text = TEXT_IN(line);
	CHECK_INT(syn_read(&syn, ROW(IPV6 BARE)), 0);
	CHECK_INT(syn.ttl, 123);
	CHECK_INT(syn_hops(&syn), 5);
	CHECK(syn.v6 && !syn.sack);
	syn_format(&text, &syn);
	CHECK_STR(line, "hop limit 123 (5 routers on the way, if it began with 128), no MSS, "
			"window 8192 without scaling, no SACK, "
			"no timestamps");
}

static void what_is_no_syn(void)
{
	static const uint8_t whole[] = IPV4 TCP OPTIONS;
	struct syn syn;
	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		CHECK_INT(syn_read(&syn, whole, len), -1);
	CHECK_INT(syn_read(&syn, ROW("\x75" TCP TCP)), -1);
	CHECK_INT(syn_read(&syn, ROW("\x60\0\0\0\0\0\0\x40" TCP
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\0\0\0\0\0\0")),
		  -1);
}

static void options_that_make_no_sense_are_left_aside(void)
{
	struct syn syn;
	CHECK_INT(
		syn_read(&syn,
			 ROW(IPV4 "\x12\x34\0\x50\0\0\0\0\0\0\0\0\x60\2\x20\0\0\0\0\0\2\xff\1\1")),
		0);
	CHECK_INT(syn.mss, 0);
	CHECK_INT(
		syn_read(&syn,
			 ROW(IPV4 "\x12\x34\0\x50\0\0\0\0\0\0\0\0\x60\2\x20\0\0\0\0\0\3\3\xff\2")),
		0);
	CHECK_INT(syn.scale, 14);
}

UNIT_MAIN(a_syn_over_ipv4, a_syn_over_ipv6_without_options, what_is_no_syn,
	  options_that_make_no_sense_are_left_aside)
