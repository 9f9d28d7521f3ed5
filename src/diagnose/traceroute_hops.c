/* What is known of the hops so far. */
#include "diagnose/traceroute_internal.h"

bool hop_is_answered(const struct hop *hop)
{
	for (size_t i = 0; i < hop->sent; i++)
		if (probe_is_answered(&hop->probes[i]))
			return true;
	return false;
}

size_t traceroute_answered(const struct traceroute *traceroute)
{
	size_t count = traceroute->end;
	while (count > 0 && !hop_is_answered(&traceroute->hops[count - 1]))
		count--;
	return count;
}

const struct reverse *traceroute_name(const struct traceroute *traceroute, const struct addr *addr)
{
	for (size_t i = 0; i < traceroute->name_count; i++)
		if (addr_equal(&traceroute->names[i].addr, addr))
			return &traceroute->names[i];
	return NULL;
}
