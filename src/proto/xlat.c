/* Constants and their names: the tables, and the few functions that search them. */
#include "proto/xlat.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/kernel.h"
#include "base/text.h"

/* The tables are laid out by hand. */
/* clang-format off */
#define ROW(constant) {constant, #constant}
#define END {0, ""}

const struct xlat xlat_family[] = {ROW(AF_UNSPEC), ROW(AF_UNIX), ROW(AF_INET), ROW(AF_INET6),
ROW(AF_NETLINK), ROW(AF_VSOCK), END};

const struct xlat xlat_cid[] = {ROW(VMADDR_CID_HYPERVISOR), ROW(VMADDR_CID_LOCAL),
ROW(VMADDR_CID_HOST), ROW(VMADDR_CID_ANY), END};

const struct xlat xlat_vsock_port[] = {ROW(VMADDR_PORT_ANY), END};

const struct xlat xlat_socktype[] = {ROW(SOCK_STREAM), ROW(SOCK_DGRAM), ROW(SOCK_RAW),
ROW(SOCK_SEQPACKET), END};

const struct xlat xlat_sockflags[] = {ROW(SOCK_NONBLOCK), ROW(SOCK_CLOEXEC), END};

const struct xlat xlat_ipproto[] = {ROW(IPPROTO_IP),	ROW(IPPROTO_ICMP), ROW(IPPROTO_TCP),
ROW(IPPROTO_UDP),
				    ROW(IPPROTO_IPV6),	ROW(IPPROTO_SCTP), ROW(IPPROTO_MPTCP),
				{58, "IPPROTO_ICMPV6"},
				    END};

const struct xlat xlat_netlink[] = {ROW(NETLINK_ROUTE), ROW(NETLINK_SOCK_DIAG), END};

#define NETLINK_CONTROL ROW(NLMSG_ERROR), ROW(NLMSG_DONE), END

const struct xlat xlat_rtnetlink[] = {
	ROW(RTM_NEWLINK),  ROW(RTM_GETLINK),  ROW(RTM_NEWADDR), ROW(RTM_GETADDR), ROW(RTM_NEWROUTE),
	ROW(RTM_GETROUTE),
	ROW(RTM_NEWNEIGH), ROW(RTM_GETNEIGH), ROW(RTM_NEWRULE), ROW(RTM_GETRULE), NETLINK_CONTROL};

const struct xlat xlat_sockdiag[] = {ROW(SOCK_DIAG_BY_FAMILY), NETLINK_CONTROL};

const struct xlat xlat_nlflags[] = {ROW(NLM_F_REQUEST), ROW(NLM_F_MULTI), ROW(NLM_F_ACK),
{0x300, "NLM_F_DUMP"}, END};

const struct xlat xlat_how[] = {ROW(SHUT_RD), ROW(SHUT_WR), ROW(SHUT_RDWR), END};

const struct xlat xlat_level[] = {ROW(SOL_SOCKET), {IPPROTO_IP, "SOL_IP"},
{IPPROTO_IPV6, "SOL_IPV6"}, ROW(SOL_TCP),
				  {IPPROTO_UDP, "SOL_UDP"}, {132, "SOL_SCTP"}, {270, "SOL_NETLINK"},
				{284, "SOL_MPTCP"},
				  END};

const struct xlat xlat_poll[] = {ROW(POLLIN),	  ROW(POLLPRI),	   ROW(POLLOUT),    ROW(POLLRDNORM),
ROW(POLLWRNORM), ROW(POLLRDBAND),
				 ROW(POLLWRBAND), ROW(POLLERR),	   ROW(POLLHUP),    ROW(POLLNVAL),
				ROW(POLLRDHUP),  END};

const struct xlat xlat_msgflags[] = {
	ROW(MSG_OOB),	   ROW(MSG_PEEK),    ROW(MSG_DONTROUTE), ROW(MSG_CTRUNC),    ROW(MSG_TRUNC),
	ROW(MSG_DONTWAIT),
	ROW(MSG_EOR),	   ROW(MSG_WAITALL), ROW(MSG_FIN),	 ROW(MSG_SYN),
	ROW(MSG_CONFIRM),	ROW(MSG_RST),
	ROW(MSG_ERRQUEUE), ROW(MSG_NOSIGNAL), ROW(MSG_MORE),	 ROW(MSG_WAITFORONE),
	ROW(MSG_FASTOPEN), ROW(MSG_CMSG_CLOEXEC),
	END};

const struct xlat xlat_rwflags[] = {ROW(RWF_HIPRI), ROW(RWF_DSYNC), ROW(RWF_SYNC), ROW(RWF_NOWAIT),
ROW(RWF_APPEND), END};

const struct xlat xlat_splice[] = {ROW(SPLICE_F_MOVE), ROW(SPLICE_F_NONBLOCK), ROW(SPLICE_F_MORE),
ROW(SPLICE_F_GIFT), END};

const struct xlat xlat_ioctl[] = {ROW(SIOCOUTQ), ROW(SIOCINQ), ROW(SIOCOUTQNSD), ROW(FIONBIO), END};

/* RFC 1349's names, and the DSCP of RFC 2474, 2597, 3246 and 8622 as the whole byte. */
const struct xlat xlat_tos[] = {
	{0x10, "lowdelay"}, {0x08, "throughput"}, {0x04, "reliability"}, {0x02, "lowcost"},
	{0xb8, "critical"}, {0xc0, "inetcontrol"}, {0xe0, "netcontrol"}, {0x00, "cs0"},
	{0x20, "cs1"},
	{0x40, "cs2"},	    {0x60, "cs3"},	 {0x80, "cs4"},		{0xa0, "cs5"},
	{0xc0, "cs6"},
	{0xe0, "cs7"},	    {0x28, "af11"},	 {0x30, "af12"},	{0x38, "af13"},
	{0x48, "af21"},
	{0x50, "af22"},	    {0x58, "af23"},	 {0x68, "af31"},	{0x70, "af32"},
	{0x78, "af33"},
	{0x88, "af41"},	    {0x90, "af42"},	 {0x98, "af43"},	{0xb8, "ef"},
	{0xb0, "va"},
	{0x04, "le"},	    {0x00, "default"},	 END};

static const struct xlat options_socket[] = {
	ROW(SO_DEBUG),	      ROW(SO_REUSEADDR),     ROW(SO_TYPE),	   ROW(SO_ERROR),
	ROW(SO_DONTROUTE),
	ROW(SO_BROADCAST), ROW(SO_BINDTOIFINDEX),    ROW(SO_SNDBUF),	     ROW(SO_RCVBUF),
	ROW(SO_SNDBUFFORCE), ROW(SO_RCVBUFFORCE),
	ROW(SO_KEEPALIVE),    ROW(SO_OOBINLINE),     ROW(SO_PRIORITY),	   ROW(SO_LINGER),
	ROW(SO_REUSEPORT),
	ROW(SO_PASSCRED),     ROW(SO_PEERCRED),	     ROW(SO_RCVLOWAT),	   ROW(SO_SNDLOWAT),
	ROW(SO_BINDTODEVICE),
	ROW(SO_ATTACH_FILTER), ROW(SO_PEERNAME),     ROW(SO_ACCEPTCONN),   ROW(SO_PEERSEC),
	ROW(SO_MARK),
	ROW(SO_PROTOCOL),     ROW(SO_DOMAIN),	     ROW(SO_RXQ_OVFL),	   ROW(SO_BUSY_POLL),
	ROW(SO_INCOMING_CPU),
	ROW(SO_MEMINFO),      ROW(SO_COOKIE),	     ROW(SO_INCOMING_NAPI_ID), ROW(SO_ZEROCOPY),
	{SO_TIMESTAMPING, "SO_TIMESTAMPING"},
	END};

static const struct xlat options_ip[] = {
	ROW(IP_TOS),	     ROW(IP_TTL),	ROW(IP_HDRINCL),     ROW(IP_OPTIONS),
	ROW(IP_RECVOPTS),	   ROW(IP_PKTINFO),
	ROW(IP_PKTOPTIONS),  ROW(IP_MTU_DISCOVER), ROW(IP_RECVERR),  ROW(IP_RECVTTL),
	ROW(IP_RECVTOS),	   ROW(IP_MTU),
	ROW(IP_FREEBIND),    ROW(IP_TRANSPARENT), ROW(IP_MINTTL),    ROW(IP_MULTICAST_IF),
	ROW(IP_MULTICAST_TTL),  ROW(IP_MULTICAST_LOOP),
	ROW(IP_ADD_MEMBERSHIP), ROW(IP_BIND_ADDRESS_NO_PORT), END};

static const struct xlat options_ipv6[] = {
	ROW(IPV6_UNICAST_HOPS), ROW(IPV6_MULTICAST_IF), ROW(IPV6_MULTICAST_HOPS),
	ROW(IPV6_MTU_DISCOVER), ROW(IPV6_MTU),
	ROW(IPV6_RECVERR),	ROW(IPV6_V6ONLY),	ROW(IPV6_RECVPKTINFO),
	ROW(IPV6_RECVHOPLIMIT), ROW(IPV6_PATHMTU),
	ROW(IPV6_RECVTCLASS),	ROW(IPV6_TCLASS),	ROW(IPV6_MINHOPCOUNT),
	ROW(IPV6_ADD_MEMBERSHIP), ROW(IPV6_FREEBIND),	  END};

static const struct xlat options_tcp[] = {
	ROW(TCP_NODELAY),   ROW(TCP_MAXSEG),	  ROW(TCP_CORK),	 ROW(TCP_KEEPIDLE),
	ROW(TCP_KEEPINTVL),
	ROW(TCP_KEEPCNT),   ROW(TCP_SYNCNT),	  ROW(TCP_LINGER2),	 ROW(TCP_DEFER_ACCEPT),
	ROW(TCP_WINDOW_CLAMP),
	ROW(TCP_INFO),	    ROW(TCP_QUICKACK),	  ROW(TCP_CONGESTION),	 ROW(TCP_MD5SIG),
	ROW(TCP_USER_TIMEOUT),
	ROW(TCP_FASTOPEN),  ROW(TCP_TIMESTAMP),	  ROW(TCP_NOTSENT_LOWAT), ROW(TCP_SAVE_SYN),
	ROW(TCP_SAVED_SYN),
	ROW(TCP_ULP),	    ROW(TCP_MD5SIG_EXT),  ROW(TCP_FASTOPEN_KEY), ROW(TCP_FASTOPEN_CONNECT),
	END};
/* clang-format on */

static const struct xlat options_sctp[] = {{3, "SCTP_NODELAY"}, {11, "SCTP_EVENTS"}, END};

const struct xlat *xlat_optname(int level)
{
	switch (level) {
	case SOL_SOCKET:
		return options_socket;
	case IPPROTO_IP:
		return options_ip;
	case IPPROTO_IPV6:
		return options_ipv6;
	case IPPROTO_TCP:
		return options_tcp;
	case IPPROTO_SCTP:
		return options_sctp;
	default:
		return NULL;
	}
}

const char *xlat_name(const struct xlat *table, int64_t value)
{
	for (; table && table->name[0]; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

int xlat_value(const struct xlat *table, const char *name, int64_t *value)
{
	for (; table->name[0]; table++) {
		if (strcasecmp(table->name, name) != 0)
			continue;
		*value = table->value;
		return 0;
	}
	return -1;
}

void xlat_flags(struct text *out, const struct xlat *table, uint64_t flags)
{
	bool first = true;
	for (; table->name[0]; table++) {
		if (!(flags & (uint64_t)table->value))
			continue;
		text_printf(out, "%s%s", first ? "" : "|", table->name);
		flags &= ~(uint64_t)table->value;
		first = false;
	}
	if (flags)
		text_printf(out, "%s%#llx", first ? "" : "|", (unsigned long long)flags);
	else if (first)
		text_char(out, '0');
}
