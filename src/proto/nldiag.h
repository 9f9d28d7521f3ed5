/* What sock_diag(7) tells of sockets, as plain structs, and the questions to it; and the same from
 * a line of /proc/net, for hosts and sandboxes that have no sock_diag. Pure. */
#ifndef HANDSET_PROTO_NLDIAG_H
#define HANDSET_PROTO_NLDIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/addr.h"

struct nlmessage;
struct nlrequest;

/* States as the kernel counts them (net/tcp_states.h); a UDP socket is BOUND or CONNECTED. */
enum diag_state {
	DIAG_CONNECTED = 1,
	DIAG_SYN_SENT = 2,
	DIAG_TIME_WAIT = 6,
	DIAG_BOUND = 7,
	DIAG_LISTEN = 10,
};

/* A socket of this network namespace, of whatever user. */
struct diag_socket {
	struct addr local, peer;
	int state;
	int type; /* of a Unix socket: SOCK_STREAM, ... */
	uid_t uid;
	uint64_t inode;  /* 0: no process has it any more */
	uint64_t cgroup; /* the id of its control group; 0: not told */
	bool has_queue;  /* of a Unix socket: these two are told */
	uint32_t rqueue; /* LISTEN: connections that wait to be accepted; else bytes to be read */
	uint32_t wqueue; /* LISTEN: how many may wait (the backlog); else bytes not yet acknowledged
			  */
	unsigned ifindex; /* it is bound to that interface; 0: to none */
	bool v6only;      /* IPV6_V6ONLY, of those that LISTEN, as far as it is told */
	char name[110];   /* a Unix socket's path, an abstract one with a leading @ */
	size_t name_len;
	uint32_t file_inode, file_dev; /* of its path, as the kernel numbers devices; 0: none */
};

/* Ask for the sockets of FAMILY and PROTOCOL (IPPROTO_TCP, IPPROTO_UDP) on local PORT (0: all) in
 * the STATES, a mask of bits 1 << enum diag_state. */
void nldiag_ask_inet(struct nlrequest *request, int family, int protocol, uint16_t port,
		     uint32_t states);

/* Ask for the Unix sockets. */
void nldiag_ask_unix(struct nlrequest *request);

/* Take a message apart; false when it is another one, or is cut. */
bool nldiag_inet(const struct nlmessage *message, struct diag_socket *socket);
bool nldiag_unix(const struct nlmessage *message, struct diag_socket *socket);

/* A LINE of /proc/net/tcp, tcp6, udp or udp6 (of FAMILY); false when it is the heading. */
bool nldiag_proc_line(const char *line, int family, struct diag_socket *socket);

/* A LINE of /proc/net/unix; false when it is the heading.  The queues are not told there. */
bool nldiag_proc_unix_line(const char *line, struct diag_socket *socket);

#endif
