/* The table of the calls: a row each. */
#include "trace/sysdesc.h"

/* The table is laid out by hand. */
/* clang-format off */
#define FD {"fd", ARG_FD}
#define ADDR {"addr", ARG_ADDR}, {"addrlen", ARG_ADDRLEN}
#define ADDR_OUT {"addr", ARG_ADDR_OUT}, {"addrlen", ARG_ADDRLEN_OUT}
#define BUF {"buf", ARG_BUF}, {"len", ARG_BUFLEN}
#define BUF_OUT {"buf", ARG_BUF_OUT}, {"len", ARG_BUFLEN}
#define FLAGS {"flags", ARG_MSGFLAGS}

const struct sysdesc sysdesc[SYS_COUNT] = {
	[SYS_SOCKET] = {"socket", 2, {{"domain", ARG_FAMILY}, {"type", ARG_SOCKTYPE},
		{"protocol", ARG_PROTOCOL}}},
	[SYS_SOCKETPAIR] = {"socketpair",
			    2,
			    {{"domain", ARG_FAMILY}, {"type", ARG_SOCKTYPE},
			{"protocol", ARG_PROTOCOL}, {"sv", ARG_PAIR_OUT}}},
	[SYS_BIND] = {"bind", 2, {FD, ADDR}},
	[SYS_LISTEN] = {"listen", 2, {FD, {"backlog", ARG_INT}}},
	[SYS_ACCEPT4] = {"accept4", 2, {FD, ADDR_OUT, {"flags", ARG_SOCKFLAGS}}},
	[SYS_CONNECT] = {"connect", 2, {FD, ADDR}},
	[SYS_SHUTDOWN] = {"shutdown", 2, {FD, {"how", ARG_HOW}}},
	[SYS_CLOSE] = {"close", 2, {FD}},
	[SYS_SETSOCKOPT] = {"setsockopt",
			    2,
			    {FD, {"level", ARG_LEVEL}, {"optname", ARG_OPTNAME},
			{"optval", ARG_OPTVAL}, {"optlen", ARG_OPTLEN}}},
	[SYS_GETSOCKOPT] = {"getsockopt",
			    2,
			    {FD, {"level", ARG_LEVEL}, {"optname", ARG_OPTNAME},
			{"optval", ARG_OPTVAL_OUT}, {"optlen", ARG_OPTLEN_OUT}}},
	[SYS_GETSOCKNAME] = {"getsockname", 2, {FD, ADDR_OUT}},
	[SYS_GETPEERNAME] = {"getpeername", 2, {FD, ADDR_OUT}},
	[SYS_POLL] = {"poll", 3, {{"fds", ARG_FDS}, {"nfds", ARG_NFDS}, {"timeout", ARG_INT}}},
	[SYS_READ] = {"read", 3, {FD, BUF_OUT}},
	[SYS_WRITE] = {"write", 3, {FD, BUF}},
	[SYS_PREADV2] = {"preadv2",
			 3,
			 {FD, {"iov", ARG_IOV_OUT}, {"iovcnt", ARG_IOVCNT}, {"offset", ARG_INT},
			{"flags", ARG_RWFLAGS}}},
	[SYS_PWRITEV2] = {"pwritev2",
			  3,
			  {FD, {"iov", ARG_IOV}, {"iovcnt", ARG_IOVCNT}, {"offset", ARG_INT},
			{"flags", ARG_RWFLAGS}}},
	[SYS_SENDTO] = {"sendto", 3, {FD, BUF, FLAGS, {"addr", ARG_ADDR},
		{"addrlen", ARG_ADDRLEN}}},
	[SYS_RECVFROM] = {"recvfrom", 3, {FD, BUF_OUT, FLAGS, ADDR_OUT}},
	[SYS_SENDMSG] = {"sendmsg", 3, {FD, {"msg", ARG_MSG}, FLAGS}},
	[SYS_RECVMSG] = {"recvmsg", 3, {FD, {"msg", ARG_MSG_OUT}, FLAGS}},
	[SYS_RECVMMSG] = {"recvmmsg", 3, {FD, {"msgvec", ARG_MSGS_OUT}, {"vlen", ARG_INT},
		FLAGS, {"timeout", ARG_TIMEOUT}}},
	[SYS_SENDMMSG] = {"sendmmsg", 3, {FD, {"msgvec", ARG_MSGS}, {"vlen", ARG_INT}, FLAGS}},
	[SYS_SPLICE] = {"splice",
			3,
			{{"fd_in", ARG_FD},
			 {"off_in", ARG_OFFSET},
			 {"fd_out", ARG_FD},
			 {"off_out", ARG_OFFSET},
			 {"len", ARG_SIZE},
			 {"flags", ARG_SPLICEFLAGS}}},
	[SYS_SENDFILE] = {"sendfile", 3, {{"out_fd", ARG_FD}, {"in_fd", ARG_FD},
		{"offset", ARG_OFFSET}, {"count", ARG_SIZE}}},
	[SYS_IOCTL] = {"ioctl", 3, {FD, {"request", ARG_IOCTL}, {"value", ARG_INT_OUT}}},
	[SYS_NETLINK_SEND] = {"sendto", 3, {FD, {"buf", ARG_NLMSG}, {"len", ARG_BUFLEN},
		FLAGS, {"addr", ARG_NULL}, {"addrlen", ARG_ADDRLEN}}},
	[SYS_NETLINK_RECV] = {"recvfrom", 3, {FD, {"buf", ARG_NLMSG_OUT}, {"len", ARG_BUFLEN},
		FLAGS, {"addr", ARG_NULL}, {"addrlen", ARG_OFFSET}}},
};
/* clang-format on */
