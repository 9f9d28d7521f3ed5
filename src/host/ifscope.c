/* The interfaces of link-local addresses. */
#include "host/ifscope.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "trace/sys.h"

/* What a line of /proc/net/if_inet6 (address, index, prefix length, scope, flags, name), or of
 * /proc/net/dev_mcast (index, name, and more), says of an interface. */
static bool read_line(const char *line, bool addresses, unsigned *index,
		      char name[static IF_NAMESIZE + 1])
{
	return (addresses ? sscanf(line, "%*32s %x %*x %*x %*x %16s", index, name)
			  : sscanf(line, "%u %16s", index, name)) == 2;
}

/* The index of interface NAME; 0: it is not there. */
static uint32_t index_in(const char *file, bool addresses, const char *name)
{
	char line[256], found[IF_NAMESIZE + 1];
	unsigned index = 0;
	uint32_t result = 0;
	FILE *lines = sys_fopen(file);
	if (!lines)
		return 0;
	while (result == 0 && fgets(line, sizeof(line), lines))
		if (read_line(line, addresses, &index, found) && strcmp(found, name) == 0)
			result = index;
	fclose(lines);
	return result;
}

/* /proc/net is of our network namespace; /sys may have been mounted in another one (nsenter -n),
 * but has also those that are down. */
uint32_t ifscope_index(const char *name)
{
	char path[sizeof("/sys/class/net//ifindex") + IF_NAMESIZE];

	if (strlen(name) >= IF_NAMESIZE || strchr(name, '/') || name[0] == '.')
		return 0;
	uint32_t index = index_in("/proc/net/if_inet6", true, name);
	if (index == 0)
		index = index_in("/proc/net/dev_mcast", false, name);
	if (index != 0)
		return index;
	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name);
	FILE *file = sys_fopen(path);
	if (!file)
		return 0;
	unsigned number = 0;
	if (fscanf(file, "%u", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

void ifscope_candidates(struct text *out)
{
	char name[IF_NAMESIZE + 1];
	unsigned scope;
	bool first = true;

	FILE *file = sys_fopen("/proc/net/if_inet6");
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
