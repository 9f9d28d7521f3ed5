/* Proxies as a user names them, and the handshakes with them, fed in pieces of every size. */
#include "proto/proxy.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "proto/httpconnect.h"
#include "proto/socks.h"
#include "unit.h"

static void a_url_is_taken_apart(void)
{
	static const struct {
		const char *url;
		enum proxy_parse result;
		enum proxy_type type;
		const char *host, *port, *user, *password;
	} rows[] = {
		{"socks5://h:1", PROXY_PARSED, PROXY_SOCKS5, "h", "1", "", ""},
		{"socks5://h", PROXY_PARSED, PROXY_SOCKS5, "h", "1080", "", ""},
		{"SOCKS5H://h/", PROXY_PARSED, PROXY_SOCKS5, "h", "1080", "", ""},
		{"socks4://h", PROXY_PARSED, PROXY_SOCKS4, "h", "1080", "", ""},
		{"socks4a://h", PROXY_PARSED, PROXY_SOCKS4A, "h", "1080", "", ""},
		{"http://h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "", ""},
		{"h:8080", PROXY_PARSED, PROXY_HTTP, "h", "8080", "", ""},
		{"::1", PROXY_PARSED, PROXY_HTTP, "::1", "3128", "", ""},
		{"http://[::1]", PROXY_PARSED, PROXY_HTTP, "::1", "3128", "", ""},
		{"http://[::1]:80/", PROXY_PARSED, PROXY_HTTP, "::1", "80", "", ""},
		{"http://u:p@h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "u", "p"},
		{"http://u@h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "u", ""},
		{"http://u:a:b@h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "u", "a:b"},
		{"http://u:a@b@h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "u", "a@b"},
		{"http://u%3A%40:%2Fp%2f@h", PROXY_PARSED, PROXY_HTTP, "h", "3128", "u:@", "/p/"},
		{"https://h", PROXY_BAD_SCHEME, PROXY_HTTP, "", "", "", ""},
		{"://h", PROXY_BAD_SCHEME, PROXY_HTTP, "", "", "", ""},
		{"http://u%@h", PROXY_BAD_LOGIN, PROXY_HTTP, "", "", "", ""},
		{"http://u%4@h", PROXY_BAD_LOGIN, PROXY_HTTP, "", "", "", ""},
		{"http://u:%00@h", PROXY_BAD_LOGIN, PROXY_HTTP, "", "", "", ""},
		{"http://u:%gg@h", PROXY_BAD_LOGIN, PROXY_HTTP, "", "", "", ""},
		{"http://", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"http://:80", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"http://h:0", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"fe80::1%eth0", PROXY_PARSED, PROXY_HTTP, "fe80::1%eth0", "3128", "", ""},
		{"http://h:1:2", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"http://::x", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"http://h/path", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
		{"http://h\r\nX: y", PROXY_BAD_ADDRESS, PROXY_HTTP, "", "", "", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_config config = {.type = PROXY_HTTP};
		CHECK_INT(proxy_parse_url(&config, rows[i].url), rows[i].result);
		if (rows[i].result != PROXY_PARSED)
			continue;
		CHECK_INT(config.type, rows[i].type);
		CHECK_STR(config.address.host, rows[i].host);
		CHECK_STR(config.address.port, rows[i].port);
		CHECK_STR(config.user, rows[i].user);
		CHECK_STR(config.password, rows[i].password);
	}
}

static void a_login_is_limited(void)
{
	char login[600];
	struct proxy_config config = {.type = PROXY_SOCKS5};

	memset(login, 'x', sizeof(login));
	login[255] = ':';
	login[255 + 1 + 255] = '\0';
	CHECK_INT(proxy_parse_login(&config, login), PROXY_PARSED);
	CHECK_INT((long long)strlen(config.user), 255);
	CHECK_INT((long long)strlen(config.password), 255);
	login[255 + 1 + 255] = 'x';
	login[255 + 1 + 256] = '\0';
	CHECK_INT(proxy_parse_login(&config, login), PROXY_BAD_LOGIN);
	CHECK_INT(proxy_parse_login(&config, "name"), PROXY_PARSED);
	CHECK_STR(config.password, "");
}

/* ---- conversations ---- */

/* A machine of either kind. */
struct machine {
	bool http;
	union {
		struct proxy_talk talk;
		struct socks socks;
		struct httpconnect http;
	} of;
};

static void start(struct machine *machine, const struct proxy_request *request)
{
	machine->http = request->type == PROXY_HTTP;
	if (machine->http)
		httpconnect_start(&machine->of.http, request);
	else
		socks_start(&machine->of.socks, request);
}

/* Feed LEN bytes in pieces of STEP, emptying what is to be sent: how many were taken. */
static size_t feed(struct machine *machine, const char *bytes, size_t len, size_t step)
{
	size_t used = 0;
	while (used < len && machine->of.talk.state == PROXY_TALKING) {
		size_t piece = len - used < step ? len - used : step;
		proxy_sent(&machine->of.talk.out);
		used += machine->http ? httpconnect_feed(&machine->of.http, bytes + used, piece)
				      : socks_feed(&machine->of.socks, bytes + used, piece);
	}
	return used;
}

static struct proxy_request request_of(enum proxy_type type, const char *host, bool login)
{
	struct proxy_request request = {.type = type, .host = host, .port = 80};
	if (addr_parse(&request.addr, AF_UNSPEC, host, 80) != 0)
		request.addr.len = 0;
	request.user = login ? "user" : NULL;
	request.password = login ? "secret" : NULL;
	return request;
}

#define BYTES(literal) (literal), sizeof(literal) - 1

/* What is sent first, by type and target. */
static void requests_are_those_of_the_standards(void)
{
	static const struct {
		enum proxy_type type;
		const char *host;
		bool login;
		const char *out;
		size_t len;
	} rows[] = {
		{PROXY_SOCKS4, "192.0.2.1", false, BYTES("\4\1\0\120\300\0\2\1\0")},
		{PROXY_SOCKS4, "192.0.2.1", true, BYTES("\4\1\0\120\300\0\2\1user\0")},
		{PROXY_SOCKS4A, "example.net", true,
		 BYTES("\4\1\0\120\0\0\0\1user\0example.net\0")},
		{PROXY_SOCKS5, "example.net", false, BYTES("\5\1\0")},
		{PROXY_SOCKS5, "example.net", true, BYTES("\5\2\0\2")},
		{PROXY_HTTP, "example.net", false,
		 BYTES("CONNECT example.net:80 HTTP/1.1\r\nHost: example.net:80\r\n\r\n")},
		{PROXY_HTTP, "2001:db8::1", true,
		 BYTES("CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n"
		       "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_request request = request_of(rows[i].type, rows[i].host,
							  rows[i].login);
		struct machine machine;
		start(&machine, &request);
		CHECK_INT((long long)machine.of.talk.out.len, (long long)rows[i].len);
		CHECK(memcmp(machine.of.talk.out.bytes, rows[i].out, rows[i].len) == 0);
	}
}

static void socks5_asks_once_the_method_is_chosen(void)
{
	struct proxy_request request = request_of(PROXY_SOCKS5, "example.net", true);
	struct machine machine;
	struct proxy_message *out = &machine.of.talk.out;

	start(&machine, &request);
	proxy_sent(out);
	CHECK_INT((long long)socks_feed(&machine.of.socks, "\5\2", 2), 2);
	CHECK_INT((long long)out->len, 13);
	CHECK(memcmp(out->bytes, "\1\4user\6secret", 13) == 0);
	CHECK_INT((long long)out->secret, 7);
	CHECK_INT((long long)out->secret_len, 6);
	proxy_sent(out);
	CHECK_INT((long long)socks_feed(&machine.of.socks, "\1\0", 2), 2);
	CHECK_INT((long long)out->len, 18);
	CHECK(memcmp(out->bytes, "\5\1\0\3\13example.net\0\120", 18) == 0);
	CHECK_INT((long long)out->secret_len, 0);
}

/* What a proxy says, what becomes of it, and how much of it is its own. */
static const struct {
	enum proxy_type type;
	bool login;
	const char *says;
	size_t len;
	enum proxy_state state;
	size_t own;             /* once it has agreed */
	enum proxy_blame blame; /* when it has failed, */
	int code;
	const char *word; /* in the reason or the cause; when it has agreed, the address bound */
} talks[] = {
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\1\12\0\0\1\20\1PEER"), PROXY_AGREED, 12, 0, 0,
	 "10.0.0.1:4097"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"), PROXY_AGREED, 12, 0, 0, ""},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\3\4host\0\120PEER"), PROXY_AGREED, 13, 0, 0,
	 "host:80"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\3\0\0\120PEER"), PROXY_AGREED, 9, 0, 0, ":80"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\3\3\033[m\0\120"), PROXY_AGREED, 12, 0, 0,
	 "\\x1b[m:80"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\120P"),
	 PROXY_AGREED, 24, 0, 0, "[::1]:80"},
	{PROXY_SOCKS5, true, BYTES("\5\2\1\0\5\0\0\1\0\0\0\0\0\0"), PROXY_AGREED, 14, 0, 0, ""},
	{PROXY_SOCKS5, true, BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"), PROXY_AGREED, 12, 0, 0, ""},
	{PROXY_SOCKS5, true, BYTES("\5\2\1\1"), PROXY_FAILED, 0, PROXY_BLAME_AUTH, 1,
	 "Login rejected"},
	{PROXY_SOCKS5, true, BYTES("\5\377"), PROXY_FAILED, 0, PROXY_BLAME_AUTH, 255, "neither"},
	{PROXY_SOCKS5, false, BYTES("\5\377"), PROXY_FAILED, 0, PROXY_BLAME_AUTH, 255,
	 "--proxy-auth"},
	{PROXY_SOCKS5, false, BYTES("\5\2"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1,
	 "not offered"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\1"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 1,
	 "General SOCKS server failure"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\2"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 2,
	 "not allowed"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\3"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 3,
	 "Network unreachable"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\4"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 4,
	 "Host unreachable"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\5"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 5,
	 "Connection refused"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\6"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 6,
	 "TTL expired"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\7"), PROXY_FAILED, 0, PROXY_BLAME_UNSUPPORTED, 7,
	 "Command not supported"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\10"), PROXY_FAILED, 0, PROXY_BLAME_UNSUPPORTED, 8,
	 "Address type"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\376"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 254,
	 "reply 254"},
	{PROXY_SOCKS5, false, BYTES("\5\0\5\0\0\2\0\0\0\0\0\0"), PROXY_FAILED, 0,
	 PROXY_BLAME_PROTOCOL, -1, "unknown type"},
	{PROXY_SOCKS5, false, BYTES("SSH-2.0-x\r\n"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1,
	 "SOCKS5"},
	{PROXY_SOCKS5, false, BYTES("\5\0\4\0"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1,
	 "SOCKS5"},
	{PROXY_SOCKS4, false, BYTES("\0\132\0\0\0\0\0\0PEER"), PROXY_AGREED, 8, 0, 0, ""},
	{PROXY_SOCKS4A, false, BYTES("\4\132\0\0\0\0\0\0PEER"), PROXY_AGREED, 8, 0, 0, ""},
	{PROXY_SOCKS4, false, BYTES("\0\133\0\0\0\0\0\0"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 91,
	 "rejected or failed"},
	{PROXY_SOCKS4, false, BYTES("\0\134\0\0\0\0\0\0"), PROXY_FAILED, 0, PROXY_BLAME_AUTH, 92,
	 "identd"},
	{PROXY_SOCKS4, false, BYTES("\0\135\0\0\0\0\0\0"), PROXY_FAILED, 0, PROXY_BLAME_AUTH, 93,
	 "identd"},
	{PROXY_SOCKS4, false, BYTES("\0\1\0\0\0\0\0\0"), PROXY_FAILED, 0, PROXY_BLAME_TARGET, 1,
	 "reply 1"},
	{PROXY_SOCKS4, false, BYTES("\5\377"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1, "SOCKS4"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 200 OK\r\n\r\nPEER"), PROXY_AGREED, 19, 0, 0, ""},
	{PROXY_HTTP, false, BYTES("HTTP/1.0 200\r\n\r\n\r\n"), PROXY_AGREED, 16, 0, 0, ""},
	{PROXY_HTTP, false, BYTES("HTTP/1.0 200 established\n\n\n"), PROXY_AGREED, 26, 0, 0, ""},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 204 x\r\nContent-Length: 4\r\n\r\nPEER"), PROXY_AGREED,
	 37, 0, 0, ""},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\nP"),
	 PROXY_AGREED, 47, 0, 0, ""},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 101 Switching\r\n\r\n"), PROXY_FAILED, 0,
	 PROXY_BLAME_PROTOCOL, 101, "101"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 302 Found\r\n\r\n"), PROXY_FAILED, 0,
	 PROXY_BLAME_PROTOCOL, 302, "302 Found"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 403 \033[31mNo\r\n\r\n"), PROXY_FAILED, 0,
	 PROXY_BLAME_TARGET, 403, "403 \\x1b[31mNo"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 405 Not Allowed\r\n\r\n"), PROXY_FAILED, 0,
	 PROXY_BLAME_UNSUPPORTED, 405, "web server"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 502 Bad Gateway\r\n\r\n"), PROXY_FAILED, 0,
	 PROXY_BLAME_TARGET, 502, "Bad Gateway"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 503 No\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n"),
	 PROXY_FAILED, 0, PROXY_BLAME_TARGET, 503, "ERR_DNS_FAIL"},
	{PROXY_HTTP, false,
	 BYTES("HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=\"lab\"\r\n\r\n"),
	 PROXY_FAILED, 0, PROXY_BLAME_AUTH, 407, "Basic realm=\"lab\": --proxy-auth"},
	{PROXY_HTTP, true, BYTES("HTTP/1.1 407 Auth\r\nproxy-authenticate:Basic realm=x\r\n\r\n"),
	 PROXY_FAILED, 0, PROXY_BLAME_AUTH, 407, "does not take this user"},
	{PROXY_HTTP, true,
	 BYTES("HTTP/1.1 407 Auth\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: "
	       "NTLM\r\n\r\n"),
	 PROXY_FAILED, 0, PROXY_BLAME_AUTH, 407,
	 "Negotiate, NTLM, and this program knows Basic alone"},
	{PROXY_HTTP, true, BYTES("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n"),
	 PROXY_FAILED, 0, PROXY_BLAME_AUTH, 401, "does not take this user"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 99 x\r\n"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1,
	 "HTTP"},
	{PROXY_HTTP, false, BYTES("HTTP/1.1 2000 x\r\n"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1,
	 "HTTP"},
	{PROXY_HTTP, false, BYTES("HT\n"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1, "HTTP"},
	{PROXY_HTTP, false, BYTES("\n"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1, "HTTP"},
	{PROXY_HTTP, false, BYTES("\5\377"), PROXY_FAILED, 0, PROXY_BLAME_PROTOCOL, -1, "HTTP"},
};

static void answers_mean_the_same_in_pieces_of_any_size(void)
{
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		for (size_t step = 1; step <= talks[i].len; step++) {
			struct proxy_request request = request_of(talks[i].type, "192.0.2.1",
								  talks[i].login);
			struct machine machine;
			start(&machine, &request);
			size_t used = feed(&machine, talks[i].says, talks[i].len, step);
			const struct proxy_talk *talk = &machine.of.talk;
			CHECK_INT(talk->state, talks[i].state);
			if (talk->state == PROXY_AGREED) {
				CHECK_INT((long long)used, (long long)talks[i].own);
				CHECK_STR(talk->bound, talks[i].word);
				continue;
			}
			CHECK_INT(talk->refusal.blame, talks[i].blame);
			CHECK_INT(talk->refusal.code, talks[i].code);
			CHECK(strstr(talk->refusal.reason, talks[i].word) ||
			      strstr(talk->refusal.cause, talks[i].word));
		}
	}
}

/* Every beginning of an answer that is one asks for more. */
static void a_prefix_is_no_verdict(void)
{
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		for (size_t len = 0; talks[i].state == PROXY_AGREED && len < talks[i].own; len++) {
			struct proxy_request request = request_of(talks[i].type, "192.0.2.1",
								  talks[i].login);
			struct machine machine;
			start(&machine, &request);
			CHECK_INT((long long)feed(&machine, talks[i].says, len, len),
				  (long long)len);
			CHECK_INT(machine.of.talk.state, PROXY_TALKING);
		}
	}
}

static void a_header_without_an_end_is_given_up(void)
{
	struct proxy_request request = request_of(PROXY_HTTP, "example.net", false);
	struct machine machine;
	size_t fed = 0;

	start(&machine, &request);
	feed(&machine, BYTES("HTTP/1.1 200 OK\r\n"), 64);
	while (machine.of.talk.state == PROXY_TALKING && fed < (size_t)2 * HTTP_HEADER_MAX)
		fed += feed(&machine, BYTES("X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"), 64);
	CHECK_INT(machine.of.talk.state, PROXY_FAILED);
	CHECK_INT(machine.of.talk.refusal.blame, PROXY_BLAME_PROTOCOL);
	CHECK(fed <= HTTP_HEADER_MAX);
}

static void the_longest_request_fits(void)
{
	char host[256], user[256], password[256];
	struct proxy_request request = {
		.host = host, .port = 65535, .user = user, .password = password};
	struct machine machine;

	memset(host, 'h', 255);
	memset(user, 'u', 255);
	memset(password, 'p', 255);
	host[255] = user[255] = password[255] = '\0';
	for (request.type = PROXY_SOCKS4A; request.type <= PROXY_HTTP; request.type++) {
		start(&machine, &request);
		CHECK(machine.of.talk.out.len < PROXY_MESSAGE);
	}
	CHECK(memcmp(machine.of.talk.out.bytes + machine.of.talk.out.len - 4, "\r\n\r\n", 4) == 0);
}

UNIT_MAIN(a_url_is_taken_apart, a_login_is_limited, requests_are_those_of_the_standards,
	  socks5_asks_once_the_method_is_chosen, answers_mean_the_same_in_pieces_of_any_size,
	  a_prefix_is_no_verdict, a_header_without_an_end_is_given_up, the_longest_request_fits)
