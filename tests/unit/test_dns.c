/* Questions to a name server and its answers. */
#include "proto/dns.h"

#include "unit.h"

static const uint8_t question[] = "\x12\x34\x01\0\0\1\0\0\0\0\0\0\4host\4test\0\0\1\0\1";

static void a_question_is_built(void)
{
	uint8_t message[64];
	CHECK_INT(dns_question(message, sizeof(message), 0x1234, "host.test", DNS_A),
		  sizeof(question) - 1);
	CHECK(memcmp(message, question, sizeof(question) - 1) == 0);
	CHECK_INT(dns_question(message, sizeof(message), 0x1234, "host.test.", DNS_A),
		  sizeof(question) - 1);
}

static void names_that_the_dns_cannot_have(void)
{
	uint8_t message[DNS_MESSAGE];
	char label[70], name[300];
	memset(label, 'a', 64);
	label[64] = '\0';
	memset(name, 0, sizeof(name));
	for (size_t i = 0; i < 270; i++)
		name[i] = i % 10 == 9 ? '.' : 'a';
	CHECK_INT(dns_question(message, sizeof(message), 1, "", DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, ".", DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, "a..b", DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, ".a", DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, "a..", DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, label, DNS_A), 0);
	CHECK_INT(dns_question(message, sizeof(message), 1, name, DNS_A), 0);
	CHECK_INT(dns_question(message, 20, 1, "host.test", DNS_A), 0);
	label[63] = '\0';
	CHECK(dns_question(message, sizeof(message), 1, label, DNS_AAAA) > 0);
}

static void answers_are_read(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		int rcode, addresses;
		const char *alias;
	} rows[] = {
#define ROW(bytes, rcode, addresses, alias) {bytes, sizeof(bytes) - 1, rcode, addresses, alias}
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4host\4test\0\0\1\0\1", DNS_NXDOMAIN, 0, ""),
		ROW("\x12\x34\x81\x82\0\0\0\0\0\0\0\0", DNS_SERVFAIL, 0, ""),
		ROW("\x12\x34\x81\x80\0\1\0\2\0\0\0\0\4host\4test\0\0\1\0\1"
		    "\xc0\x0c\0\5\0\1\0\0\0\1\0\7\4real\xc0\x11"
		    "\xc0\x27\0\1\0\1\0\0\0\1\0\4\x0a\0\0\1",
		    DNS_NOERROR, 1, "real.test"),
		/* The second record is cut off. */
		ROW("\x12\x34\x83\x80\0\1\0\2\0\0\0\0\4host\4test\0\0\1\0\1"
		    "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x0a\0\0\1\xc0\x0c\0\1",
		    DNS_NOERROR, 1, ""),
		/* An IPv6 address where an IPv4 address was asked for. */
		ROW("\x12\x34\x81\x80\0\0\0\1\0\0\0\0\1a\0\0\x1c\0\1\0\0\0\1\0\1\1", DNS_NOERROR, 0,
		    ""),
		/* A name that points to itself. */
		ROW("\x12\x34\x81\x80\0\0\0\1\0\0\0\0\xc0\x0c\0\1\0\1\0\0\0\1\0\0", DNS_NOERROR, 0,
		    ""),
#undef ROW
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_answer answer;
		CHECK_INT(dns_read(&answer, (const uint8_t *)rows[i].bytes, rows[i].len, DNS_A), 0);
		CHECK_INT(answer.id, 0x1234);
		CHECK_INT(answer.rcode, rows[i].rcode);
		CHECK_INT(answer.addresses, rows[i].addresses);
		CHECK_STR(answer.alias, rows[i].alias);
	}
}

static void what_is_no_answer(void)
{
	struct dns_answer answer;
	CHECK_INT(dns_read(&answer, question, sizeof(question) - 1, DNS_A), -1);
	CHECK_INT(dns_read(&answer, (const uint8_t *)"\x12\x34\x81\x80", 4, DNS_A), -1);
	CHECK_INT(dns_read(&answer, NULL, 0, DNS_A), -1);
}

static void answers_belong_to_a_question(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool belongs;
	} rows[] = {
#define ROW(bytes, belongs) {bytes, sizeof(bytes) - 1, belongs}
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4host\4test\0\0\1\0\1", true),
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4hOsT\4test\0\0\1\0\1", true),
		/* An error needs no question, an answer does. */
		ROW("\x12\x34\x81\x81\0\0\0\0\0\0\0\0", true),
		ROW("\x12\x34\x81\x80\0\0\0\0\0\0\0\0", false),
		/* Another number, name, type; a question; cut off. */
		ROW("\x12\x35\x81\x83\0\1\0\0\0\0\0\0\4host\4test\0\0\1\0\1", false),
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4most\4test\0\0\1\0\1", false),
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4host\4test\0\0\x1c\0\1", false),
		ROW("\x12\x34\x01\0\0\1\0\0\0\0\0\0\4host\4test\0\0\1\0\1", false),
		ROW("\x12\x34\x81\x83\0\1\0\0\0\0\0\0\4host\4tes", false),
		ROW("\x12\x34\x81", false),
		ROW("\x12\x34\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", false),
#undef ROW
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(dns_belongs((const uint8_t *)rows[i].bytes, rows[i].len, question,
				      sizeof(question) - 1),
			  rows[i].belongs);
}

static void codes_have_names(void)
{
	CHECK_STR(dns_rcode_name(DNS_NXDOMAIN), "NXDOMAIN");
	CHECK_STR(dns_rcode_name(DNS_REFUSED), "REFUSED");
	CHECK_STR(dns_rcode_name(9), NULL);
	CHECK_STR(dns_rcode_name(-1), NULL);
}

UNIT_MAIN(a_question_is_built, names_that_the_dns_cannot_have, answers_are_read, what_is_no_answer,
	  answers_belong_to_a_question, codes_have_names)
