/* Addresses and the values of socket options as text. */
#include "trace/decode_addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/kernel.h"
#include "base/text.h"
#include "proto/addr.h"
#include "proto/xlat.h"

static void strace_unix(struct text *out, const struct sockaddr_un *un, socklen_t len)
{
	text_str(out, "{sa_family=AF_UNIX");
	if (len > offsetof(struct sockaddr_un, sun_path)) {
		size_t size = len - offsetof(struct sockaddr_un, sun_path);
		bool abstract = un->sun_path[0] == '\0';
		text_str(out, abstract ? ", sun_path=@\"" : ", sun_path=\"");
		text_c_escaped(out, un->sun_path + abstract,
			       abstract ? size - 1 : strnlen(un->sun_path, size));
		text_char(out, '"');
	}
	text_char(out, '}');
}

/* A number of vsock by its name, else in hex. */
static void strace_vsock_number(struct text *out, const struct xlat *names, uint32_t number)
{
	const char *name = xlat_name(names, number);
	if (name)
		text_str(out, name);
	else
		text_printf(out, number ? "%#x" : "0", number);
}

static void strace_vsock(struct text *out, const struct sockaddr_vm *vm)
{
	uint8_t flags = ((const uint8_t *)vm)[VSOCK_FLAGS_OFFSET];
	text_str(out, "{sa_family=AF_VSOCK, svm_cid=");
	strace_vsock_number(out, xlat_cid, vm->svm_cid);
	text_str(out, ", svm_port=");
	strace_vsock_number(out, xlat_vsock_port, vm->svm_port);
	text_printf(out, ", svm_flags=%s}",
		    flags == VSOCK_FLAG_TO_HOST ? "VMADDR_FLAG_TO_HOST" : "0");
}

void decode_addr_strace(struct text *out, const struct sockaddr *sa, socklen_t len)
{
	char numeric[INET6_ADDRSTRLEN];
	const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;

	if (len < sizeof(sa->sa_family))
		text_str(out, "NULL");
	else if (sa->sa_family == AF_INET && len >= sizeof(*in))
		text_printf(out,
			    "{sa_family=AF_INET, sin_port=htons(%u), sin_addr=inet_addr(\"%s\")}",
			    ntohs(in->sin_port),
			    inet_ntop(AF_INET, &in->sin_addr, numeric, sizeof(numeric)));
	else if (sa->sa_family == AF_INET6 && len >= sizeof(*in6))
		text_printf(out,
			    "{sa_family=AF_INET6, sin6_port=htons(%u), sin6_flowinfo=htonl(%u), "
			    "inet_pton(AF_INET6, \"%s\", "
			    "&sin6_addr), sin6_scope_id=%u}",
			    ntohs(in6->sin6_port), ntohl(in6->sin6_flowinfo),
			    inet_ntop(AF_INET6, &in6->sin6_addr, numeric, sizeof(numeric)),
			    in6->sin6_scope_id);
	else if (sa->sa_family == AF_UNIX)
		strace_unix(out, (const struct sockaddr_un *)(const void *)sa, len);
	else if (sa->sa_family == AF_VSOCK && len >= sizeof(struct sockaddr_vm))
		strace_vsock(out, (const struct sockaddr_vm *)(const void *)sa);
	else
		text_printf(out, "{sa_family=%u}", sa->sa_family);
}

void decode_addr(struct text *out, const struct sockaddr *sa, socklen_t len, enum notation notation)
{
	char address[512];
	struct text text = TEXT_IN(address);
	if (!sa) {
		text_str(out, notation == NOTATION_JSON ? "null" : "NULL");
	} else if (notation == NOTATION_STRACE) {
		decode_addr_strace(out, sa, len);
	} else {
		struct addr addr = {.len = len < sizeof(addr.ss) ? len : sizeof(addr.ss)};
		memcpy(&addr.ss, sa, addr.len);
		addr_format(&text, &addr);
		if (notation == NOTATION_JSON)
			json_string(out, address);
		else
			text_str(out, address);
	}
}

/* What a value is, where it is no number. */
enum shape {
	SHAPE_INT,
	SHAPE_TEXT,
	SHAPE_ERRNO,
	SHAPE_SECRET,
	SHAPE_LINGER,
	SHAPE_MEMBERSHIP,
	SHAPE_CREDENTIALS,
	SHAPE_OTHER
};

static enum shape shape_of(int level, int name, socklen_t len)
{
	static const struct {
		int level, name;
		enum shape shape;
	} shapes[] = {
		{SOL_SOCKET, SO_ERROR, SHAPE_ERRNO},
		{SOL_SOCKET, SO_LINGER, SHAPE_LINGER},
		{SOL_SOCKET, SO_BINDTODEVICE, SHAPE_TEXT},
		{IPPROTO_IP, IP_ADD_MEMBERSHIP, SHAPE_MEMBERSHIP},
		{IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, SHAPE_MEMBERSHIP},
		{IPPROTO_TCP, TCP_CONGESTION, SHAPE_TEXT},
		{IPPROTO_TCP, TCP_MD5SIG, SHAPE_SECRET},
		{IPPROTO_TCP, TCP_MD5SIG_EXT, SHAPE_SECRET},
		{SOL_SOCKET, SO_PEERCRED, SHAPE_CREDENTIALS},
	};
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].level == level && shapes[i].name == name)
			return shapes[i].shape;
	return len == sizeof(int) ? SHAPE_INT : SHAPE_OTHER;
}

static void put_int(struct text *out, int number, enum notation notation)
{
	text_printf(out, notation == NOTATION_STRACE ? "[%d]" : "%d", number);
}

static void put_errno(struct text *out, int err, enum notation notation)
{
	const char *name = errno_name(err);
	if (err == 0 || !name)
		put_int(out, err, notation);
	else if (notation == NOTATION_JSON)
		json_string(out, name);
	else
		text_printf(out, notation == NOTATION_STRACE ? "[%s]" : "%s", name);
}

/* A structure: strace(1) shows its first bytes. */
static void put_other(struct text *out, const struct option_value *option, enum notation notation)
{
	if (notation != NOTATION_STRACE) {
		text_printf(out, notation == NOTATION_JSON ? "\"%u bytes\"" : "%u bytes",
			    option->len);
		return;
	}
	text_char(out, '"');
	text_c_escaped(out, option->value, option->len < 32 ? option->len : 32);
	text_str(out, option->len > 32 ? "\"..." : "\"");
}

/* Whether close(2) waits, and how long; 0 seconds are a reset. */
static void put_linger(struct text *out, const struct option_value *option, enum notation notation)
{
	struct linger linger = {.l_onoff = 0};
	memcpy(&linger, option->value, option->len < sizeof(linger) ? option->len : sizeof(linger));
	text_printf(out,
		    notation == NOTATION_JSON ? "\"{l_onoff=%d, l_linger=%d}\""
					      : "{l_onoff=%d, l_linger=%d}",
		    linger.l_onoff, linger.l_linger);
}

/* The group that is joined, and the interface; 0: the kernel's choice. */
static void put_membership(struct text *out, const struct option_value *option,
			   enum notation notation)
{
	char group[INET6_ADDRSTRLEN];
	bool strace = notation == NOTATION_STRACE;
	const char *quote = notation == NOTATION_JSON ? "\"" : "";
	struct ip_mreqn v4 = {.imr_ifindex = 0};
	struct ipv6_mreq v6 = {.ipv6mr_interface = 0};
	if (option->level == IPPROTO_IPV6) {
		memcpy(&v6, option->value, option->len < sizeof(v6) ? option->len : sizeof(v6));
		inet_ntop(AF_INET6, &v6.ipv6mr_multiaddr, group, sizeof(group));
		text_printf(out,
			    strace ? "%s{inet_pton(AF_INET6, \"%s\", &ipv6mr_multiaddr), "
				     "ipv6mr_interface=%u}%s"
				   : "%s{%s, interface %u}%s",
			    quote, group, v6.ipv6mr_interface, quote);
		return;
	}
	memcpy(&v4, option->value, option->len < sizeof(v4) ? option->len : sizeof(v4));
	inet_ntop(AF_INET, &v4.imr_multiaddr, group, sizeof(group));
	text_printf(out,
		    strace ? "%s{imr_multiaddr=inet_addr(\"%s\"), "
			     "imr_address=inet_addr(\"0.0.0.0\"), imr_ifindex=%d}%s"
			   : "%s{%s, interface %d}%s",
		    quote, group, v4.imr_ifindex, quote);
}

/* Whose socket it is, and in JSON a string. */
static void put_credentials(struct text *out, const struct option_value *option,
			    enum notation notation)
{
	struct ucred credentials;
	const char *quote = notation == NOTATION_JSON ? "\"" : "";
	if (option->len < sizeof(credentials)) {
		put_other(out, option, notation);
		return;
	}
	memcpy(&credentials, option->value, sizeof(credentials));
	text_printf(out, "%s{pid=%d, uid=%u, gid=%u}%s", quote, credentials.pid, credentials.uid,
		    credentials.gid, quote);
}

void decode_option(struct text *out, const struct option_value *option, enum notation notation)
{
	int number = 0;
	enum shape shape = shape_of(option->level, option->name, option->len);

	if (option->len >= sizeof(number))
		memcpy(&number, option->value, sizeof(number));
	switch (shape) {
	case SHAPE_INT:
		put_int(out, number, notation);
		break;
	case SHAPE_ERRNO:
		put_errno(out, number, notation);
		break;
	case SHAPE_TEXT:
		if (notation == NOTATION_JSON) {
			json_bytes(out, option->value, strnlen(option->value, option->len));
			break;
		}
		text_char(out, '"');
		text_c_escaped(out, option->value, strnlen(option->value, option->len));
		text_char(out, '"');
		break;
	case SHAPE_OTHER:
		put_other(out, option, notation);
		break;
	case SHAPE_LINGER:
		put_linger(out, option, notation);
		break;
	case SHAPE_MEMBERSHIP:
		put_membership(out, option, notation);
		break;
	case SHAPE_CREDENTIALS:
		put_credentials(out, option, notation);
		break;
	case SHAPE_SECRET:
		/* A key is not for a trace that may be sent around. */
		text_printf(out, notation == NOTATION_JSON ? "\"key, %u bytes\"" : "key, %u bytes",
			    option->len);
		break;
	}
}
