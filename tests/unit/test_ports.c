/* Lists of ports: what is a number or a range, what is in a list, and in which order. */
#include "base/ports.h"

#include "unit.h"

static void numbers_and_ranges(void)
{
	static const struct {
		const char *item;
		int status, first, last;
	} rows[] = {
		{"80", 0, 80, 80},
		{"1-65535", 0, 1, 65535},
		{"65535", 0, 65535, 65535},
		{"7-7", 0, 7, 7},
		{"0", -1, 0, 0},
		{"65536", -1, 0, 0},
		{"9-8", -1, 0, 0},
		{"1-", -1, 0, 0},
		{"-5", -1, 0, 0},
		{"1-2-3", -1, 0, 0},
		{"", -1, 0, 0},
		{"http", -1, 0, 0},
		{"http-alt", -1, 0, 0},
		{"0-5", -1, 0, 0},
		{"1-65536", -1, 0, 0},
		{" 80", -1, 0, 0},
		{"99999999999", -1, 0, 0},
		{"+80", -1, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint16_t first = 0;
		uint16_t last = 0;
		CHECK_INT(ports_parse(rows[i].item, &first, &last), rows[i].status);
		CHECK_INT(first, rows[i].first);
		CHECK_INT(last, rows[i].last);
	}
	CHECK(ports_is_numeric("1-2"));
	CHECK(!ports_is_numeric("http-alt"));
}

static void each_port_once_in_order(void)
{
	struct ports ports = {.list = NULL};
	CHECK_INT(ports_add(&ports, 443, 443), 0);
	CHECK_INT(ports_add(&ports, 80, 82), 0);
	CHECK_INT(ports_add(&ports, 81, 83), 0);
	CHECK_INT((int)ports.count, 5);
	CHECK(ports.list[0] == 443 && ports.list[1] == 80 && ports.list[3] == 82 &&
	      ports.list[4] == 83);
	CHECK_INT(ports_add(&ports, 1, 65535), 0);
	CHECK_INT((int)ports.count, 65535);
	CHECK(ports.list[65534] == 65535);
	ports_close(&ports);
	CHECK(!ports.list);
}

static void a_shuffle_loses_none(void)
{
	struct ports ports = {.list = NULL};
	uint32_t noise[100];
	unsigned sum = 0;
	size_t moved = 0;
	for (size_t i = 0; i < 100; i++)
		noise[i] = (uint32_t)(i * 2654435761U);
	CHECK_INT(ports_add(&ports, 1, 100), 0);
	ports_shuffle(&ports, noise);
	for (size_t i = 0; i < 100; i++) {
		sum += ports.list[i];
		moved += ports.list[i] != i + 1;
	}
	CHECK_INT(sum, 5050);
	CHECK(moved > 50);
	ports_close(&ports);
}

UNIT_MAIN(numbers_and_ranges, each_port_once_in_order, a_shuffle_loses_none)
