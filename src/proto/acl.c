/* Rules that say which addresses may connect. */
#include "proto/acl.h"

#include <string.h>

#include "base/parse.h"

/* The bits of ::ffff:0:0/96, behind which an IPv4 address stands. */
#define MAPPED_BITS 96

static const char separators[] = ", \t\r\n";

/* Move TEXT to the next word, over separators and comments. */
static const char *skip(const char *text)
{
	for (;;) {
		text += strspn(text, separators);
		if (*text != '#')
			return text;
		text += strcspn(text, "\n");
	}
}

int acl_next(const char **text, char word[ACL_WORD])
{
	const char *start = skip(*text);
	size_t len = strcspn(start, ", \t\r\n#");
	size_t fits = len < ACL_WORD ? len : ACL_WORD - 1;
	memcpy(word, start, fits);
	word[fits] = '\0';
	*text = start + len;
	if (len == 0)
		return 0;
	return fits == len ? 1 : -1;
}

/* A name has a letter somewhere (of ASCII or beyond): 10.1 and 1.2.3.256 are meant as addresses and
 * are none, though getaddrinfo(3) would take the first. */
static bool is_name(const char *word)
{
	bool letter = false;
	for (const char *at = word; *at; at++) {
		unsigned char c = (unsigned char)*at;
		bool is_letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		letter |= is_letter;
		if (!is_letter && !strchr("0123456789-_.", c))
			return false;
	}
	return letter && *word != '-' && *word != '.';
}

struct acl_rule acl_exactly(const struct addr *addr)
{
	struct addr plain = addr_unmapped(addr);
	struct acl_rule rule = {.family = plain.ss.ss_family};
	size_t len;
	const unsigned char *bytes = addr_bytes(&plain, &len);
	if (bytes)
		memcpy(rule.bytes, bytes, len);
	rule.bits = (unsigned)(8 * len);
	return rule;
}

/* A block of BITS around ADDR, whose bits beyond do not count. */
static enum acl_kind parse_block(struct acl_rule *rule, const struct addr *addr, const char *bits)
{
	int64_t number;
	bool long_form = addr->ss.ss_family == AF_INET6;
	if (parse_int(bits, 0, long_form ? 128 : 32, &number) != 0)
		return ACL_BAD;
	*rule = acl_exactly(addr);
	if (long_form && rule->family == AF_INET) {
		/* ::/0 written as ::ffff:0:0/0 would be more than IPv4. */
		if (number < MAPPED_BITS)
			return ACL_BAD;
		number -= MAPPED_BITS;
	}
	rule->bits = (unsigned)number;
	return ACL_BLOCK;
}

enum acl_kind acl_parse(struct acl_rule *rule, const char *word)
{
	char address[ACL_WORD];
	struct addr addr;
	size_t len = strcspn(word, "/");
	if (strchr(word, '%') || len >= sizeof(address))
		return ACL_BAD;
	memcpy(address, word, len);
	address[len] = '\0';
	if (addr_parse(&addr, AF_UNSPEC, address, 0) != 0)
		return word[len] == '\0' && is_name(word) ? ACL_NAME : ACL_BAD;
	if (word[len] == '/')
		return parse_block(rule, &addr, word + len + 1);
	*rule = acl_exactly(&addr);
	return ACL_BLOCK;
}

bool acl_matches(const struct acl_rule *rule, const struct addr *addr)
{
	struct acl_rule exact = acl_exactly(addr);
	return exact.family == rule->family &&
	       addr_bytes_match(exact.bytes, rule->bytes, rule->bits);
}
