/* The interfaces of link-local addresses. */
#include "net/scope.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

uint32_t scope_index(const char *name)
{
	char path[sizeof("/sys/class/net//ifindex") + IF_NAMESIZE];
	unsigned index = 0;

	if (strlen(name) >= IF_NAMESIZE || strchr(name, '/') || name[0] == '.')
		return 0;
	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%u", &index) != 1)
		index = 0;
	fclose(file);
	return index;
}

void scope_candidates(struct text *out)
{
	char name[IF_NAMESIZE + 1];
	unsigned scope;
	bool first = true;

	FILE *file = fopen("/proc/net/if_inet6", "re");
	if (!file)
		return;
	/* address, index, prefix length, scope (0x20: link), flags, name */
	while (fscanf(file, "%*32s %*x %*x %x %*x %16s", &scope, name) == 2) {
		if (scope != 0x20)
			continue;
		text_str(out, first ? "" : ", ");
		text_safe(out, name);
		first = false;
	}
	fclose(file);
}
