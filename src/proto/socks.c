/* The handshake with a SOCKS proxy. */
#include "proto/socks.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* RFC 1928. */
#define SOCKS5 5
#define METHOD_NONE 0
#define METHOD_LOGIN 2
#define METHOD_REFUSED 0xFF
#define COMMAND_CONNECT 1
#define TYPE_IPV4 1
#define TYPE_NAME 3
#define TYPE_IPV6 4
/* RFC 1929. */
#define LOGIN_VERSION 1
/* SOCKS4: what is granted, and refused for reasons of identd (RFC 1413). */
#define SOCKS4 4
#define SOCKS4_GRANTED 90

/* What a code means: RFC 1928, section 6, and the memo "SOCKS: A protocol for TCP proxy across
 * firewalls". */
struct meaning {
	int code;
	enum proxy_blame blame;
	const char *words, *cause;
};

static const struct meaning meanings5[] = {
	{1, PROXY_BLAME_TARGET, "General SOCKS server failure",
	 "the proxy was reached; it gives no closer reason"},
	{2, PROXY_BLAME_TARGET, "Connection not allowed by ruleset",
	 "the proxy was reached; its rules forbid that target, or forbid it to this client"},
	{3, PROXY_BLAME_TARGET, "Network unreachable",
	 "the proxy was reached; it has no way to the target's network"},
	{4, PROXY_BLAME_TARGET, "Host unreachable",
	 "the proxy was reached; it does not reach the target, or does not find an address for its "
	 "name"},
	{5, PROXY_BLAME_TARGET, "Connection refused",
	 "the proxy was reached; it says that the target, or somebody in its name, refused the "
	 "connection"},
	{6, PROXY_BLAME_TARGET, "TTL expired",
	 "the proxy was reached; its connection to the target ran out of hops, or of time"},
	{7, PROXY_BLAME_UNSUPPORTED, "Command not supported",
	 "the proxy was reached; it makes no TCP connections"},
	{8, PROXY_BLAME_UNSUPPORTED, "Address type not supported",
	 "the proxy was reached; it does not take this kind of address"},
	{-1, PROXY_BLAME_TARGET, "Unknown SOCKS5 error",
	 "the proxy was reached; RFC 1928 has no such reply"},
};

static const struct meaning meanings4[] = {
	{91, PROXY_BLAME_TARGET, "Request rejected or failed",
	 "the proxy was reached; SOCKS4 does not tell a refusal by its rules from a target that is "
	 "not reached"},
	{92, PROXY_BLAME_AUTH, "Rejected: no identd on the client",
	 "the proxy was reached; it asks this host who the user is, and no identd answers (RFC "
	 "1413)"},
	{93, PROXY_BLAME_AUTH, "Rejected: identd reports another user",
	 "the proxy was reached; this host's identd names another user than the request"},
	{-1, PROXY_BLAME_TARGET, "Unknown SOCKS4 error",
	 "the proxy was reached; SOCKS4 has no such reply"},
};

static void await(struct socks *socks, size_t need, void (*answer)(struct socks *socks))
{
	socks->len = 0;
	socks->need = need;
	socks->answer = answer;
}

/* The proxy has refused with CODE, which ROWS explain. */
static void refuse(struct socks *socks, const struct meaning *rows, int code, const char *version)
{
	char reason[128];
	while (rows->code != code && rows->code != -1)
		rows++;
	snprintf(reason, sizeof(reason), "%s (%s reply %d)", rows->words, version, code);
	proxy_refused(&socks->talk, rows->blame, code, reason, rows->cause);
}

static void agree(struct socks *socks)
{
	socks->talk.state = PROXY_AGREED;
}

static void put_port(struct proxy_message *out, uint16_t port)
{
	proxy_put_byte(out, port >> 8);
	proxy_put_byte(out, port & 0xFF);
}

/* ---- SOCKS5 ---- */

/* The address that the proxy connects from, in the last reply. */
static void note_bound5(struct socks *socks)
{
	struct text text = TEXT_IN(socks->talk.bound);
	const unsigned char *at = socks->reply + 4;
	const unsigned char *port = socks->reply + socks->len - 2;
	unsigned number = (unsigned)port[0] << 8 | port[1];
	struct addr addr;

	if (socks->reply[3] == TYPE_NAME) {
		text_safe_bytes(&text, (const char *)at + 1, at[0]);
		text_printf(&text, ":%u", number);
		return;
	}
	addr_of_bytes(&addr, socks->reply[3] == TYPE_IPV6 ? AF_INET6 : AF_INET, at, number);
	/* Many proxies do not tell it, and say 0.0.0.0. */
	if (!addr_is_any(&addr))
		addr_format(&text, &addr);
}

static void take_address5(struct socks *socks)
{
	note_bound5(socks);
	agree(socks);
}

/* Five bytes tell how long the reply is. */
static void take_type5(struct socks *socks)
{
	unsigned type = socks->reply[3];
	if (type != TYPE_IPV4 && type != TYPE_IPV6 && type != TYPE_NAME) {
		proxy_babble(&socks->talk, "A reply with an address of an unknown type");
		return;
	}
	socks->need = 4 +
		      (type == TYPE_IPV4   ? 4U
		       : type == TYPE_IPV6 ? 16U
					   : 1U + socks->reply[4]) +
		      2;
	socks->answer = take_address5;
}

/* A refusal is clear from its second byte, and not every proxy says more. */
static void take_reply5(struct socks *socks)
{
	socks->talk.asked = false;
	if (socks->reply[1] != 0) {
		refuse(socks, meanings5, socks->reply[1], "SOCKS5");
		return;
	}
	socks->need = 5;
	socks->answer = take_type5;
}

static void ask5(struct socks *socks)
{
	const struct proxy_request *request = socks->request;
	struct proxy_message *out = &socks->talk.out;
	size_t len;
	const unsigned char *bytes = addr_bytes(&request->addr, &len);

	proxy_put(out, (const unsigned char[]){SOCKS5, COMMAND_CONNECT, 0}, 3);
	if (bytes) {
		proxy_put_byte(out, len == 16 ? TYPE_IPV6 : TYPE_IPV4);
		proxy_put(out, bytes, len);
	} else {
		len = strlen(request->host);
		proxy_put_byte(out, TYPE_NAME);
		proxy_put_byte(out, (unsigned)len);
		proxy_put(out, request->host, len);
	}
	put_port(out, request->port);
	socks->talk.asked = true;
	await(socks, 2, take_reply5);
}

/* RFC 1929: any status but 0 is a failure. */
static void take_login(struct socks *socks)
{
	char reason[64];
	if (socks->reply[1] == 0) {
		ask5(socks);
		return;
	}
	snprintf(reason, sizeof(reason), "Login rejected (RFC 1929 status %d)", socks->reply[1]);
	proxy_refused(&socks->talk, PROXY_BLAME_AUTH, socks->reply[1], reason,
		      "the proxy was reached; it does not take this user name and password");
}

static void put_login(struct socks *socks)
{
	struct proxy_message *out = &socks->talk.out;
	size_t user = strlen(socks->request->user);
	size_t password = strlen(socks->request->password);
	proxy_put_byte(out, LOGIN_VERSION);
	proxy_put_byte(out, (unsigned)user);
	proxy_put(out, socks->request->user, user);
	proxy_put_byte(out, (unsigned)password);
	proxy_put_secret(out, socks->request->password, password);
	await(socks, 2, take_login);
}

static void take_method(struct socks *socks)
{
	bool login = socks->request->user;
	int method = socks->reply[1];
	char reason[80];

	if (method == METHOD_NONE) {
		ask5(socks);
	} else if (method == METHOD_LOGIN && login) {
		put_login(socks);
	} else if (method == METHOD_REFUSED) {
		proxy_refused(
			&socks->talk, PROXY_BLAME_AUTH, method,
			"No acceptable authentication method (SOCKS5 method 255)",
			login ? "the proxy was reached; it takes neither a user name and password "
				"nor a client without"
			      : "the proxy was reached; it wants authentication, and none was "
				"offered: --proxy-auth "
				"USER:PASS or HANDSET_PROXY_AUTH gives a user name and password");
	} else {
		snprintf(reason, sizeof(reason),
			 "An authentication method that was not offered (%d)", method);
		proxy_babble(&socks->talk, reason);
	}
}

static void start5(struct socks *socks)
{
	static const unsigned char plain[] = {SOCKS5, 1, METHOD_NONE};
	static const unsigned char login[] = {SOCKS5, 2, METHOD_NONE, METHOD_LOGIN};
	if (socks->request->user)
		proxy_put(&socks->talk.out, login, sizeof(login));
	else
		proxy_put(&socks->talk.out, plain, sizeof(plain));
	await(socks, 2, take_method);
}

/* ---- SOCKS4 ---- */

static void take_reply4(struct socks *socks)
{
	const unsigned char *reply = socks->reply;
	socks->talk.asked = false;
	if (reply[1] == SOCKS4_GRANTED)
		agree(socks);
	else
		refuse(socks, meanings4, reply[1], "SOCKS4");
}

/* SOCKS4A: the address 0.0.0.x says that a name follows. */
static void start4(struct socks *socks)
{
	static const unsigned char named[] = {0, 0, 0, 1};
	const struct proxy_request *request = socks->request;
	struct proxy_message *out = &socks->talk.out;
	size_t len;
	const unsigned char *bytes = addr_bytes(&request->addr, &len);

	proxy_put(out, (const unsigned char[]){SOCKS4, COMMAND_CONNECT}, 2);
	put_port(out, request->port);
	proxy_put(out, bytes ? bytes : named, 4);
	if (request->user)
		proxy_put(out, request->user, strlen(request->user));
	proxy_put_byte(out, 0);
	if (!bytes)
		proxy_put(out, request->host, strlen(request->host) + 1);
	socks->talk.asked = true;
	await(socks, 8, take_reply4);
}

void socks_start(struct socks *socks, const struct proxy_request *request)
{
	*socks = (struct socks){.request = request};
	if (request->type == PROXY_SOCKS5)
		start5(socks);
	else
		start4(socks);
}

/* The first byte of every answer shows whether it is one: after anything else nothing more may
 * come. */
static bool is_foreign(const struct socks *socks)
{
	unsigned first = socks->reply[0];
	/* A reply of SOCKS4 has version 0, and some proxies say 4. */
	if (socks->request->type != PROXY_SOCKS5)
		return first != 0 && first != SOCKS4;
	/* The version of RFC 1929 is 1, and some proxies say 5. */
	return first != SOCKS5 && (socks->answer != take_login || first != LOGIN_VERSION);
}

size_t socks_feed(struct socks *socks, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	size_t used = 0;

	proxy_heard(&socks->talk, bytes, len);
	while (used < len && socks->talk.state == PROXY_TALKING) {
		socks->reply[socks->len++] = at[used++];
		if (socks->len == 1 && is_foreign(socks))
			proxy_babble(&socks->talk, socks->request->type == PROXY_SOCKS5
							   ? "Not the answer of a SOCKS5 proxy"
							   : "Not the answer of a SOCKS4 proxy");
		else if (socks->len == socks->need)
			socks->answer(socks);
	}
	return used;
}
