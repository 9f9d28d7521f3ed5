/* The limits of this process, and of ports on this host. */
#include "net/limits.h"
#include "trace/sys.h"

#include <stdio.h>
#include <sys/resource.h>

void limits_raise_files(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

unsigned long long limits_files(void)
{
	struct rlimit limit = {.rlim_cur = 0};
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

/* One or two numbers from a file of /proc/sys/net/ipv4. How many there were. */
static int read_numbers(const char *path, unsigned *first, unsigned *second)
{
	FILE *file = sys_fopen(path);
	if (!file)
		return 0;
	int count = fscanf(file, "%u %u", first, second);
	fclose(file);
	return count;
}

bool limits_port_range(unsigned *first, unsigned *last)
{
	return read_numbers("/proc/sys/net/ipv4/ip_local_port_range", first, last) == 2;
}

unsigned limits_privileged_end(void)
{
	unsigned end, none;
	return read_numbers("/proc/sys/net/ipv4/ip_unprivileged_port_start", &end, &none) >= 1 ? end
											       : 0;
}
