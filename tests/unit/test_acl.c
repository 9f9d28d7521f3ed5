/* Rules that say which addresses may connect. */
#include "base/fault.h"
#include "proto/acl.h"

#include <string.h>

#include "unit.h"

static void words_are_blocks_names_or_neither(void)
{
	static const struct {
		const char *word;
		enum acl_kind kind;
		int family;
		unsigned bits;
	} rows[] = {
		{"127.0.0.1", ACL_BLOCK, AF_INET, 32},
		{"10.0.0.0/8", ACL_BLOCK, AF_INET, 8},
		{"10.1.2.3/8", ACL_BLOCK, AF_INET, 8},
		{"0.0.0.0/0", ACL_BLOCK, AF_INET, 0},
		{"::1", ACL_BLOCK, AF_INET6, 128},
		{"2001:db8::/32", ACL_BLOCK, AF_INET6, 32},
		{"::/0", ACL_BLOCK, AF_INET6, 0},
		{"::ffff:192.0.2.1", ACL_BLOCK, AF_INET, 32},
		{"::ffff:192.0.2.0/120", ACL_BLOCK, AF_INET, 24},
		{"::ffff:0:0/96", ACL_BLOCK, AF_INET, 0},
		{"::ffff:0:0/95", ACL_BAD, 0, 0},
		{"localhost", ACL_NAME, 0, 0},
		{"a.example", ACL_NAME, 0, 0},
		{"3com.example", ACL_NAME, 0, 0},
		{"h\xc3\xb6st", ACL_NAME, 0, 0},
		{"", ACL_BAD, 0, 0},
		{"10.1", ACL_BAD, 0, 0},
		{"1.2.3.256", ACL_BAD, 0, 0},
		{"1.2.3.4/33", ACL_BAD, 0, 0},
		{"1.2.3.4/-1", ACL_BAD, 0, 0},
		{"1.2.3.4/", ACL_BAD, 0, 0},
		{"1.2.3.4/8/8", ACL_BAD, 0, 0},
		{"::1/129", ACL_BAD, 0, 0},
		{"fe80::1%2", ACL_BAD, 0, 0},
		{"[::1]", ACL_BAD, 0, 0},
		{"localhost/8", ACL_BAD, 0, 0},
		{"-host", ACL_BAD, 0, 0},
		{"a\033b", ACL_BAD, 0, 0},
		{"host:80", ACL_BAD, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acl_rule rule = {.family = 0};
		unit_check_int(acl_parse(&rule, rows[i].word), rows[i].kind, __FILE__, (int)i,
			       rows[i].word);
		if (rows[i].kind != ACL_BLOCK)
			continue;
		unit_check_int(rule.family, rows[i].family, __FILE__, (int)i, rows[i].word);
		unit_check_int(rule.bits, rows[i].bits, __FILE__, (int)i, rows[i].word);
	}
}

static void blocks_hold_the_addresses_of_their_family(void)
{
	static const struct {
		const char *word, *address;
		bool matches;
	} rows[] = {
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"127.0.0.1", "::ffff:127.0.0.1", true},
		{"::ffff:127.0.0.1", "127.0.0.1", true},
		{"10.0.0.0/8", "10.255.0.1", true},
		{"10.0.0.0/8", "11.0.0.1", false},
		{"10.1.2.3/9", "10.127.0.1", true},
		{"10.1.2.3/9", "10.128.0.1", false},
		{"192.0.2.0/31", "192.0.2.1", true},
		{"192.0.2.0/31", "192.0.2.2", false},
		{"0.0.0.0/0", "203.0.113.9", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "::1", true},
		{"::/0", "127.0.0.1", false},
		{"::/0", "::ffff:127.0.0.1", false},
		{"2001:db8::/33", "2001:db8:7fff::1", true},
		{"2001:db8::/33", "2001:db8:8000::1", false},
		{"fe80::/10", "fe80::1%3", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acl_rule rule;
		struct addr addr;
		CHECK_INT(acl_parse(&rule, rows[i].word), ACL_BLOCK);
		CHECK_INT(addr_parse(&addr, AF_UNSPEC, rows[i].address, 7), 0);
		unit_check_int(acl_matches(&rule, &addr), rows[i].matches, __FILE__, (int)i,
			       rows[i].address);
	}
	struct acl_rule any = {.family = AF_INET};
	struct addr path;
	addr_unix(&path, "/run/x", &(struct fault){.err = 0});
	CHECK(!acl_matches(&any, &path));
}

static void words_stand_apart_by_commas_space_and_comments(void)
{
	const char *text = "a,b  c\n# d, e\nf # g\n\t,h,#i";
	static const char *const words[] = {"a", "b", "c", "f", "h"};
	char word[ACL_WORD];
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CHECK_INT(acl_next(&text, word), 1);
		CHECK_STR(word, words[i]);
	}
	CHECK_INT(acl_next(&text, word), 0);
	CHECK_INT(acl_next(&text, word), 0);
}

static void a_word_that_is_too_long_is_told(void)
{
	char long_word[ACL_WORD + 2];
	char word[ACL_WORD];
	memset(long_word, 'a', sizeof(long_word));
	long_word[ACL_WORD] = ' ';
	long_word[ACL_WORD + 1] = '\0';
	const char *text = long_word;
	CHECK_INT(acl_next(&text, word), -1);
	CHECK_INT(strlen(word), ACL_WORD - 1);
	CHECK_INT(acl_next(&text, word), 0);
}

UNIT_MAIN(words_are_blocks_names_or_neither, blocks_hold_the_addresses_of_their_family,
	  words_stand_apart_by_commas_space_and_comments, a_word_that_is_too_long_is_told)
