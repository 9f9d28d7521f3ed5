/* Socket addresses as text, and numeric text as addresses. Pure: no name is looked up. */
#ifndef HANDSET_PROTO_ADDR_H
#define HANDSET_PROTO_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct fault;
struct text;

/* A socket address of any family, with its length. */
struct addr {
	struct sockaddr_storage ss;
	socklen_t len;
};

/* Append ADDR with its port, as the trace shows it: "127.0.0.1:80", "[::1]:80", "vsock:2:80",
 * "/run/x", "@abstract",
 * "(unnamed)" for a Unix socket without a name.  Raw control characters are made harmless. */
void addr_format(struct text *out, const struct addr *addr);

/* Append the host alone: "127.0.0.1", "fe80::1%2", the CID of vsock ("any" for every one), or the
 * Unix path. */
void addr_format_host(struct text *out, const struct addr *addr);

/* The same by value, so that it can stand in the list of arguments of a printf:
 * addr_text(&addr).chars.  What keeps the pointer (note_text) needs a variable. */
struct addr_text {
	char chars[160];
};
struct addr_text addr_text(const struct addr *addr);
struct addr_text addr_host_text(const struct addr *addr);
/* The same of ADDR as people know it (addr_unmapped): what events call a peer. */
struct addr_text addr_peer_text(const struct addr *addr);

/* The port in host order; 0 for a family that has none, and for what is bound to one of the
 * kernel's choice.  Only vsock has some beyond 65535. */
uint32_t addr_port(const struct addr *addr);
void addr_set_port(struct addr *addr, uint32_t number);

/* The address NUMERIC with PORT, IPv4 (dotted quad) or IPv6 (RFC 4291; "%SCOPE" behind it with a
 * number), of FAMILY (AF_UNSPEC: either).  0, or -1 when it is none: then it may be a name. */
int addr_parse(struct addr *addr, int family, const char *numeric, uint16_t port);

/* Whether TEXT is an IPv6 address, with the name or number of an interface behind it or without. */
bool addr_is_ipv6_text(const char *text);

/* The address of every interface: 0.0.0.0 or ::. */
struct addr addr_any(int family, uint32_t port);

/* Returns the bytes of an Internet address, *LEN (4 or 16) in the order of the network; NULL and 0
 * for another family. */
const unsigned char *addr_bytes(const struct addr *addr, size_t *len);

/* Makes *ADDR the address of FAMILY with these BYTES and PORT.  Returns false, with ADDR as it was,
 * for a family that is not the Internet's. */
bool addr_of_bytes(struct addr *addr, int family, const void *bytes, uint32_t port);

/* Returns whether the first BITS of A and B are the same. */
bool addr_bytes_match(const unsigned char *a, const unsigned char *b, size_t bits);

/* Returns the index of the interface that an IPv6 address names; 0 where it names none, and for
 * another family. */
uint32_t addr_scope(const struct addr *addr);

/* Fill in ADDR for the Unix socket PATH; a leading @ names the abstract namespace.  0, or -1 with
 * FAULT when it is too long or empty. */
int addr_unix(struct addr *addr, const char *path, struct fault *fault);

/* ADDR as people know it: an IPv4 address that an IPv6 socket shows as ::ffff:1.2.3.4 (RFC
 * 4291, 2.5.5.2) is IPv4 again. */
struct addr addr_unmapped(const struct addr *addr);

/* Same family, address, port and scope (for Unix: the same name). */
bool addr_equal(const struct addr *a, const struct addr *b);

/* 127.0.0.0/8 or ::1. */
bool addr_is_loopback(const struct addr *addr);

/* The address that stands for all of this host (0.0.0.0, ::), with whatever port. */
bool addr_is_any(const struct addr *addr);

/* An IPv6 address that means something on one interface only (fe80::/10, ff01::/16, ff02::/16), and
 * names none. */
bool addr_lacks_scope(const struct addr *addr);

/* 224.0.0.0/4 or ff00::/8: the address of a group. */
bool addr_is_multicast(const struct addr *addr);

#endif
