/* The counters of /proc/net. */
#include "proto/counters.h"

#include "unit.h"

static void pairs_of_lines(void)
{
	uint64_t value = 7;
	CHECK(counters_pair("Udp: InDatagrams NoPorts RcvbufErrors\n", "Udp: 1 2 33\n",
			    "RcvbufErrors", &value));
	CHECK_INT(value, 33);
	CHECK(counters_pair("Udp: InDatagrams NoPorts\n", "Udp: 1 2\n", "InDatagrams", &value));
	CHECK_INT(value, 1);
	CHECK(!counters_pair("Udp: InDatagrams NoPorts\n", "Udp: 1 2\n", "NoPort", &value));
	CHECK(!counters_pair("Udp: InDatagrams NoPorts\n", "Udp: 1\n", "NoPorts", &value));
	CHECK(!counters_pair("Udp: InDatagrams\n", "Tcp: 1\n", "InDatagrams", &value));
	CHECK(!counters_pair("Udp: A\n", "Udp: -1\n", "A", &value));
	CHECK(!counters_pair("Udp: A\n", "Udp: 123456789012345678901234567890\n", "A", &value));
	CHECK(!counters_pair("", "", "A", &value));
	CHECK_INT(value, 1);
}

static void single_lines(void)
{
	uint64_t value = 0;
	CHECK(counters_line("Udp6RcvbufErrors                \t12\n", "Udp6RcvbufErrors", &value));
	CHECK_INT(value, 12);
	CHECK(!counters_line("Udp6RcvbufErrors\t12\n", "Udp6Rcvbuf", &value));
	CHECK(!counters_line("Udp6RcvbufErrors\n", "Udp6RcvbufErrors", &value));
	CHECK(!counters_line("\n", "Udp6RcvbufErrors", &value));
}

UNIT_MAIN(pairs_of_lines, single_lines)
