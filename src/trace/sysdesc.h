/* What the trace knows of each call: one row a syscall.  The row is all that a sink needs to print
 * it. */
#ifndef HANDSET_TRACE_SYSDESC_H
#define HANDSET_TRACE_SYSDESC_H

enum sys_id {
	SYS_SOCKET,
	SYS_SOCKETPAIR,
	SYS_BIND,
	SYS_LISTEN,
	SYS_ACCEPT4,
	SYS_CONNECT,
	SYS_SHUTDOWN,
	SYS_CLOSE,
	SYS_SETSOCKOPT,
	SYS_GETSOCKOPT,
	SYS_GETSOCKNAME,
	SYS_GETPEERNAME,
	SYS_POLL,
	SYS_READ,
	SYS_WRITE,
	SYS_PREADV2,
	SYS_PWRITEV2,
	SYS_SENDTO,
	SYS_RECVFROM,
	SYS_SENDMSG,
	SYS_RECVMSG,
	SYS_RECVMMSG,
	SYS_SENDMMSG,
	SYS_SPLICE,
	SYS_SENDFILE,
	SYS_IOCTL, /* SIOCOUTQ and its kin, on sockets */
	SYS_NETLINK_SEND,
	SYS_NETLINK_RECV,
	SYS_COUNT
};

/* How an argument is printed.  "_OUT": the call has filled it in. */
enum arg_kind {
	ARG_END,         /* no more arguments */
	ARG_FD,          /* a descriptor */
	ARG_INT,         /* a plain number */
	ARG_SIZE,        /* size_t */
	ARG_PAIR_OUT,    /* int[2] */
	ARG_FAMILY,      /* AF_INET */
	ARG_SOCKTYPE,    /* SOCK_STREAM|SOCK_NONBLOCK */
	ARG_PROTOCOL,    /* IPPROTO_TCP; the family is argument 0 */
	ARG_ADDR,        /* const struct sockaddr *; the next slot is its length */
	ARG_ADDRLEN,     /* socklen_t */
	ARG_ADDR_OUT,    /* struct sockaddr *; the next slot points to its length */
	ARG_ADDRLEN_OUT, /* socklen_t *; sizeof(struct sockaddr_storage) before the call */
	ARG_SOCKFLAGS,   /* SOCK_NONBLOCK|SOCK_CLOEXEC */
	ARG_HOW,         /* SHUT_WR */
	ARG_LEVEL,       /* SOL_SOCKET */
	ARG_OPTNAME,     /* SO_REUSEADDR; the level is the argument before */
	ARG_OPTVAL,      /* const void *; the next slot is its length */
	ARG_OPTLEN,      /* socklen_t */
	ARG_OPTVAL_OUT,  /* void *; the next slot points to its length */
	ARG_OPTLEN_OUT,  /* socklen_t *; the last slot holds what it was before the call */
	ARG_FDS,         /* struct pollfd *; the next slot is their number */
	ARG_NFDS,
	ARG_BUF,     /* const void *; the next slot is its length */
	ARG_BUF_OUT, /* void * with as many bytes as the call returned */
	ARG_BUFLEN,  /* size_t */
	ARG_IOV,     /* const struct iovec *, one; the next slot is their number */
	ARG_IOV_OUT, /* the same, with as many bytes as the call returned */
	ARG_IOVCNT,
	ARG_MSG,     /* const struct msghdr * of one buffer */
	ARG_MSG_OUT, /* struct msghdr * that the call filled in */
	ARG_MSGS, /* struct mmsghdr *; the call returned how many went, the next slot says how many
		     there are */
	ARG_MSGS_OUT,    /* struct mmsghdr *, as many as the call returned */
	ARG_TIMEOUT,     /* struct timespec *, always NULL here */
	ARG_MSGFLAGS,    /* MSG_DONTWAIT|MSG_NOSIGNAL */
	ARG_OFFSET,      /* off_t *, always NULL here */
	ARG_RWFLAGS,     /* RWF_NOWAIT */
	ARG_SPLICEFLAGS, /* SPLICE_F_NONBLOCK */
	ARG_IOCTL,       /* SIOCOUTQ */
	ARG_INT_OUT,     /* int * */
	ARG_NLMSG,       /* const void *, a netlink message; the next slot is its length */
	ARG_NLMSG_OUT,   /* void * with netlink messages of as many bytes as the call returned */
	ARG_NULL,  /* shown as NULL; for netlink messages the slot holds the protocol of the socket
		    */
	ARG_KINDS, /* how many there are */
};

#define SYS_ARGS 6

struct sysdesc {
	char name[12]; /* the kernel's name of the call; no pointers, which the dynamic linker would
			  have to put right at each start */
	int level;     /* the level of the trace from which on it is shown: 2 or 3 */
	struct {
		char name[12]; /* the key in JSON: the man page's name of the argument */
		enum arg_kind kind;
	} args[SYS_ARGS + 1]; /* ended by ARG_END */
};

/* The rows, by enum sys_id. */
extern const struct sysdesc sysdesc[SYS_COUNT];

#endif
