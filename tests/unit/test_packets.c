/* The queue of packets: order, positions, runs of one size. */
#include "net/packets.h"

#include "unit.h"

static struct packets queue_of(const size_t *lengths, size_t count)
{
	struct packets packets;
	packets_clear(&packets);
	for (size_t i = 0; i < count; i++)
		packets_add(&packets, lengths[i]);
	return packets;
}

#define QUEUE(...)                              \
	queue_of((const size_t[]){__VA_ARGS__}, \
		 sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t))

static void packets_lie_one_behind_the_other(void)
{
	struct packets packets = QUEUE(3, 0, 5);
	CHECK_INT(packets.end, 8);
	packets_take(&packets, 2);
	CHECK_INT(packets.next, 2);
	CHECK_INT(packets.at, 3);
	packets_take(&packets, 1);
	CHECK_INT(packets.next, packets.count);
	CHECK_INT(packets.at, packets.end);
}

static void a_run_is_what_has_one_size(void)
{
	struct packets packets = QUEUE(4, 4, 4, 5, 5, 4);
	CHECK_INT(packets_equal(&packets, 1000), 3);
	packets_take(&packets, 3);
	CHECK_INT(packets_equal(&packets, 1000), 2);
	packets_take(&packets, 2);
	CHECK_INT(packets_equal(&packets, 1000), 1);
}

static void empty_packets_are_no_run(void)
{
	struct packets packets = QUEUE(0, 0, 7);
	CHECK_INT(packets_equal(&packets, 1000), 1);
}

static void a_run_is_not_longer_than_the_limit(void)
{
	struct packets packets = QUEUE(400, 400, 400);
	CHECK_INT(packets_equal(&packets, 1200), 3);
	CHECK_INT(packets_equal(&packets, 1199), 2);
	CHECK_INT(packets_equal(&packets, 100), 1);
}

UNIT_MAIN(packets_lie_one_behind_the_other, a_run_is_what_has_one_size, empty_packets_are_no_run,
	  a_run_is_not_longer_than_the_limit)
