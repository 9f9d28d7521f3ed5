/* The handshake with an HTTP proxy. */
#include "proto/httpconnect.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* ---- the request ---- */

static void put_str(struct proxy_message *out, const char *str)
{
	proxy_put(out, str, strlen(str));
}

/* RFC 4648, section 4. */
static size_t base64(char *dest, const unsigned char *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t out = 0;
	for (size_t i = 0; i < len; i += 3) {
		unsigned group = (unsigned)bytes[i] << 16;
		group |= i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0;
		group |= i + 2 < len ? bytes[i + 2] : 0;
		dest[out++] = digits[group >> 18];
		dest[out++] = digits[group >> 12 & 63];
		dest[out++] = i + 1 < len ? digits[group >> 6 & 63] : '=';
		dest[out++] = i + 2 < len ? digits[group & 63] : '=';
	}
	return out;
}

/* The login is sent unasked, as every client does that has been given one. */
static void put_login(struct proxy_message *out, const struct proxy_request *request)
{
	char login[2 * PROXY_LOGIN];
	char encoded[4 * sizeof(login) / 3 + 4];
	int len = snprintf(login, sizeof(login), "%s:%s", request->user, request->password);
	put_str(out, "Proxy-Authorization: Basic ");
	proxy_put_secret(out, encoded, base64(encoded, (const unsigned char *)login, (size_t)len));
	put_str(out, "\r\n");
	explicit_bzero(login, sizeof(login));
	explicit_bzero(encoded, sizeof(encoded));
}

void httpconnect_start(struct httpconnect *http, const struct proxy_request *request)
{
	char authority[320];
	struct text text = TEXT_IN(authority);
	struct proxy_message *out = &http->talk.out;

	*http = (struct httpconnect){.request = request};
	if (request->addr.len > 0)
		addr_format(&text, &request->addr);
	else
		text_printf(&text, "%s:%u", request->host, request->port);
	put_str(out, "CONNECT ");
	put_str(out, authority);
	put_str(out, " HTTP/1.1\r\nHost: ");
	put_str(out, authority);
	put_str(out, "\r\n");
	if (request->user)
		put_login(out, request);
	put_str(out, "\r\n");
	http->talk.asked = true;
}

/* ---- the response ---- */

/* "HTTP/1.1 200 Connection established"; the words may be left out.  The status, or -1. */
static int parse_status(const char *line)
{
	const char *at = line + strlen("HTTP/");
	if (strncmp(line, "HTTP/", strlen("HTTP/")) != 0)
		return -1;
	if (!isdigit((unsigned char)at[0]) || at[1] != '.' || !isdigit((unsigned char)at[2]) ||
	    at[3] != ' ')
		return -1;
	at += 4;
	for (int i = 0; i < 3; i++)
		if (!isdigit((unsigned char)at[i]))
			return -1;
	if (at[3] != '\0' && at[3] != ' ')
		return -1;
	return (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
}

static void take_status(struct httpconnect *http)
{
	struct text text = TEXT_IN(http->reason);
	int status = parse_status(http->line);
	if (status < 100 || status > 599) {
		proxy_babble(&http->talk, "Not the answer of an HTTP proxy");
		return;
	}
	http->status = status;
	text_str(&text, strlen(http->line) > 13 ? http->line + 13 : "");
}

/* The value of the header field NAME when the line is that one; NULL. */
static const char *field(const struct httpconnect *http, const char *name)
{
	size_t len = strlen(name);
	if (strncasecmp(http->line, name, len) != 0 || http->line[len] != ':')
		return NULL;
	return http->line + len + 1 + strspn(http->line + len + 1, " \t");
}

static void take_field(struct httpconnect *http)
{
	const char *value;
	struct text report = TEXT_IN(http->report);

	if ((value = field(http, "Proxy-Authenticate")) != NULL ||
	    (value = field(http, "WWW-Authenticate")) != NULL) {
		size_t len = strlen(http->challenges);
		snprintf(http->challenges + len, sizeof(http->challenges) - len, "%s%s",
			 len ? ", " : "", value);
		http->basic |= strcasestr(value, "Basic") != NULL;
	} else if ((value = field(http, "Proxy-Status")) != NULL ||
		   (value = field(http, "X-Squid-Error")) != NULL) {
		text_str(&report, value);
	}
}

/* Who is to give what. */
static void explain_login(const struct httpconnect *http, struct text *cause)
{
	text_str(cause, "the proxy was reached; it wants a login by ");
	text_str(cause, http->challenges[0] ? http->challenges : "a method that it does not name");
	if (http->challenges[0] && !http->basic)
		text_str(cause, ", and this program knows Basic alone");
	else if (http->request->user)
		text_str(cause, ", and does not take this user name and password");
	else
		text_str(cause, ": --proxy-auth USER:PASS or HANDSET_PROXY_AUTH gives one");
}

/* The header is complete and the answer is no. */
static void refuse(struct httpconnect *http)
{
	char reason[128];
	char cause[512];
	struct text text = TEXT_IN(cause);
	enum proxy_blame blame = PROXY_BLAME_TARGET;

	snprintf(reason, sizeof(reason), "%d%s%s", http->status, http->reason[0] ? " " : "",
		 http->reason);
	/* A proxy has 407 for that; tinyproxy says 401 to a wrong password. */
	if (http->status == 407 || http->status == 401) {
		blame = PROXY_BLAME_AUTH;
		explain_login(http, &text);
	} else if (http->status == 405 || http->status == 501) {
		blame = PROXY_BLAME_UNSUPPORTED;
		text_str(&text, "an HTTP server answered that does not do CONNECT: perhaps a web "
				"server, and no proxy");
	} else if (http->status >= 500) {
		text_str(&text,
			 "the proxy was reached; it says that it has no connection to the target");
	} else if (http->status < 400) {
		blame = PROXY_BLAME_PROTOCOL;
		text_str(&text, "an HTTP server answered, and not as a proxy answers CONNECT");
	} else {
		text_str(&text, "the proxy was reached; it does not allow, or does not understand, "
				"what is asked");
	}
	if (http->report[0])
		text_printf(&text, "; it reports: %s", http->report);
	proxy_refused(&http->talk, blame, http->status, reason, cause);
}

/* An empty line ends the header.  A body of a 2xx there is not: what follows is the tunnel (RFC
 * 9110, 9.3.6).  Other 1xx than 101 are followed by another response (RFC 9110, 15.2). */
static void take_end(struct httpconnect *http)
{
	if (http->status >= 200 && http->status < 300) {
		http->talk.state = PROXY_AGREED;
		http->talk.asked = false;
	} else if (http->status < 200 && http->status != 101) {
		http->status = 0;
	} else {
		refuse(http);
	}
}

static void take_line(struct httpconnect *http)
{
	size_t len = http->len < HTTP_LINE - 1 ? http->len : HTTP_LINE - 1;
	if (len > 0 && len == http->len && http->line[len - 1] == '\r')
		len--;
	http->line[len] = '\0';
	if (http->status == 0)
		take_status(http);
	else if (len == 0)
		take_end(http);
	else
		take_field(http);
	http->len = 0;
}

/* A byte of a line; the first ones of all show whether this is HTTP. */
static void take_byte(struct httpconnect *http, char c)
{
	static const char start[] = "HTTP/";
	if (http->len < HTTP_LINE - 1)
		http->line[http->len] = c;
	http->len++;
	if (http->status == 0 && http->len < sizeof(start) &&
	    memcmp(http->line, start, http->len) != 0)
		proxy_babble(&http->talk, "Not the answer of an HTTP proxy");
}

size_t httpconnect_feed(struct httpconnect *http, const void *bytes, size_t len)
{
	const char *at = bytes;
	size_t used = 0;

	proxy_heard(&http->talk, bytes, len);
	while (used < len && http->talk.state == PROXY_TALKING) {
		char c = at[used++];
		if (++http->total > HTTP_HEADER_MAX) {
			proxy_babble(&http->talk, "A header without an end");
		} else if (c == '\n' && (http->status != 0 || http->len > 0)) {
			take_line(http);
		} else {
			take_byte(http, c);
		}
	}
	return used;
}
