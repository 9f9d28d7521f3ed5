/* What waits in the queues of a socket, and what was dropped. */
#include "host/sockqueue.h"

#include <linux/in.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "trace/sys.h"

/* Indices of what SO_MEMINFO gives, linux/sock_diag.h. */
enum { MEMINFO_RCVBUF = 1, MEMINFO_DROPS = 8, MEMINFO_COUNT = 9 };

bool drops_of_socket(struct trace *trace, int fd, uint32_t *drops, uint32_t *receive_buffer)
{
	uint32_t values[MEMINFO_COUNT] = {0};
	socklen_t len = sizeof(values);
	if (fd < 0 || sys_getsockopt(trace, fd, SOL_SOCKET, SO_MEMINFO, values, &len) != 0 ||
	    len < sizeof(values))
		return false;
	*drops = values[MEMINFO_DROPS];
	*receive_buffer = values[MEMINFO_RCVBUF];
	return true;
}

bool drops_accept_queue(struct trace *trace, int fd, uint32_t *waiting, uint32_t *most)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);
	if (fd < 0 || sys_getsockopt(trace, fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return false;
	if (len < offsetof(struct tcp_info, tcpi_sacked) + sizeof(info.tcpi_sacked))
		return false;
	*waiting = info.tcpi_unacked;
	*most = info.tcpi_sacked;
	return true;
}
