/* Lists of ports. */
#include "base/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

int ports_parse(const char *item, uint16_t *first, uint16_t *last)
{
	char low[8];
	int64_t from, to;
	const char *dash = strchr(item, '-');
	size_t len = dash ? (size_t)(dash - item) : strlen(item);
	if (len >= sizeof(low))
		return -1;
	memcpy(low, item, len);
	low[len] = '\0';
	if (parse_int(low, 1, UINT16_MAX, &from) != 0 ||
	    parse_int(dash ? dash + 1 : low, from, UINT16_MAX, &to) != 0)
		return -1;
	*first = (uint16_t)from;
	*last = (uint16_t)to;
	return 0;
}

bool ports_is_numeric(const char *item)
{
	return item[strspn(item, "0123456789-")] == '\0';
}

static int make_room(struct ports *ports)
{
	if (ports->list)
		return 0;
	ports->list = malloc(sizeof(*ports->list) * UINT16_MAX);
	ports->seen = calloc(1, (UINT16_MAX + 1) / 8);
	if (ports->list && ports->seen)
		return 0;
	ports_close(ports);
	return -1;
}

int ports_add(struct ports *ports, uint16_t first, uint16_t last)
{
	if (make_room(ports) != 0)
		return -1;
	for (unsigned port = first; port <= last; port++) {
		unsigned char bit = (unsigned char)(1U << port % 8);
		if (ports->seen[port / 8] & bit)
			continue;
		ports->seen[port / 8] |= bit;
		ports->list[ports->count++] = (uint16_t)port;
	}
	return 0;
}

/* Fisher and Yates. */
void ports_shuffle(struct ports *ports, const uint32_t *noise)
{
	for (size_t left = ports->count; left > 1; left--) {
		size_t other = noise[left - 1] % left;
		uint16_t port = ports->list[left - 1];
		ports->list[left - 1] = ports->list[other];
		ports->list[other] = port;
	}
}

void ports_close(struct ports *ports)
{
	free(ports->list);
	free(ports->seen);
	*ports = (struct ports){.list = NULL};
}
