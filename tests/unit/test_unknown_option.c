/* Guesses at options that are not there. */
#include "cli/unknown_option.h"

#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "cli/option_table.h"
#include "cli/other_names.h"
#include "unit.h"

static void names_are_guessed_at(void)
{
	static const struct {
		const char *word, *message;
	} rows[] = {
		/* Spelled alike. */
		{"--lsten", "unknown option --lsten (did you mean --listen?)"},
		{"--listne=3", "unknown option --listne (did you mean --listen?)"},
		{"--nodsn", "unknown option --nodsn (did you mean --nodns?)"},
		{"--wat", "unknown option --wat (did you mean --wait?)"},
		{"--proxytype", "unknown option --proxytype (did you mean --proxy-type?)"},
		/* The beginning of several. */
		{"--ver", "option --ver is ambiguous: --verbose or --version"},
		{"--allowf --deny", "unknown option --allowf --deny"},
		/* Other programs' names, and those spelled alike. */
		{"--ipv4", "unknown option --ipv4 (did you mean -4?)"},
		{"--ipv6", "unknown option --ipv6 (did you mean -6?)"},
		{"--timeout=3",
		 "unknown option --timeout (did you mean -w TIME, --connect-timeout TIME, "
		 "--idle-timeout TIME or --deadline TIME?)"},
		{"--timout", "unknown option --timout (did you mean -w TIME, --connect-timeout "
			     "TIME, --idle-timeout TIME or --deadline TIME?)"},
		{"--port", "unknown option --port (the port is an operand: HOST PORT, or -l PORT; "
			   "-p is the source port of a connect)"},
		{"--count", "unknown option --count (did you mean --ping[=N]?)"},
		/* Parts of a name. */
		{"--dns", "unknown option --dns (did you mean --nodns or --proxy-dns?)"},
		/* No guess; nothing that is hidden; nothing that reaches the terminal. */
		{"--foobarbaz", "unknown option --foobarbaz"},
		{"--dump-opts", "unknown option --dump-opts"},
		{"--", "unknown option --"},
		{"--=", "unknown option --"},
		{"--\x1b[2J", "unknown option --\\x1b[2J"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault fault;
		CHECK_INT(unknown_option_name(rows[i].word, &fault), -1);
		CHECK_INT(fault.status, STATUS_USAGE);
		CHECK_STR(fault.action, rows[i].message);
	}
}

static void letters_are_guessed_at(void)
{
	static const struct {
		char letter;
		const char *message;
	} rows[] = {
		{'L', "unknown option -L (did you mean -l?)"},
		{'y', "unknown option -y"},
		{'1', "unknown option -1"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault fault;
		CHECK_INT(unknown_option_letter(rows[i].letter, &fault), -1);
		CHECK_STR(fault.action, rows[i].message);
	}
}

static void names_with_one_dash_are_noticed(void)
{
	static const struct {
		const char *word, *detail;
	} rows[] = {
		{"-listen", "-listen is read as letters (did you mean --listen?)"},
		{"-trace=json", "-trace is read as letters (did you mean --trace?)"},
		{"-ipv6", "-ipv6 is read as letters (did you mean -6?)"},
		{"--listen", ""},
		{"-lkv", ""},
		{"-to", ""},
		{"listen", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char word[32];
		char *argv[] = {word, word, NULL};
		struct fault fault = {.step = STEP_USAGE};
		strcpy(word, rows[i].word);
		unknown_option_dashes(argv, &fault);
		CHECK_STR(fault.detail, rows[i].detail);
	}
}

/* The names of others are none of ours, else nobody would ever read the row; the options that they
 * lead to are there. */
static void rows_of_other_names_are_right(void)
{
	for (size_t i = 0; i < other_name_count; i++) {
		const struct other_name *other = &other_names[i];
		char label[64];
		struct text text = TEXT_IN(label);
		CHECK((other->here == NULL) != (other->words == NULL));
		CHECK(other_name_find(other->name, strlen(other->name)) == other);
		text_printf(&text, "--%s", other->name);
		CHECK_STR(option_by_label(label) ? label : "", "");
		for (const char *at = other->here; at && *at; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");
			text = TEXT_IN(label);
			text_bytes(&text, at, len);
			CHECK_STR(option_by_label(label) ? "" : label, "");
			at += len;
		}
	}
}

UNIT_MAIN(names_are_guessed_at, letters_are_guessed_at, names_with_one_dash_are_noticed,
	  rows_of_other_names_are_right)
