/* The arguments in the trace: no password is among them. */
#include "cli/arguments.h"

#include "base/text.h"

#include "unit.h"

static void passwords_are_hidden(void)
{
	static const struct {
		const char *before, *argument, *shown;
	} rows[] = {
		{NULL, "handset", "handset"},
		{"-x", "127.0.0.1:1080", "127.0.0.1:1080"},
		{NULL, "[::1]:80", "[::1]:80"},
		{NULL, "@abstract", "@abstract"},
		{"--proxy-auth", "user:secret", "***"},
		{"--proxy-a", "user:secret", "***"},
		{"--proxy-au", "secret", "***"},
		{NULL, "--proxy-auth=user:secret", "--proxy-auth=***"},
		{NULL, "--proxy-aut=user:secret", "--proxy-aut=***"},
		{"--proxy-auth=user:secret", "127.0.0.1", "127.0.0.1"},
		{"--proxy", "socks5://user:secret@proxy:1080", "socks5://user:***@proxy:1080"},
		{"--proxy", "user:secret@proxy:1080", "user:***@proxy:1080"},
		{"--proxy", "http://user@proxy", "http://user@proxy"},
		{"--proxy", "http://proxy:3128", "http://proxy:3128"},
		{NULL, "--proxy=http://user:se@cret/@proxy", "--proxy=http://user:***@proxy"},
		{NULL, "--proxy=user:secret@proxy", "--proxy=user:***@proxy"},
		{"-c", "curl http://u:p@h/", "curl http://u:***@h/"},
		{"--proxy-dns", "local", "local"},
		{"-P", "user:secret", "user:***"},
		{"-vP", "user:secret", "user:***"},
		{"-P", "user", "user"},
		{NULL, "-Puser:secret", "-Puser:***"},
		{NULL, "-vvPuser:secret", "-vvPuser:***"},
		{"--proxy-user", "user:secret", "***"},
		{NULL, "--proxy-password=secret", "--proxy-password=***"},
		{NULL, "--progress=x", "--progress=x"},
		{"--p", "a:b", "a:b"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char shown[256];
		struct text text = TEXT_IN(shown);
		arguments_put(&text, rows[i].argument, rows[i].before);
		CHECK_STR(shown, rows[i].shown);
	}
}

static void only_some_are_kept(void)
{
	char word[] = "word";
	char *argv[ARGUMENTS_MOST + 1];
	struct arguments arguments;
	for (size_t i = 0; i < ARGUMENTS_MOST + 1; i++)
		argv[i] = word;
	arguments_keep(&arguments, ARGUMENTS_MOST + 1, argv);
	CHECK_INT(arguments.count, ARGUMENTS_MOST);
	arguments_keep(&arguments, 2, argv);
	CHECK_INT(arguments.count, 2);
}

UNIT_MAIN(passwords_are_hidden, only_some_are_kept)
