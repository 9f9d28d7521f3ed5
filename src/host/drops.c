/* What was dropped: the kernel's counters of a socket, and those of this host in /proc/net/netstat,
 * snmp and snmp6. */
#include "host/drops.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/kernel.h"
#include "proto/counters.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* Room for a line; the longest, that of TcpExt, has some 2,000 characters. */
#define LINE 8192

/* Indices of what SO_MEMINFO gives, linux/sock_diag.h. */
enum { MEMINFO_RCVBUF = 1, MEMINFO_DROPS = 8, MEMINFO_COUNT = 9 };

bool drops_of_socket(struct trace *trace, int fd, uint32_t *drops, uint32_t *receive_buffer)
{
	uint32_t values[MEMINFO_COUNT] = {0};
	socklen_t len = sizeof(values);
	struct purpose purpose;
	if (fd < 0)
		return false;
	purpose_begin(&purpose, trace, "this host", "how many packets for the socket it dropped");
	bool known = sys_getsockopt(trace, fd, SOL_SOCKET, SO_MEMINFO, values, &len) == 0 &&
		     len >= sizeof(values);
	purpose_end(&purpose, known ? "%u" : "it does not say", values[MEMINFO_DROPS]);
	if (!known)
		return false;
	*drops = values[MEMINFO_DROPS];
	*receive_buffer = values[MEMINFO_RCVBUF];
	return true;
}

bool drops_accept_queue(struct trace *trace, int fd, uint32_t *waiting, uint32_t *most)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);
	struct purpose purpose;
	if (fd < 0)
		return false;
	purpose_begin(&purpose, trace, "this host", "how many clients wait to be accepted");
	bool known = sys_getsockopt(trace, fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
		     len >= offsetof(struct tcp_info, tcpi_sacked) + sizeof(info.tcpi_sacked);
	purpose_end(&purpose, known ? "%u of at most %u" : "it does not say", info.tcpi_unacked,
		    info.tcpi_sacked);
	if (!known)
		return false;
	*waiting = info.tcpi_unacked;
	*most = info.tcpi_sacked;
	return true;
}

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
	FILE *file = sys_fopen(v6         ? "/proc/net/snmp6"
			       : extended ? "/proc/net/netstat"
					  : "/proc/net/snmp");
	if (!file)
		return false;
	bool found = v6 ? read_lines(file, group, name, value)
			: read_pairs(file, group, name, value);
	fclose(file);
	return found;
}
