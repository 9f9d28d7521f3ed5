/* Proxies as a user names them: the kinds that there are, and a URL, an address or a login taken
 * apart.  Pure. */
#ifndef HANDSET_PROTO_PROXY_H
#define HANDSET_PROTO_PROXY_H

#include <stdbool.h>

#include "proto/target.h"

enum proxy_type { PROXY_NONE, PROXY_SOCKS4, PROXY_SOCKS4A, PROXY_SOCKS5, PROXY_HTTP };

#define PROXY_LOGIN 256 /* RFC 1929: a user name and a password have at most 255 bytes */

/* A proxy as the user has named it. */
struct proxy_config {
	enum proxy_type type;  /* PROXY_NONE: there is no proxy */
	struct target address; /* where it is, the port always filled in */
	bool login;            /* there are a user name and a password, which may be empty */
	char user[PROXY_LOGIN];
	char password[PROXY_LOGIN];
	bool ask;       /* the password is to be asked for */
	bool local_dns; /* the target's name is looked up here, and not by the proxy */
};

enum proxy_parse { PROXY_PARSED, PROXY_BAD_SCHEME, PROXY_BAD_LOGIN, PROXY_BAD_ADDRESS };

/* Parse URL, "socks5://user:password@host:port/", into CONFIG, whose type is kept when URL has no
 * scheme.  User name and password may have %XX in them (RFC 3986, 2.1), an IPv6 address stands in
 * brackets, and a port that is left out is the type's usual one. */
enum proxy_parse proxy_parse_url(struct proxy_config *config, const char *url);

/* Parse ADDRESS, "host", "host:port", "[v6]:port" or "v6", as the place of a proxy of CONFIG's
 * type. */
enum proxy_parse proxy_parse_address(struct proxy_config *config, const char *address);

/* Take "user:password", or "user" alone, as CONFIG's login.  PROXY_BAD_LOGIN when one is longer
 * than 255 bytes. */
enum proxy_parse proxy_parse_login(struct proxy_config *config, const char *login);

/* The word for a type in messages: "socks5", "http". */
const char *proxy_word(enum proxy_type type);

#endif
