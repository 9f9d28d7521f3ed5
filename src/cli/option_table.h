/* The rows of the command line's options, and how a row is stored. Private to cli/. */
#ifndef HANDSET_CLI_OPTION_TABLE_H
#define HANDSET_CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/xlat.h"

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
	KIND_TOPIC,  /* the same; the action is to help */
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

/* What --help tells, beside the options of a group. */
#define TOPIC_FIRST (-1) /* what one needs first */
#define TOPIC_ALL GROUP_HIDDEN

/* What rules can say of an option: it is one of these, or it is one of this kind.  A bit each. */
enum option_role {
	ROLE_LISTEN = 1 << 0,
	ROLE_SCAN = 1 << 1,
	ROLE_PING = 1 << 2,
	ROLE_WHY = 1 << 3,
	ROLE_PATH = 1 << 4,
	ROLE_UNTIL_OPEN = 1 << 5,
	ROLE_PASS = 1 << 6,    /* -F */
	ROLE_PROGRAM = 1 << 7, /* -e, -c */
	ROLE_FORWARD = 1 << 8, /* --to */
	ROLE_BROKER = 1 << 9,  /* --broker, --chat */
	ROLE_UDP = 1 << 10,
	ROLE_UNIX = 1 << 11,
	ROLE_SEQPACKET = 1 << 12,
	ROLE_MPTCP = 1 << 13,
	ROLE_SCTP = 1 << 14,
	ROLE_IPV6 = 1 << 15,
	ROLE_IP = 1 << 16,  /* means something for IP alone, not for vsock */
	ROLE_TCP = 1 << 17, /* means something for TCP alone, not for SCTP */
	ROLE_FASTOPEN = 1 << 18,
	ROLE_SOURCE_PORT = 1 << 19, /* -p, -r */
	ROLE_PROXY = 1 << 20,       /* -x, --proxy */
	ROLE_NO_STDIN = 1 << 21,
	ROLE_SEND_ONLY = 1 << 22,
	ROLE_RECV_ONLY = 1 << 23,
	ROLE_RECV_LIMIT = 1 << 24,
	ROLE_NO_SHUTDOWN = 1 << 25,
	ROLE_DUMP = 1 << 26,  /* --output, --hex-dump */
	ROLE_RELAY = 1 << 27, /* only a relay of ours can do it */
	ROLE_CHAT = 1 << 28,
};

#define OPTION_LABEL 32 /* room for "--connect-timeout" */

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
	bool alias;        /* a second name of the row before */
	uint32_t role;     /* what the option is to others: bits of enum option_role */
	uint32_t excludes; /* the roles that it does not go together with; one side says it */
	uint32_t needs;    /* the role without which it means nothing; 0 */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* The groups as topics of --help, and all of them. */
extern const struct xlat option_topics[];

/* The title of a group in --help. */
const char *option_group_title(enum option_group group);

/* The row with that letter; NULL: none. */
const struct option_row *option_by_letter(char letter);

/* Whether ROW is that of LABEL ("--wait", or "-4"). */
bool option_has_label(const struct option_row *row, const char *label);

/* Whether ROW's argument may be left out; then it has to be joined ("--ping=3"). */
bool option_argument_is_optional(const struct option_row *row);

/* The row of LABEL; NULL: none. */
const struct option_row *option_by_label(const char *label);

/* Returns "--wait" BY_NAME, else "-w"; the other one where ROW does not have that.  Valid as long
 * as BUFFER. */
const char *option_label(const struct option_row *row, bool by_name, char buffer[OPTION_LABEL]);

#endif
