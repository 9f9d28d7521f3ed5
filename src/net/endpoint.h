/* What kind of socket the command line asks for, and making one. */
#ifndef HANDSET_NET_ENDPOINT_H
#define HANDSET_NET_ENDPOINT_H

#include <stdbool.h>

#include "net/sockopt.h"

struct addr;
struct fault;
struct text;
struct transport_layer;

struct endpoint_config {
	int family;   /* AF_UNSPEC, AF_INET (-4), AF_INET6 (-6), AF_UNIX (-U), AF_VSOCK (--vsock) */
	int type;     /* SOCK_STREAM, SOCK_DGRAM (-u), SOCK_SEQPACKET (--seqpacket) */
	int protocol; /* 0, or IPPROTO_MPTCP (--mptcp), IPPROTO_SCTP (--sctp) */
	bool numeric; /* -n */
	struct sockopt_config options;
	const struct transport_layer *layer; /* what lies over the socket; NULL: nothing */
	const void *layer_config;            /* of that layer; NULL */
};

/* The word that messages have for such a socket: "tcp", "udp", "unix", "unix datagram", "unix
 * packet", "mptcp", "sctp", "vsock". */
const char *endpoint_word(const struct endpoint_config *config);

/* Append "127.0.0.1 port 80 (tcp)": ADDR, with the port and the word of CONFIG. */
void endpoint_describe(struct text *out, const struct endpoint_config *config,
		       const struct addr *addr);

/* Append "localhost port http (tcp)": the same of names. */
void endpoint_describe_names(struct text *out, const struct endpoint_config *config,
			     const char *host, const char *port);

/* Append "/run/x (unix)": the same of a socket's path. */
void endpoint_describe_path(struct text *out, const struct endpoint_config *config,
			    const char *path);

/* The name of its protocol in the environment of programs: "TCP", "UDP", "UNIX", "SCTP", "VSOCK".
 */
const char *endpoint_proto(const struct endpoint_config *config);

/* Streams of TCP, or of TCP several at once (MPTCP): the kernel can be asked how they stand. */
bool endpoint_is_tcp(const struct endpoint_config *config);

/* The name that /etc/services has for its protocol: "tcp". */
const char *endpoint_services(const struct endpoint_config *config);

/* Datagrams or packets: a read is one, boundaries are kept, and a read of nothing is no end. */
bool endpoint_is_packets(const struct endpoint_config *config);

/* A new socket of FAMILY, non-blocking and close-on-exec, without options yet; -1 with FAULT. */
int endpoint_socket(struct trace *trace, const struct endpoint_config *config, int family,
		    struct fault *fault);

/* Add to FAULT, of a bind to ADDR that failed, the cause when that is a port which needs a
 * privilege. */
void endpoint_explain_bind(const struct addr *addr, struct fault *fault);

/* The name of the service on PORT as /etc/services has it ("http-alt"), "*" when it has none or
 * CONFIG says numeric. */
void endpoint_service(struct text *out, const struct endpoint_config *config, unsigned port);

#endif
