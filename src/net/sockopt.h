/* Socket options: those that the command line asks for, one row each, with the phase in which it
 * applies; and those that several modules use for themselves. */
#ifndef HANDSET_NET_SOCKOPT_H
#define HANDSET_NET_SOCKOPT_H

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct fault;
struct trace;

struct sockopt_config {
	int receive_buffer;     /* -I, bytes; 0: the kernel's choice */
	int send_buffer;        /* -O */
	int ttl;                /* -M, 1-255; 0: the kernel's choice */
	int min_ttl;            /* -m, 1-255; 0: none */
	int tos;                /* -T, 0-255; -1: the kernel's choice */
	int user_timeout;       /* --user-timeout, milliseconds; 0: none */
	int64_t mark;           /* --mark, 0 to 2^32 - 1; -1: none */
	int broadcast;          /* -b: 0 or 1, as those that follow */
	int debug;              /* -D */
	int nodelay;            /* --nodelay */
	int keepalive;          /* --keepalive */
	int fastopen;           /* --fastopen */
	int reuse_port;         /* --reuse-port */
	int md5;                /* -S; the key is `md5_key` */
	const char *md5_key;    /* from the environment's HANDSET_MD5_KEY */
	const char *interface;  /* --interface */
	const char *congestion; /* --congestion */
};

enum sockopt_phase {
	PHASE_CONNECT, /* after socket, before bind and connect */
	PHASE_LISTEN, /* after socket, before bind and listen; accepted sockets inherit all of it */
};

/* A socket that options are set on. */
struct sockopt_target {
	int fd;
	int family;
	int type;
	int protocol;            /* 0, or IPPROTO_SCTP, IPPROTO_MPTCP */
	const struct addr *peer; /* for -S: whom the signature is for; NULL: everybody */
};

/* Set what CONFIG asks for in PHASE and what fits the family and type of TARGET.  0, or -1 with
 * FAULT naming the option that the kernel refused.  See socket(7), ip(7), ipv6(7), tcp(7). */
int sockopt_apply(struct trace *trace, const struct sockopt_target *target,
		  const struct sockopt_config *config, enum sockopt_phase phase,
		  struct fault *fault);

/* Takes the error that is pending on FD (SO_ERROR), which clears it.  Returns it, 0 when there is
 * none, or the errno with which the call itself failed. */
int sockopt_take_error(struct trace *trace, int fd);

/* Asks for the ICMP errors of FD, a socket of FAMILY, in its error queue (IP_RECVERR), or no
 * longer. Returns 0, or -1 with errno. */
int sockopt_ask_errors(struct trace *trace, int fd, int family, bool on);

#endif
