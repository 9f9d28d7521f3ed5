/* Constants and their names, both ways: one table a kind of constant. Pure. */
#ifndef HANDSET_PROTO_XLAT_H
#define HANDSET_PROTO_XLAT_H

#include <stdint.h>

struct text;

/* The name is here and not elsewhere: the dynamic linker has nothing to put right at start. */
struct xlat {
	int64_t value;
	char name[24];
};

/* Tables end with a row whose name is empty. */
extern const struct xlat xlat_family[];     /* AF_INET */
extern const struct xlat xlat_cid[];        /* VMADDR_CID_HOST */
extern const struct xlat xlat_vsock_port[]; /* VMADDR_PORT_ANY */
extern const struct xlat xlat_socktype[];   /* SOCK_STREAM (flags apart) */
extern const struct xlat xlat_sockflags[];  /* SOCK_NONBLOCK, SOCK_CLOEXEC */
extern const struct xlat xlat_ipproto[];    /* IPPROTO_TCP */
extern const struct xlat xlat_netlink[];    /* NETLINK_ROUTE */
extern const struct xlat xlat_rtnetlink[];  /* RTM_GETROUTE: the messages of NETLINK_ROUTE */
extern const struct xlat xlat_sockdiag[];   /* SOCK_DIAG_BY_FAMILY: those of NETLINK_SOCK_DIAG */
extern const struct xlat xlat_nlflags[];    /* NLM_F_REQUEST */
extern const struct xlat xlat_how[];        /* SHUT_WR */
extern const struct xlat xlat_level[]; /* SOL_SOCKET, SOL_TCP, SOL_IP, SOL_IPV6 (strace's names) */
extern const struct xlat xlat_poll[];  /* POLLIN */
extern const struct xlat xlat_msgflags[]; /* MSG_DONTWAIT */
extern const struct xlat xlat_rwflags[];  /* RWF_NOWAIT */
extern const struct xlat xlat_splice[];   /* SPLICE_F_NONBLOCK */
extern const struct xlat xlat_ioctl[];    /* SIOCOUTQ */
extern const struct xlat xlat_tos[];      /* "lowdelay", "cs1", "af11", "ef", ... for -T */

/* The names of the options of LEVEL (SOL_SOCKET, IPPROTO_TCP, ...), or NULL for a level not known.
 */
const struct xlat *xlat_optname(int level);

/* The name of VALUE, or NULL. */
const char *xlat_name(const struct xlat *table, int64_t value);

/* The value of NAME (case does not matter) into *VALUE; 0, or -1 when there is none. */
int xlat_value(const struct xlat *table, const char *name, int64_t *value);

/* Append the names of the bits in FLAGS, joined with |; what has no name is added in hex, no bits
 * are "0". */
void xlat_flags(struct text *out, const struct xlat *table, uint64_t flags);

#endif
