/* Socket addresses as text, and numeric text as addresses. */
#include "proto/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "base/parse.h"
#include "base/text.h"

#define UNIX_PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

static void format_unix(struct text *out, const struct sockaddr_un *un, socklen_t len)
{
	if (len <= UNIX_PATH_OFFSET) {
		text_str(out, "(unnamed)");
		return;
	}
	size_t size = len - UNIX_PATH_OFFSET;
	if (un->sun_path[0] == '\0') {
		text_char(out, '@');
		text_safe_bytes(out, un->sun_path + 1, size - 1);
		return;
	}
	text_safe_bytes(out, un->sun_path, strnlen(un->sun_path, size));
}

static void format_cid(struct text *out, const struct sockaddr_vm *vm)
{
	if (vm->svm_cid == VMADDR_CID_ANY)
		text_str(out, "any");
	else
		text_printf(out, "%u", vm->svm_cid);
}

static void format_host(struct text *out, const struct sockaddr *sa, socklen_t len)
{
	char numeric[INET6_ADDRSTRLEN];
	const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;

	if (len < sizeof(sa->sa_family)) {
		text_str(out, "(unnamed)");
	} else if (sa->sa_family == AF_INET && len >= sizeof(*in)) {
		text_str(out, inet_ntop(AF_INET, &in->sin_addr, numeric, sizeof(numeric)));
	} else if (sa->sa_family == AF_INET6 && len >= sizeof(*in6)) {
		text_str(out, inet_ntop(AF_INET6, &in6->sin6_addr, numeric, sizeof(numeric)));
		if (in6->sin6_scope_id != 0)
			text_printf(out, "%%%u", in6->sin6_scope_id);
	} else if (sa->sa_family == AF_UNIX) {
		format_unix(out, (const struct sockaddr_un *)(const void *)sa, len);
	} else if (sa->sa_family == AF_VSOCK && len >= sizeof(struct sockaddr_vm)) {
		format_cid(out, (const struct sockaddr_vm *)(const void *)sa);
	} else {
		text_printf(out, "(family %u)", sa->sa_family);
	}
}

/* Its port where it has one, or NULL; it is at the same place in IPv4 and IPv6. */
static in_port_t *inet_port(const struct sockaddr *sa)
{
	bool inet = sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
	return inet ? &((struct sockaddr_in *)(uintptr_t)sa)->sin_port : NULL;
}

static uint32_t port_of(const struct sockaddr *sa)
{
	const in_port_t *port = inet_port(sa);
	uint32_t number = port ? ntohs(*port) : 0;
	if (sa->sa_family == AF_VSOCK)
		number = ((const struct sockaddr_vm *)(const void *)sa)->svm_port;
	return number != VMADDR_PORT_ANY ? number : 0;
}

void addr_format_host(struct text *out, const struct addr *addr)
{
	format_host(out, (const struct sockaddr *)&addr->ss, addr->len);
}

void addr_format(struct text *out, const struct addr *addr)
{
	const struct sockaddr *sa = (const struct sockaddr *)&addr->ss;
	socklen_t len = addr->len;
	static const struct {
		sa_family_t family;
		socklen_t size;
		const char *before, *behind;
	} forms[] = {{AF_INET, sizeof(struct sockaddr_in), "", ""},
		     {AF_INET6, sizeof(struct sockaddr_in6), "[", "]"},
		     {AF_VSOCK, sizeof(struct sockaddr_vm), "vsock:", ""}};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (len < forms[i].size || sa->sa_family != forms[i].family)
			continue;
		text_str(out, forms[i].before);
		format_host(out, sa, len);
		text_printf(out, "%s:%u", forms[i].behind, port_of(sa));
		return;
	}
	format_host(out, sa, len);
}

struct addr_text addr_text(const struct addr *addr)
{
	struct addr_text words = {.chars = ""};
	struct text text = TEXT_IN(words.chars);
	addr_format(&text, addr);
	return words;
}

struct addr_text addr_host_text(const struct addr *addr)
{
	struct addr_text words = {.chars = ""};
	struct text text = TEXT_IN(words.chars);
	addr_format_host(&text, addr);
	return words;
}

struct addr_text addr_peer_text(const struct addr *addr)
{
	struct addr plain = addr_unmapped(addr);
	return addr_text(&plain);
}

uint32_t addr_port(const struct addr *addr)
{
	return port_of((const struct sockaddr *)&addr->ss);
}

void addr_set_port(struct addr *addr, uint32_t number)
{
	in_port_t *port = inet_port((const struct sockaddr *)&addr->ss);
	if (port)
		*port = htons((uint16_t)number);
	else if (addr->ss.ss_family == AF_VSOCK)
		((struct sockaddr_vm *)&addr->ss)->svm_port = number ? number : VMADDR_PORT_ANY;
}

/* "ADDRESS" or "ADDRESS%NUMBER". */
static int parse_v6(struct sockaddr_in6 *in6, const char *numeric)
{
	char address[INET6_ADDRSTRLEN];
	const char *percent = strchr(numeric, '%');
	size_t len = percent ? (size_t)(percent - numeric) : strlen(numeric);
	int64_t scope = 0;

	if (len >= sizeof(address) ||
	    (percent && parse_int(percent + 1, 1, UINT32_MAX, &scope) != 0))
		return -1;
	memcpy(address, numeric, len);
	address[len] = '\0';
	in6->sin6_scope_id = (uint32_t)scope;
	return inet_pton(AF_INET6, address, &in6->sin6_addr) == 1 ? 0 : -1;
}

int addr_parse(struct addr *addr, int family, const char *numeric, uint16_t port)
{
	struct addr result = addr_any(AF_INET, port);
	struct sockaddr_in *in = (struct sockaddr_in *)&result.ss;

	if (family != AF_INET6 && inet_pton(AF_INET, numeric, &in->sin_addr) == 1) {
		*addr = result;
		return 0;
	}
	result = addr_any(AF_INET6, port);
	if (family == AF_INET || parse_v6((struct sockaddr_in6 *)&result.ss, numeric) != 0)
		return -1;
	*addr = result;
	return 0;
}

bool addr_is_ipv6_text(const char *text)
{
	char bare[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t len = strcspn(text, "%");
	if (len >= sizeof(bare))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return inet_pton(AF_INET6, bare, &address) == 1;
}

static socklen_t length_of(int family)
{
	switch (family) {
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	case AF_VSOCK:
		return sizeof(struct sockaddr_vm);
	default:
		return sizeof(struct sockaddr_in);
	}
}

struct addr addr_any(int family, uint32_t port)
{
	struct addr addr = {.len = length_of(family)};
	addr.ss.ss_family = (sa_family_t)family;
	if (family == AF_VSOCK)
		((struct sockaddr_vm *)&addr.ss)->svm_cid = VMADDR_CID_ANY;
	addr_set_port(&addr, port);
	return addr;
}

const unsigned char *addr_bytes(const struct addr *addr, size_t *len)
{
	switch (addr->ss.ss_family) {
	case AF_INET:
		*len = sizeof(struct in_addr);
		return (const unsigned char *)&((const struct sockaddr_in *)&addr->ss)->sin_addr;
	case AF_INET6:
		*len = sizeof(struct in6_addr);
		return (const unsigned char *)&((const struct sockaddr_in6 *)&addr->ss)->sin6_addr;
	default:
		*len = 0;
		return NULL;
	}
}

bool addr_of_bytes(struct addr *addr, int family, const void *bytes, uint32_t port)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	*addr = addr_any(family, port);
	if (family == AF_INET)
		memcpy(&((struct sockaddr_in *)&addr->ss)->sin_addr, bytes, sizeof(struct in_addr));
	else
		memcpy(&((struct sockaddr_in6 *)&addr->ss)->sin6_addr, bytes,
		       sizeof(struct in6_addr));
	return true;
}

bool addr_bytes_match(const unsigned char *a, const unsigned char *b, size_t bits)
{
	size_t whole = bits / 8;
	size_t rest = bits % 8;
	return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

uint32_t addr_scope(const struct addr *addr)
{
	return addr->ss.ss_family == AF_INET6
		       ? ((const struct sockaddr_in6 *)&addr->ss)->sin6_scope_id
		       : 0;
}

int addr_unix(struct addr *addr, const char *path, struct fault *fault)
{
	struct addr result = {.len = 0};
	struct sockaddr_un *un = (struct sockaddr_un *)&result.ss;
	size_t len = strlen(path);

	if (len == 0)
		return fault_usage(fault, "the socket path is empty");
	if (len >= sizeof(un->sun_path))
		return fault_usage(fault, "the socket path has %zu bytes, %zu are the most: %s",
				   len, sizeof(un->sun_path) - 1, path);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len);
	/* A path is counted with its NUL, an abstract name is not: unix(7). */
	bool abstract = path[0] == '@';
	if (abstract)
		un->sun_path[0] = '\0';
	result.len = (socklen_t)(UNIX_PATH_OFFSET + len + (abstract ? 0 : 1));
	*addr = result;
	return 0;
}

struct addr addr_unmapped(const struct addr *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&addr->ss;
	if (addr->ss.ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		return *addr;
	struct addr plain;
	addr_of_bytes(&plain, AF_INET, &in6->sin6_addr.s6_addr[12], addr_port(addr));
	return plain;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)&a->ss;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)&b->ss;
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)&a->ss;
	const struct sockaddr_in *b4 = (const struct sockaddr_in *)&b->ss;

	if (a->ss.ss_family != b->ss.ss_family)
		return false;
	switch (a->ss.ss_family) {
	case AF_INET:
		return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	case AF_INET6:
		return a6->sin6_port == b6->sin6_port && a6->sin6_scope_id == b6->sin6_scope_id &&
		       memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
	default:
		return a->len == b->len && memcmp(&a->ss, &b->ss, a->len) == 0;
	}
}

bool addr_lacks_scope(const struct addr *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&addr->ss;
	return addr->ss.ss_family == AF_INET6 && in6->sin6_scope_id == 0 &&
	       (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ||
		IN6_IS_ADDR_MC_LINKLOCAL(&in6->sin6_addr) ||
		IN6_IS_ADDR_MC_NODELOCAL(&in6->sin6_addr));
}

bool addr_is_multicast(const struct addr *addr)
{
	if (addr->ss.ss_family == AF_INET)
		return IN_MULTICAST(
			ntohl(((const struct sockaddr_in *)&addr->ss)->sin_addr.s_addr));
	return addr->ss.ss_family == AF_INET6 &&
	       IN6_IS_ADDR_MULTICAST(&((const struct sockaddr_in6 *)&addr->ss)->sin6_addr);
}

bool addr_is_any(const struct addr *addr)
{
	struct addr any = addr_any(addr->ss.ss_family, addr_port(addr));
	return addr_equal(addr, &any);
}

bool addr_is_loopback(const struct addr *addr)
{
	if (addr->ss.ss_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)&addr->ss)->sin_addr.s_addr) >> 24 == 127;
	return addr->ss.ss_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&addr->ss)->sin6_addr);
}
