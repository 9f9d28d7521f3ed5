/* Operands that name a host and a port. */
#include "proto/target.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/parse.h"
#include "proto/addr.h"

/* No control characters, spaces or bytes that no name or address has. */
static bool host_is_sane(const char *host, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)host[i];
		if (c <= ' ' || c == 0x7F || strchr("/[]\\\"'<>", c))
			return false;
	}
	return true;
}

bool target_port_is_sane(const char *port, bool zero_ok)
{
	int64_t number;
	bool letter = false;

	if (parse_int(port, zero_ok ? 0 : 1, 65535, &number) == 0)
		return true;
	for (const char *at = port; *at; at++) {
		if (!isalnum((unsigned char)*at) && !strchr("-+._", *at))
			return false;
		letter = letter || isalpha((unsigned char)*at);
	}
	/* A name of digits alone would be a number, "1-3" a range: RFC 6335, section 5.1, asks for
	 * a letter. */
	return letter && isalnum((unsigned char)port[0]);
}

static enum target_error set_parts(struct target *target, const char *host, size_t host_len,
				   const char *port, bool zero_ok)
{
	if (host_len >= sizeof(target->host) || strlen(port) >= sizeof(target->port))
		return TARGET_TOO_LONG;
	char name[TARGET_HOST];
	memcpy(name, host, host_len);
	name[host_len] = '\0';
	if (!host_is_sane(host, host_len) || (strchr(name, ':') && !addr_is_ipv6_text(name)))
		return TARGET_BAD_HOST;
	if (!target_port_is_sane(port, zero_ok))
		return TARGET_BAD_PORT;
	strcpy(target->host, name);
	strcpy(target->port, port);
	return TARGET_OK;
}

enum target_error target_set(struct target *target, const char *host, const char *port,
			     bool zero_ok)
{
	size_t len = strlen(host);
	if (len == 0)
		return TARGET_BAD_HOST;
	if (host[0] == '[' && host[len - 1] == ']' && len > 2)
		return set_parts(target, host + 1, len - 2, port, zero_ok);
	return set_parts(target, host, len, port, zero_ok);
}

enum target_error target_parse(struct target *target, const char *operand, bool zero_ok)
{
	if (operand[0] == '[') {
		const char *close = strchr(operand, ']');
		if (!close || close == operand + 1)
			return TARGET_BAD_HOST;
		if (close[1] != ':')
			return close[1] ? TARGET_BAD_HOST : TARGET_NO_PORT;
		return set_parts(target, operand + 1, (size_t)(close - operand - 1), close + 2,
				 zero_ok);
	}
	const char *colon = strchr(operand, ':');
	if (!colon || addr_is_ipv6_text(operand))
		return TARGET_NO_PORT;
	if (strchr(colon + 1, ':'))
		return TARGET_COLONS;
	return set_parts(target, operand, (size_t)(colon - operand), colon + 1, zero_ok);
}
