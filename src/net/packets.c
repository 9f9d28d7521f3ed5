/* Packets in a queue. */
#include "net/packets.h"

void packets_clear(struct packets *packets)
{
	packets->count = 0;
	packets->next = 0;
	packets->at = 0;
	packets->end = 0;
}

void packets_add(struct packets *packets, size_t len)
{
	packets->len[packets->count++] = len;
	packets->end += len;
}

void packets_take(struct packets *packets, size_t count)
{
	while (count-- > 0)
		packets->at += packets->len[packets->next++];
}

size_t packets_equal(const struct packets *packets, size_t limit)
{
	size_t len = packets->len[packets->next];
	size_t last = packets->next + 1;
	while (last < packets->count && packets->len[last] == len && len > 0 &&
	       (last - packets->next + 1) * len <= limit)
		last++;
	return last - packets->next;
}
