/* Proxies as a user names them. */
#include "proto/proxy.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "proto/addr.h"

static const struct {
	const char *word;
	const char *port;
} types[] = {
	[PROXY_NONE] = {"none", "0"},          [PROXY_SOCKS4] = {"socks4", "1080"},
	[PROXY_SOCKS4A] = {"socks4a", "1080"}, [PROXY_SOCKS5] = {"socks5", "1080"},
	[PROXY_HTTP] = {"http", "3128"},
};

/* "socks5h" is what curl(1) calls a SOCKS5 proxy that looks names up, as all do here that can. */
static const struct {
	const char *scheme;
	enum proxy_type type;
} schemes[] = {
	{"socks4", PROXY_SOCKS4},  {"socks4a", PROXY_SOCKS4A}, {"socks5", PROXY_SOCKS5},
	{"socks5h", PROXY_SOCKS5}, {"http", PROXY_HTTP},
};

const char *proxy_word(enum proxy_type type)
{
	return types[type].word;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	return c != '\0' && at ? (int)(at - digits) : -1;
}

/* Copy FROM with every %XX decoded.  False: it is too long, has a NUL, or a '%' without its two
 * digits. */
static bool decode(char dest[PROXY_LOGIN], const char *from)
{
	size_t len = 0;
	for (; *from; from++) {
		char c = *from;
		if (c == '%') {
			int high = hex_digit(from[1]);
			int low = high < 0 ? -1 : hex_digit(from[2]);
			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			from += 2;
		}
		if (c == '\0' || len == PROXY_LOGIN - 1)
			return false;
		dest[len++] = c;
	}
	dest[len] = '\0';
	return true;
}

/* "user", or "user:password", which is decoded first where it comes from a URL; the first colon
 * ends the user name. */
static enum proxy_parse set_login(struct proxy_config *config, const char *login, size_t len,
				  bool encoded)
{
	char part[2][3 * PROXY_LOGIN] = {"", ""};
	const char *colon = memchr(login, ':', len);
	size_t user_len = colon ? (size_t)(colon - login) : len;
	size_t password_len = colon ? len - user_len - 1 : 0;

	if (user_len >= sizeof(part[0]) || password_len >= sizeof(part[1]))
		return PROXY_BAD_LOGIN;
	memcpy(part[0], login, user_len);
	if (colon)
		memcpy(part[1], colon + 1, password_len);
	if (encoded && !(decode(config->user, part[0]) && decode(config->password, part[1])))
		return PROXY_BAD_LOGIN;
	if (!encoded) {
		if (user_len >= PROXY_LOGIN || password_len >= PROXY_LOGIN)
			return PROXY_BAD_LOGIN;
		memcpy(config->user, part[0], user_len + 1);
		memcpy(config->password, part[1], password_len + 1);
	}
	config->login = true;
	return PROXY_PARSED;
}

enum proxy_parse proxy_parse_login(struct proxy_config *config, const char *login)
{
	return set_login(config, login, strlen(login), false);
}

enum proxy_parse proxy_parse_address(struct proxy_config *config, const char *address)
{
	enum target_error error = target_parse(&config->address, address, false);
	bool bracketed = address[0] == '[';
	if (error == TARGET_NO_PORT &&
	    (bracketed || !strchr(address, ':') || addr_is_ipv6_text(address)))
		error = target_set(&config->address, address, types[config->type].port, false);
	return error == TARGET_OK && config->address.host[0] != '\0' ? PROXY_PARSED
								     : PROXY_BAD_ADDRESS;
}

static enum proxy_parse set_scheme(struct proxy_config *config, const char *scheme, size_t len)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strlen(schemes[i].scheme) != len ||
		    strncasecmp(schemes[i].scheme, scheme, len) != 0)
			continue;
		config->type = schemes[i].type;
		return PROXY_PARSED;
	}
	return PROXY_BAD_SCHEME;
}

enum proxy_parse proxy_parse_url(struct proxy_config *config, const char *url)
{
	char address[TARGET_HOST + TARGET_PORT + 4];
	const char *authority = strstr(url, "://");

	if (authority && set_scheme(config, url, (size_t)(authority - url)) != PROXY_PARSED)
		return PROXY_BAD_SCHEME;
	authority = authority ? authority + 3 : url;
	/* A password that is not encoded may have an '@': the last one ends the login. */
	const char *host = strrchr(authority, '@');
	if (host && set_login(config, authority, (size_t)(host - authority), true) != PROXY_PARSED)
		return PROXY_BAD_LOGIN;
	host = host ? host + 1 : authority;
	size_t len = strlen(host);
	if (len > 0 && host[len - 1] == '/')
		len--;
	if (len >= sizeof(address))
		return PROXY_BAD_ADDRESS;
	memcpy(address, host, len);
	address[len] = '\0';
	return proxy_parse_address(config, address);
}
