/* What this host has counted: /proc/net/netstat, snmp and snmp6. */
#include "host/hostcount.h"

#include <stdio.h>
#include <string.h>

#include "proto/counters.h"

/* The longest line, that of TcpExt, has some 2,000 characters. */
#define LINE 8192

static bool read_pairs(FILE *file, const char *group, const char *name, uint64_t *value)
{
	char names[LINE], values[LINE];
	size_t len = strlen(group);
	while (fgets(names, sizeof(names), file) && fgets(values, sizeof(values), file))
		if (strncmp(names, group, len) == 0 && names[len] == ':')
			return counters_pair(names, values, name, value);
	return false;
}

static bool read_lines(FILE *file, const char *group, const char *name, uint64_t *value)
{
	char line[128], whole[64];
	snprintf(whole, sizeof(whole), "%s%s", group, name);
	while (fgets(line, sizeof(line), file))
		if (counters_line(line, whole, value))
			return true;
	return false;
}

bool drops_read_counter(const char *group, const char *name, uint64_t *value)
{
	bool v6 = group[0] != '\0' && group[strlen(group) - 1] == '6';
	bool extended = strncmp(group, "TcpExt", 6) == 0;
	FILE *file = fopen(v6         ? "/proc/net/snmp6"
			   : extended ? "/proc/net/netstat"
				      : "/proc/net/snmp",
			   "re");
	if (!file)
		return false;
	bool found = v6 ? read_lines(file, group, name, value)
			: read_pairs(file, group, name, value);
	fclose(file);
	return found;
}
