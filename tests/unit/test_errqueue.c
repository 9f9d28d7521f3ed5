/* ICMP errors in words, and whose word it is that a port is closed. */
#include "host/errqueue.h"

#include "base/text.h"
#include "unit.h"

static struct icmp_error error_from(const char *host, int family, int type, int code)
{
	struct icmp_error error = {.type = type, .code = code};
	addr_parse(&error.offender, family, host, 0);
	return error;
}

static void errors_in_words(void)
{
	static const struct {
		const char *host;
		int family, type, code;
		const char *want;
	} rows[] = {
		{"10.0.0.1", AF_INET, 3, 3,
		 "10.0.0.1 answered: port unreachable (ICMP type 3 code 3)"},
		{"fd00::1", AF_INET6, 1, 4,
		 "fd00::1 answered: port unreachable (ICMPv6 type 1 code 4)"},
		{"10.0.0.1", AF_INET, 12, 0, "10.0.0.1 answered: an error (ICMP type 12 code 0)"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[128];
		struct text text = TEXT_IN(line);
		struct icmp_error error = error_from(rows[i].host, rows[i].family, rows[i].type,
						     rows[i].code);
		icmp_error_format_answer(&text, &error);
		CHECK_STR(line, rows[i].want);
	}
}

static void only_the_host_itself_closes_its_port(void)
{
	struct addr target, other;
	struct icmp_error closed = error_from("10.0.0.1", AF_INET, 3, 3);
	struct icmp_error prohibited = error_from("10.0.0.1", AF_INET, 3, 13);
	addr_parse(&target, AF_INET, "10.0.0.1", 53);
	addr_parse(&other, AF_INET, "10.0.0.2", 53);
	CHECK(icmp_error_closes_port(&closed, &target));
	CHECK(!icmp_error_closes_port(&closed, &other));
	CHECK(!icmp_error_closes_port(&prohibited, &target));
}

UNIT_MAIN(errors_in_words, only_the_host_itself_closes_its_port)
