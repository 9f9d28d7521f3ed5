/* Socket options that the command line asks for.  A row tells where the value is, which option
 * carries it in each family, and when; the loop never asks which row it has.  TCP MD5 signatures
 * need a structure and stand apart. */
#include "net/sockopt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "proto/addr.h"
#include "trace/sys.h"

#define CONNECT (1U << PHASE_CONNECT)
#define LISTEN (1U << PHASE_LISTEN)
#define BOTH (CONNECT | LISTEN)

enum { NO_LEVEL = -1 };

/* Of <linux/sctp.h>, which cannot be included beside <netinet/in.h> in every order. */
enum { SCTP_NODELAY = 3 };

/* The sockets that a row is for. */
enum fits { FITS_ALL, FITS_INET, FITS_GROUP, FITS_STREAM, FITS_SCTP };

struct row {
	const char *option; /* its name in messages */
	unsigned phases;
	enum fits fits;
	int level, name;   /* for every family, or for IPv4 where `level6` is set */
	int level6, name6; /* for IPv6; NO_LEVEL: as above */
	size_t offset;     /* of the int in struct sockopt_config, or of the string when `text` */
	bool text;
	int unset; /* the value that means: not asked for */
};

#define INT(member) offsetof(struct sockopt_config, member), false, 0
#define TEXT(member) offsetof(struct sockopt_config, member), true, 0
#define SAME NO_LEVEL, 0

/* An accepted socket has all of these from its listener. */
static const struct row rows[] = {
	{"--interface", BOTH, FITS_INET, SOL_SOCKET, SO_BINDTODEVICE, SAME, TEXT(interface)},
	{"-D", BOTH, FITS_ALL, SOL_SOCKET, SO_DEBUG, SAME, INT(debug)},
	{"--reuse-port", BOTH, FITS_INET, SOL_SOCKET, SO_REUSEPORT, SAME, INT(reuse_port)},
	{"-b", BOTH, FITS_INET, SOL_SOCKET, SO_BROADCAST, SAME, INT(broadcast)},
	{"-I", BOTH, FITS_ALL, SOL_SOCKET, SO_RCVBUF, SAME, INT(receive_buffer)},
	{"-O", BOTH, FITS_ALL, SOL_SOCKET, SO_SNDBUF, SAME, INT(send_buffer)},
	{"-M", BOTH, FITS_INET, IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS, INT(ttl)},
	{"-M", CONNECT, FITS_GROUP, IPPROTO_IP, IP_MULTICAST_TTL, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
	 INT(ttl)},
	{"-m", BOTH, FITS_INET, IPPROTO_IP, IP_MINTTL, IPPROTO_IPV6, IPV6_MINHOPCOUNT,
	 INT(min_ttl)},
	{"-T", BOTH, FITS_INET, IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS,
	 offsetof(struct sockopt_config, tos), false, -1},
	{"--nodelay", BOTH, FITS_STREAM, IPPROTO_TCP, TCP_NODELAY, SAME, INT(nodelay)},
	{"--nodelay", BOTH, FITS_SCTP, IPPROTO_SCTP, SCTP_NODELAY, SAME, INT(nodelay)},
	{"--keepalive", BOTH, FITS_STREAM, SOL_SOCKET, SO_KEEPALIVE, SAME, INT(keepalive)},
	{"--user-timeout", BOTH, FITS_STREAM, IPPROTO_TCP, TCP_USER_TIMEOUT, SAME,
	 INT(user_timeout)},
	{"--congestion", BOTH, FITS_STREAM, IPPROTO_TCP, TCP_CONGESTION, SAME, TEXT(congestion)},
	{"--fastopen", CONNECT, FITS_STREAM, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, SAME,
	 INT(fastopen)},
};

static bool row_fits(const struct row *row, const struct sockopt_target *target)
{
	bool inet = target->family == AF_INET || target->family == AF_INET6;
	switch (row->fits) {
	case FITS_INET:
		return inet;
	case FITS_GROUP:
		return inet && target->peer && addr_is_multicast(target->peer);
	case FITS_STREAM:
		return inet && target->type == SOCK_STREAM && target->protocol != IPPROTO_SCTP;
	case FITS_SCTP:
		return inet && target->protocol == IPPROTO_SCTP;
	default:
		return true;
	}
}

/* Set one option; -1 with FAULT that names it and the value. */
static int set_row(struct trace *trace, const struct sockopt_target *target, const struct row *row,
		   const void *field, struct fault *fault)
{
	bool other = target->family == AF_INET6 && row->level6 != NO_LEVEL;
	const char *text = row->text ? *(const char *const *)field : NULL;
	const void *value = text ? (const void *)text : field;
	socklen_t len = text ? (socklen_t)strlen(text) : sizeof(int);

	if (sys_setsockopt(trace, target->fd, other ? row->level6 : row->level,
			   other ? row->name6 : row->name, value, len) == 0)
		return 0;
	if (text)
		return fault_errno(fault, STEP_OPTION, errno, "set %s %s", row->option, text);
	return fault_errno(fault, STEP_OPTION, errno, "set %s to %d", row->option,
			   *(const int *)field);
}

/* RFC 2385: the key is for one peer; a listener takes it for every address of its family. */
static int set_md5(struct trace *trace, const struct sockopt_target *target, const char *key,
		   struct fault *fault)
{
	struct tcp_md5sig sig = {.tcpm_keylen = (uint16_t)strlen(key)};
	struct addr any = addr_any(target->family, 0);
	const struct addr *peer = target->peer ? target->peer : &any;
	int name = target->peer ? TCP_MD5SIG : TCP_MD5SIG_EXT;

	if (strlen(key) > TCP_MD5SIG_MAXKEYLEN)
		return fault_words(fault, STEP_OPTION, STATUS_USAGE,
				   "the key is longer than 80 bytes", "set -S");
	memcpy(&sig.tcpm_addr, &peer->ss, sizeof(sig.tcpm_addr));
	memcpy(sig.tcpm_key, key, sig.tcpm_keylen);
	if (!target->peer)
		sig.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
	if (sys_setsockopt(trace, target->fd, IPPROTO_TCP, name, &sig, sizeof(sig)) == 0)
		return 0;
	return fault_errno(fault, STEP_OPTION, errno, "set -S (TCP MD5 signatures)");
}

/* The row's value, when the command line gave one. */
static const void *asked_for(const struct row *row, const struct sockopt_config *config)
{
	const void *field = (const char *)config + row->offset;
	if (row->text)
		return *(const char *const *)field ? field : NULL;
	return *(const int *)field != row->unset ? field : NULL;
}

static int set_listener(struct trace *trace, const struct sockopt_target *target,
			const struct sockopt_config *config, struct fault *fault)
{
	int queue = 256;
	if (!config->fastopen || target->type != SOCK_STREAM)
		return 0;
	if (sys_setsockopt(trace, target->fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)) ==
	    0)
		return 0;
	return fault_errno(fault, STEP_OPTION, errno, "set --fastopen");
}

int sockopt_apply(struct trace *trace, const struct sockopt_target *target,
		  const struct sockopt_config *config, enum sockopt_phase phase,
		  struct fault *fault)
{
	bool inet = target->family == AF_INET || target->family == AF_INET6;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const void *field = asked_for(&rows[i], config);
		if (!field || !(rows[i].phases & 1U << phase) || !row_fits(&rows[i], target))
			continue;
		if (set_row(trace, target, &rows[i], field, fault) != 0)
			return -1;
	}
	uint32_t mark = (uint32_t)config->mark;
	if (inet && config->mark >= 0 &&
	    sys_setsockopt(trace, target->fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0)
		return fault_errno(fault, STEP_OPTION, errno, "set --mark to %u", mark);
	if (inet && config->md5 && set_md5(trace, target, config->md5_key, fault) != 0)
		return -1;
	return phase == PHASE_LISTEN && inet ? set_listener(trace, target, config, fault) : 0;
}

int sockopt_take_error(struct trace *trace, int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);
	return sys_getsockopt(trace, fd, SOL_SOCKET, SO_ERROR, &err, &len) == 0 ? err : errno;
}

int sockopt_ask_errors(struct trace *trace, int fd, int family, bool on)
{
	int value = on ? 1 : 0;
	if (family == AF_INET6)
		return sys_setsockopt(trace, fd, IPPROTO_IPV6, IPV6_RECVERR, &value, sizeof(value));
	return sys_setsockopt(trace, fd, IPPROTO_IP, IP_RECVERR, &value, sizeof(value));
}
