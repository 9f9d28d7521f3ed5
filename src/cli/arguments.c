/* The arguments of the program as the trace tells them. */
#include "cli/arguments.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "trace/event.h"
#include "trace/trace.h"

#define HIDDEN "***"

/* The first that no other option begins with, and the whole. */
#define LOGIN_SHORTEST "--proxy-a"
#define LOGIN_OPTION "--proxy-auth"

/* Whether WORD names --proxy-auth, which may be abbreviated; its value may follow after "=". */
static bool names_login(const char *word)
{
	size_t len = strcspn(word, "=");
	return len >= strlen(LOGIN_SHORTEST) && len <= strlen(LOGIN_OPTION) &&
	       strncmp(word, LOGIN_OPTION, len) == 0;
}

/* Where the user name of -P begins, which some give a password: in ARGUMENT, behind its letter, or
 * ARGUMENT itself where BEFORE ends with the letter.  NULL: there is none. */
static const char *user_of(const char *argument, const char *before)
{
	bool is_letters = argument[0] == '-' && argument[1] != '-';
	if (before && before[0] == '-' && before[1] != '-' && before[strlen(before) - 1] == 'P')
		return argument;
	const char *letter = is_letters ? strchr(argument, 'P') : NULL;
	return letter ? letter + 1 : NULL;
}

/* Whether WORD is what others call --proxy-auth, which is refused here. */
static bool names_other_login(const char *word)
{
	return strncmp(word, "--proxy-user", 12) == 0 || strncmp(word, "--proxy-pass", 12) == 0;
}

void arguments_put(struct text *out, const char *argument, const char *before)
{
	const char *value = strchr(argument, '=');
	bool is_login = names_login(argument) || names_other_login(argument);
	bool follows_login = before && (names_login(before) || names_other_login(before));
	if (is_login && value) {
		text_printf(out, "%.*s" HIDDEN, (int)(value + 1 - argument), argument);
		return;
	}
	if (follows_login && !strchr(before, '=')) {
		text_str(out, HIDDEN);
		return;
	}
	const char *user = user_of(argument, before);
	if (user && strchr(user, ':')) {
		text_printf(out, "%.*s" HIDDEN, (int)(strchr(user, ':') + 1 - argument), argument);
		return;
	}
	const char *scheme = strstr(argument, "://");
	const char *colon = strchr(scheme ? scheme + 3 : argument, ':');
	const char *at = colon ? strrchr(colon, '@') : NULL;
	if (at)
		text_printf(out, "%.*s" HIDDEN "%s", (int)(colon + 1 - argument), argument, at);
	else
		text_str(out, argument);
}

void arguments_keep(struct arguments *arguments, int argc, char **argv)
{
	arguments->count = 0;
	for (int i = 0; i < argc && arguments->count < ARGUMENTS_MOST; i++) {
		size_t at = arguments->count++;
		struct text word = TEXT_IN(arguments->at[at]);
		arguments_put(&word, argv[i], i > 0 ? argv[i - 1] : NULL);
	}
}

/* NS since 1970 as RFC 3339 writes it, in UTC. */
static void put_time(struct text *out, int64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_SEC);
	struct tm tm;
	char date[32];
	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	text_printf(out, "%s.%06dZ", date, (int)(ns % NS_PER_SEC / NS_PER_US));
}

void arguments_note(const struct arguments *arguments, struct trace *trace)
{
	const char *list[ARGUMENTS_MOST];
	char date[48];
	struct text text = TEXT_IN(date);
	struct note note;

	if (!trace_is_for_machines(trace))
		return;
	int64_t began_ns = clock_wall() - (clock_now() - trace->start_ns);
	put_time(&text, began_ns);
	for (size_t i = 0; i < arguments->count; i++)
		list[i] = arguments->at[i];
	note_start(&note, "start", "handset %s, process %d, at %s", HANDSET_VERSION, getpid(),
		   date);
	note_text(&note, "time", date);
	note_seconds(&note, "epoch", began_ns);
	note_text(&note, "version", HANDSET_VERSION);
	note_number(&note, "pid", getpid());
	note_texts(&note, "argv", list, arguments->count);
	trace_note(trace, &note);
}
