/* The rows of the command line's options, and how a row is stored. Private to cli/. */
#ifndef HANDSET_CLI_OPTION_TABLE_H
#define HANDSET_CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the value of an option is read and stored. */
enum option_kind {
	KIND_TRUE,   /* bool = true */
	KIND_SET,    /* int = `value` */
	KIND_COUNT,  /* int++ */
	KIND_INT,    /* int from `min` to `max` */
	KIND_NUMBER, /* int64_t from `min` to `max` */
	KIND_TIME,   /* int64_t, nanoseconds */
	KIND_QUIT,   /* the same; a negative number is NEVER */
	KIND_MS,     /* int, milliseconds, from a TIME */
	KIND_SIZE,   /* int, bytes, from a SIZE */
	KIND_STRING, /* const char * */
	KIND_WORDS,  /* struct words: one more */
	KIND_CHOICE, /* int, by name from `choices` */
	KIND_TOS,    /* int, by name from `choices` or 0 to 255 */
};

enum option_group {
	GROUP_MODE,
	GROUP_NET,
	GROUP_PROXY,
	GROUP_STREAM,
	GROUP_TIME,
	GROUP_SOCKET,
	GROUP_TRACE,
	GROUP_GENERAL,
	GROUP_HIDDEN
};

struct xlat;

struct option_row {
	const char *name;     /* long name, or NULL */
	char letter;          /* short name, or 0 */
	const char *argument; /* TIME, HOST, ...; NULL: takes none; "[=N]": may be left out */
	const char *help;
	enum option_group group;
	enum option_kind kind;
	size_t offset; /* in struct options */
	int64_t value; /* KIND_SET */
	int64_t min, max;
	const struct xlat *choices;
	bool alias; /* a second name of the row before */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* The title of a group in --help. */
const char *option_group_title(enum option_group group);

/* The row with that letter; NULL: none. */
const struct option_row *option_by_letter(char letter);

/* Whether ROW is that of LABEL ("--wait", or "-4"). */
bool option_has_label(const struct option_row *row, const char *label);

/* Whether ROW's argument may be left out; then it has to be joined ("--ping=3"). */
bool option_argument_is_optional(const struct option_row *row);

/* "--wait", or "-4" where there is no long name; valid as long as BUFFER. */
const char *option_label(const struct option_row *row, char buffer[32]);

#endif
