/* Fuzzes files of rules: every word ends, a block holds the address that it was written with, and
 * fits its family. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/acl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The address before the slash is in the block. */
static void check_block(const struct acl_rule *rule, const char *word)
{
	char address[ACL_WORD];
	struct addr addr;
	size_t len = strcspn(word, "/");
	memcpy(address, word, len);
	address[len] = '\0';
	if (rule->bits > (rule->family == AF_INET ? 32U : 128U))
		abort();
	if (addr_parse(&addr, AF_UNSPEC, address, 0) != 0 || !acl_matches(rule, &addr))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char input[2049];
	char word[ACL_WORD];
	struct acl_rule rule;
	const char *at = input;
	int got;

	if (size >= sizeof(input))
		return 0;
	memcpy(input, data, size);
	input[size] = '\0';
	while ((got = acl_next(&at, word)) != 0) {
		if (*word == '\0' || strpbrk(word, ", #\n"))
			abort();
		if (got > 0 && acl_parse(&rule, word) == ACL_BLOCK)
			check_block(&rule, word);
	}
	if (*at != '\0')
		abort();
	return 0;
}
