/* The options that name a proxy. */
#include "cli/proxy_options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "cli/options.h"
#include "cli/rules.h"
#include "proto/proxy.h"

/* Options that say something of a proxy need one, and what a proxy cannot do is no silent direct
 * connection. */
static int check(const struct options *options, bool named, struct fault *fault)
{
	char label[OPTION_LABEL];
	static const char *const needing[] = {"-X", "-P", "--proxy-auth", "--proxy-dns"};
	for (size_t i = 0; i < sizeof(needing) / sizeof(needing[0]); i++)
		if (!named && option_is_given(options, needing[i]))
			return fault_usage(fault, "%s needs a proxy: -x or --proxy",
					   option_spelling(options, needing[i], label));
	if (!named)
		return 0;
	if (options->endpoint.type == SOCK_DGRAM)
		return fault_usage(
			fault, "-u does not go through a proxy: what proxies relay here is TCP");
	if (options->unixsock && options->action != ACTION_LISTEN)
		return fault_usage(fault,
				   "-U does not go through a proxy: what proxies relay is TCP");
	if (options->action == ACTION_PATH)
		return fault_usage(fault, "--path does not go through a proxy: the way to the "
					  "proxy itself can be asked for");
	if (options->action == ACTION_LISTEN && !options->to)
		return fault_usage(
			fault, "-l does not go through a proxy, but what --to connects to does");
	return 0;
}

static int parse_fault(enum proxy_parse result, const struct options *options, struct fault *fault)
{
	const char *word = options->proxy.url ? "URL for --proxy" : "address for -x";
	switch (result) {
	case PROXY_PARSED:
		return 0;
	case PROXY_BAD_SCHEME:
		return fault_usage(
			fault,
			"bad %s: expected socks4://, socks4a://, socks5://, socks5h:// or http://",
			word);
	case PROXY_BAD_LOGIN:
		return fault_usage(fault,
				   "bad %s: a user name or password has more than 255 bytes, or a "
				   "%% without two digits",
				   word);
	case PROXY_BAD_ADDRESS:
		break;
	}
	/* It is not shown, because there may be a password in it. */
	return fault_usage(fault, "bad %s: expected HOST, HOST:PORT or [IPV6]:PORT%s", word,
			   options->proxy.url
				   ? ", with SCHEME:// and USER:PASSWORD@ in front or without"
				   : "");
}

/* Where the proxy is, and of which type: -x is a SOCKS5 proxy as with nc(1), --proxy one of HTTP as
 * with ncat(1), unless more is said. */
static int settle_address(struct proxy_config *proxy, const struct options *options,
			  struct fault *fault)
{
	int type = options->proxy.type;
	if (!options->proxy.url) {
		proxy->type = type ? (enum proxy_type)type : PROXY_SOCKS5;
		return parse_fault(proxy_parse_address(proxy, options->proxy.address), options,
				   fault);
	}
	proxy->type = type ? (enum proxy_type)type : PROXY_HTTP;
	if (parse_fault(proxy_parse_url(proxy, options->proxy.url), options, fault) != 0)
		return -1;
	if (type && (enum proxy_type)type != proxy->type)
		return fault_usage(fault, "--proxy says %s, and --proxy-type (-X) says %s",
				   proxy_word(proxy->type), proxy_word((enum proxy_type)type));
	return 0;
}

/* An argument that has a secret in it is not for ps(1). */
static void hide(const char *argument)
{
	memset((char *)(uintptr_t)argument, '*', strlen(argument));
}

/* The login: of the environment, the URL, --proxy-auth, the user name of -P; what is later in this
 * list goes first. */
static int settle_login(struct proxy_config *proxy, const struct options *options,
			struct fault *fault)
{
	const char *environment = getenv("HANDSET_PROXY_AUTH");
	const char *login = options->proxy.auth ? options->proxy.auth
			    : proxy->login      ? NULL
						: environment;

	if (login && *login && proxy_parse_login(proxy, login) != PROXY_PARSED)
		return fault_usage(
			fault, "bad login in %s: a user name and a password have 255 bytes at most",
			login == environment ? "HANDSET_PROXY_AUTH" : "--proxy-auth");
	if (options->proxy.user) {
		if (strlen(options->proxy.user) >= sizeof(proxy->user))
			return fault_usage(fault, "bad USER for -P: it has more than 255 bytes");
		/* A SOCKS4 proxy takes the user name alone. */
		bool takes_password = proxy->type == PROXY_SOCKS5 || proxy->type == PROXY_HTTP;
		proxy->ask = !proxy->login && takes_password;
		strcpy(proxy->user, options->proxy.user);
		proxy->login = true;
	}
	if (options->proxy.auth)
		hide(options->proxy.auth);
	if (options->proxy.url && strchr(options->proxy.url, '@'))
		hide(options->proxy.url);
	if (proxy->login && proxy->type == PROXY_SOCKS5 && proxy->user[0] == '\0')
		return fault_usage(fault, "a login needs a user name");
	/* RFC 7617, section 2: the first colon would end it. */
	if (proxy->login && proxy->type == PROXY_HTTP && strchr(proxy->user, ':'))
		return fault_usage(fault,
				   "a user name with a colon does not go with an HTTP proxy");
	return 0;
}

int proxy_options_settle(struct options *options, struct fault *fault)
{
	struct proxy_config *proxy = &options->dial.proxy;
	bool named = options->proxy.address || options->proxy.url;

	if (check(options, named, fault) != 0)
		return -1;
	if (!named)
		return 0;
	if (settle_address(proxy, options, fault) != 0 || settle_login(proxy, options, fault) != 0)
		return -1;
	if (proxy->type == PROXY_SOCKS4 && options->proxy.dns == PROXY_DNS_REMOTE)
		return fault_usage(
			fault, "a SOCKS4 proxy does not look names up: -X 4a is the one that does");
	proxy->local_dns = proxy->type == PROXY_SOCKS4 || options->proxy.dns == PROXY_DNS_LOCAL;
	return 0;
}
