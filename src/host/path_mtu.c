/* Measuring the path MTU with datagrams. */
#include "host/path_mtu.h"

#include <errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <string.h>

#include "base/clock.h"
#include "host/errqueue.h"
#include "net/pollset.h"
#include "net/run.h"
#include "trace/sys.h"

/* Where traceroute(8) begins: nobody listens there. */
#define PROBE_PORT 33434
#define SMALL_SIZE 64 /* of the whole packet */
#define LARGEST 9216  /* links with larger ones are inside of this host */
#define TRIES 3
#define TRY_NS (300 * NS_PER_MS)

static int headers(const struct pathmtu *pathmtu)
{
	return 8 + (pathmtu->addr.ss.ss_family == AF_INET6 ? 40 : 20);
}

/* A connected socket whose datagrams are never fragmented, whatever the kernel believes of the path. */
static int open_socket(const struct pathmtu *pathmtu, const struct run *run)
{
	bool v6 = pathmtu->addr.ss.ss_family == AF_INET6;
	int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	int on = 1;
	int probe = IP_PMTUDISC_PROBE; /* IPV6_PMTUDISC_PROBE has the same number */
	int fd = sys_socket(run->trace, pathmtu->addr.ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			    IPPROTO_UDP);
	if (fd < 0)
		return -1;
	if (sys_setsockopt(run->trace, fd, level, v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof(on)) != 0 ||
	    sys_setsockopt(run->trace, fd, level, v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &probe, sizeof(probe)) !=
		    0 ||
	    sys_connect(run->trace, fd, &pathmtu->addr) != 0)
		sys_close(run->trace, &fd);
	return fd;
}

static void read_local(struct pathmtu *pathmtu, const struct run *run)
{
	bool v6 = pathmtu->addr.ss.ss_family == AF_INET6;
	socklen_t len = sizeof(pathmtu->local);
	if (sys_getsockopt(run->trace, pathmtu->large.fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU,
			   &pathmtu->local, &len) != 0)
		pathmtu->local = 0;
	pathmtu->mtu = pathmtu->local;
}

/* Send a datagram that makes a packet of SIZE. */
static void send_packet(const struct pathmtu *pathmtu, const struct run *run, int fd, int size)
{
	char zeros[LARGEST];
	int payload = size - headers(pathmtu);
	memset(zeros, 0, sizeof(zeros));
	sys_send(run->trace, fd, zeros, (size_t)payload, MSG_NOSIGNAL);
}

static void send_round(struct pathmtu *pathmtu, const struct run *run)
{
	pathmtu->tries++;
	pathmtu->next_ns = clock_now() + TRY_NS;
	send_packet(pathmtu, run, pathmtu->large.fd, pathmtu->mtu);
	if (!pathmtu->small.answered)
		send_packet(pathmtu, run, pathmtu->small.fd, SMALL_SIZE);
}

void pathmtu_start(struct pathmtu *pathmtu, const struct run *run, const struct addr *addr)
{
	*pathmtu = (struct pathmtu){.addr = *addr, .start_ns = clock_now(), .large.fd = -1, .small.fd = -1};
	addr_set_port(&pathmtu->addr, PROBE_PORT);
	pathmtu->large.fd = open_socket(pathmtu, run);
	pathmtu->small.fd = open_socket(pathmtu, run);
	if (pathmtu->large.fd >= 0)
		read_local(pathmtu, run);
	if (pathmtu->small.fd >= 0 && pathmtu->mtu > SMALL_SIZE && pathmtu->mtu <= LARGEST)
		send_round(pathmtu, run);
	else
		pathmtu->state = pathmtu->mtu > LARGEST ? PATHMTU_INSIDE : PATHMTU_UNKNOWN;
}

/* Take what SOCKET has been told.  A router that names a smaller MTU is no answer: that size is tried next. */
static void read_answers(struct pathmtu *pathmtu, const struct run *run, struct pathmtu_socket *socket)
{
	struct icmp_error error;
	char byte;
	int err = 0;
	socklen_t len = sizeof(err);

	if (!socket->ready)
		return;
	socket->ready = false;
	sys_getsockopt(run->trace, socket->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	socket->answered |= sys_recv(run->trace, socket->fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0;
	while (errqueue_read(run->trace, socket->fd, &error)) {
		if (error.mtu == 0) {
			struct addr target = pathmtu->addr;
			addr_set_port(&target, 0);
			socket->answered |= addr_equal(&target, &error.offender);
		} else if (error.mtu < pathmtu->mtu && error.mtu > SMALL_SIZE) {
			pathmtu->mtu = error.mtu;
			pathmtu->reduced = true;
			pathmtu->reporter = error.offender;
			pathmtu->tries = 0;
			pathmtu->next_ns = 0;
		}
	}
}

void pathmtu_advance(struct pathmtu *pathmtu, const struct run *run, int64_t now_ns)
{
	if (pathmtu->state != PATHMTU_PENDING)
		return;
	read_answers(pathmtu, run, &pathmtu->large);
	read_answers(pathmtu, run, &pathmtu->small);
	pathmtu->took_ns = now_ns - pathmtu->start_ns;
	if (pathmtu->large.answered)
		pathmtu->state = PATHMTU_KNOWN;
	else if (now_ns >= pathmtu->next_ns && pathmtu->tries < TRIES)
		send_round(pathmtu, run);
	else if (now_ns >= pathmtu->next_ns)
		pathmtu->state = pathmtu->small.answered ? PATHMTU_HOLE : PATHMTU_UNKNOWN;
	if (pathmtu->state != PATHMTU_PENDING)
		pathmtu_close(pathmtu, run);
}

void pathmtu_want(struct pathmtu *pathmtu, struct pollset *set)
{
	if (pathmtu->state != PATHMTU_PENDING)
		return;
	pollset_add(set, pathmtu->large.fd, POLLIN, &pathmtu->large.ready);
	pollset_add(set, pathmtu->small.fd, POLLIN, &pathmtu->small.ready);
	pollset_wake(set, pathmtu->next_ns);
}

void pathmtu_close(struct pathmtu *pathmtu, const struct run *run)
{
	sys_close(run->trace, &pathmtu->large.fd);
	sys_close(run->trace, &pathmtu->small.fd);
}
