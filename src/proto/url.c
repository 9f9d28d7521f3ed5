/* The host and the port of a URL. */
#include "proto/url.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "proto/target.h"

/* The ports of schemes, of those that are not in every /etc/services, too. */
static const struct {
	const char *scheme, *port;
} schemes[] = {
	{"amqp", "5672"},     {"amqps", "5671"},      {"ftp", "21"},      {"ftps", "990"},
	{"git", "9418"},      {"http", "80"},         {"https", "443"},   {"imap", "143"},
	{"imaps", "993"},     {"irc", "6667"},        {"ircs", "6697"},   {"ldap", "389"},
	{"ldaps", "636"},     {"mongodb", "27017"},   {"mqtt", "1883"},   {"mqtts", "8883"},
	{"mysql", "3306"},    {"nats", "4222"},       {"pop3", "110"},    {"pop3s", "995"},
	{"postgres", "5432"}, {"postgresql", "5432"}, {"redis", "6379"},  {"rediss", "6379"},
	{"rsync", "873"},     {"rtsp", "554"},        {"sftp", "22"},     {"sip", "5060"},
	{"smtp", "25"},       {"smtps", "465"},       {"socks5", "1080"}, {"ssh", "22"},
	{"telnet", "23"},     {"vnc", "5900"},        {"ws", "80"},       {"wss", "443"},
};

static void put(char *dest, size_t size, const char *bytes, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(dest, bytes, len);
	dest[len] = '\0';
}

static const char *port_of(const char *scheme, size_t len)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strlen(schemes[i].scheme) == len &&
		    strncasecmp(schemes[i].scheme, scheme, len) == 0)
			return schemes[i].port;
	return "";
}

bool url_parse(struct target *target, const char *text)
{
	const char *colon = strstr(text, "://");
	if (!colon || colon == text)
		return false;
	const char *at = colon + 3;
	const char *end = at + strcspn(at, "/?# ");
	for (const char *user_end = at; user_end < end; user_end++)
		if (*user_end == '@')
			at = user_end + 1;
	bool bracketed = *at == '[';
	const char *host = at + bracketed;
	const char *host_end = host + strcspn(host, bracketed ? "]" : ":/?# ");
	if (host_end == host || host_end > end)
		return false;
	put(target->host, sizeof(target->host), host, (size_t)(host_end - host));
	const char *port = host_end + (bracketed && *host_end == ']');
	if (port < end && *port == ':' && end - port > 1)
		put(target->port, sizeof(target->port), port + 1, (size_t)(end - port - 1));
	else
		strcpy(target->port, port_of(text, (size_t)(colon - text)));
	return true;
}
