/* Who has a socket: the user, the process where this user may see it, and the unit or control
 * group.  By sock_diag, of every user's sockets in this network namespace; without it, by
 * /proc/net. */
#ifndef HANDSET_HOST_SOCKET_OWNER_H
#define HANDSET_HOST_SOCKET_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/nldiag.h"

struct text;
struct trace;

struct socket_owner {
	char user[64]; /* the user's name, or the uid; harmless for a terminal, as are the others */
	pid_t pid;     /* 0: not visible to this user */
	char command[64]; /* of the process; empty when it is not visible */
	char unit[96]; /* the systemd unit or the last part of the control group's path; empty: not
			  known */
};

/* Which sockets are looked for. */
struct socket_owner_query {
	int family;      /* AF_INET, AF_INET6; AF_UNSPEC: both */
	int protocol;    /* IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;   /* the local one; 0: every */
	uint32_t states; /* a mask of 1 << enum diag_state */
};

/* Every socket that QUERY is for to TAKE with CONTEXT, until it wants no more. 0, or -1 when it
 * could not be found out. */
int socket_owner_sockets(struct trace *trace, const struct socket_owner_query *query,
			 bool (*take)(const struct diag_socket *, void *), void *context);

/* Find out who has SOCKET. It may look through /proc and the control groups. */
void socket_owner_identify(const struct diag_socket *socket, struct socket_owner *owner);

/* Append OWNER in words: "nginx (pid 81, user www-data, unit nginx.service)". */
void socket_owner_format(struct text *out, const struct socket_owner *owner);

/* The name of user UID, or its number, into NAME, harmless for a terminal. */
void socket_owner_user(uid_t uid, char *name, size_t size);

#endif
