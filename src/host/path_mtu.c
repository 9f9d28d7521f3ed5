/* Measuring the path MTU with datagrams. */
#include "host/path_mtu.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "host/errqueue.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "trace/sys.h"

/* Where traceroute(8) begins: nobody listens there. */
#define PROBE_PORT 33434
#define SMALL_SIZE 64 /* of the whole packet */
#define LARGEST 9216  /* links with larger ones are inside of this host */
#define TRIES 3
#define TRY_NS (300 * NS_PER_MS)

static int headers(const struct path_mtu *path_mtu)
{
	return 8 + (path_mtu->addr.ss.ss_family == AF_INET6 ? 40 : 20);
}

/* A connected socket whose datagrams are never fragmented, whatever the kernel believes of the
 * path. */
static int open_socket(const struct path_mtu *path_mtu, const struct run *run)
{
	bool v6 = path_mtu->addr.ss.ss_family == AF_INET6;
	int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	int probe = IP_PMTUDISC_PROBE; /* IPV6_PMTUDISC_PROBE has the same number */
	int fd = sys_socket(run->trace, path_mtu->addr.ss.ss_family,
			    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	if (fd < 0)
		return -1;
	if (sockopt_ask_errors(run->trace, fd, path_mtu->addr.ss.ss_family, true) != 0 ||
	    sys_setsockopt(run->trace, fd, level, v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &probe,
			   sizeof(probe)) != 0 ||
	    sys_connect(run->trace, fd, &path_mtu->addr) != 0)
		sys_close(run->trace, &fd);
	return fd;
}

static void read_local(struct path_mtu *path_mtu, const struct run *run)
{
	bool v6 = path_mtu->addr.ss.ss_family == AF_INET6;
	socklen_t len = sizeof(path_mtu->local);
	if (sys_getsockopt(run->trace, path_mtu->large.fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
			   v6 ? IPV6_MTU : IP_MTU, &path_mtu->local, &len) != 0)
		path_mtu->local = 0;
	path_mtu->mtu = path_mtu->local;
}

/* Send a datagram that makes a packet of SIZE. */
static void send_packet(const struct path_mtu *path_mtu, const struct run *run, int fd, int size)
{
	char zeros[LARGEST];
	int payload = size - headers(path_mtu);
	memset(zeros, 0, sizeof(zeros));
	sys_send(run->trace, fd, zeros, (size_t)payload, MSG_NOSIGNAL);
}

static void send_round(struct path_mtu *path_mtu, const struct run *run)
{
	path_mtu->tries++;
	path_mtu->next_ns = clock_now() + TRY_NS;
	send_packet(path_mtu, run, path_mtu->large.fd, path_mtu->mtu);
	if (!path_mtu->small.answered)
		send_packet(path_mtu, run, path_mtu->small.fd, SMALL_SIZE);
}

void path_mtu_start(struct path_mtu *path_mtu, const struct run *run, const struct addr *addr)
{
	*path_mtu = (struct path_mtu){
		.addr = *addr, .start_ns = clock_now(), .large.fd = -1, .small.fd = -1};
	addr_set_port(&path_mtu->addr, PROBE_PORT);
	purpose_begin(&path_mtu->purpose, run->trace, "the way", "how large packets to %s may be",
		      addr_host_text(addr).chars);
	path_mtu->large.fd = open_socket(path_mtu, run);
	path_mtu->small.fd = open_socket(path_mtu, run);
	if (path_mtu->large.fd >= 0)
		read_local(path_mtu, run);
	if (path_mtu->small.fd >= 0 && path_mtu->mtu > SMALL_SIZE && path_mtu->mtu <= LARGEST)
		send_round(path_mtu, run);
	else
		path_mtu->state = path_mtu->mtu > LARGEST ? PATH_MTU_INSIDE : PATH_MTU_UNKNOWN;
	if (path_mtu->state != PATH_MTU_PENDING)
		path_mtu_close(path_mtu, run);
	purpose_leave(&path_mtu->purpose);
}

/* Take what SOCKET has been told.  A router that names a smaller MTU is no answer: that size is
 * tried next. */
static void read_answers(struct path_mtu *path_mtu, const struct run *run,
			 struct path_mtu_socket *socket)
{
	struct icmp_error error;
	char byte;

	if (!socket->ready)
		return;
	socket->ready = false;
	sockopt_take_error(run->trace, socket->fd);
	socket->answered |= sys_recv(run->trace, socket->fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >=
			    0;
	while (errqueue_read(run->trace, socket->fd, &error)) {
		if (error.mtu == 0) {
			struct addr target = path_mtu->addr;
			addr_set_port(&target, 0);
			socket->answered |= addr_equal(&target, &error.offender);
		} else if (error.mtu < path_mtu->mtu && error.mtu > SMALL_SIZE) {
			path_mtu->mtu = error.mtu;
			path_mtu->reduced = true;
			path_mtu->reporter = error.offender;
			path_mtu->tries = 0;
			path_mtu->next_ns = 0;
		}
	}
}

void path_mtu_advance(struct path_mtu *path_mtu, const struct run *run, int64_t now_ns)
{
	if (path_mtu->state != PATH_MTU_PENDING)
		return;
	purpose_resume(&path_mtu->purpose);
	read_answers(path_mtu, run, &path_mtu->large);
	read_answers(path_mtu, run, &path_mtu->small);
	path_mtu->took_ns = now_ns - path_mtu->start_ns;
	if (path_mtu->large.answered)
		path_mtu->state = PATH_MTU_KNOWN;
	else if (now_ns >= path_mtu->next_ns && path_mtu->tries < TRIES)
		send_round(path_mtu, run);
	else if (now_ns >= path_mtu->next_ns)
		path_mtu->state = path_mtu->small.answered ? PATH_MTU_HOLE : PATH_MTU_UNKNOWN;
	if (path_mtu->state != PATH_MTU_PENDING)
		path_mtu_close(path_mtu, run);
	purpose_leave(&path_mtu->purpose);
}

void path_mtu_want(struct path_mtu *path_mtu, struct pollset *set)
{
	if (path_mtu->state != PATH_MTU_PENDING)
		return;
	pollset_add(set, path_mtu->large.fd, POLLIN, &path_mtu->large.ready);
	pollset_add(set, path_mtu->small.fd, POLLIN, &path_mtu->small.ready);
	pollset_wake(set, path_mtu->next_ns);
}

void path_mtu_close(struct path_mtu *path_mtu, const struct run *run)
{
	purpose_resume(&path_mtu->purpose);
	sys_close(run->trace, &path_mtu->large.fd);
	sys_close(run->trace, &path_mtu->small.fd);
	purpose_end(&path_mtu->purpose,
		    path_mtu->state == PATH_MTU_KNOWN    ? "%d bytes"
		    : path_mtu->state == PATH_MTU_HOLE   ? "less than %d bytes"
		    : path_mtu->state == PATH_MTU_INSIDE ? "it stays inside this host: %d bytes"
							 : "no answer; this host goes by %d bytes",
		    path_mtu->mtu);
}
