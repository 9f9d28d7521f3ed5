/* The command line: getopt_long(3) driven by the table, values stored by kind, then the operands
 * (operands.c) and the rules. */
#include "cli/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/parse.h"
#include "base/ports.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/operands.h"
#include "cli/option_table.h"
#include "cli/other_netcats.h"
#include "cli/proxy_options.h"
#include "cli/rules.h"
#include "cli/unknown_option.h"
#include "proto/xlat.h"

/* What getopt_long gives for row I that has no letter. */
#define LONG_ONLY 256

static void defaults(struct options *options)
{
	*options = (struct options){.action = ACTION_CONNECT, .deadline_ns = NEVER};
	options->help_topic = TOPIC_FIRST;
	options->wait_ns = options->connect_ns = options->idle_ns = NEVER;
	options->relay.quit_ns = NEVER;
	options->relay.idle_ns = NEVER;
	options->endpoint.family = AF_UNSPEC;
	options->endpoint.type = SOCK_STREAM;
	options->endpoint.options.tos = -1;
	options->endpoint.options.mark = -1;
	options->serve.backlog = SOMAXCONN;
}

/* ---- values ---- */

static int bad_value(const struct option_given *given, const char *argument, const char *expected,
		     struct fault *fault)
{
	char label[OPTION_LABEL];
	const char *name = given->row->argument ? given->row->argument : "value";
	int skipped = option_argument_is_optional(given->row) ? 2 : 0; /* "[=N]" */
	if (!given->by_name && argument[0] == '=')
		expected = "the value of a letter stands behind it without \"=\"";
	return fault_usage(fault, "bad %.*s \"%s\" for %s: %s", (int)strcspn(name + skipped, "]"),
			   name + skipped, argument,
			   option_label(given->row, given->by_name, label), expected);
}

static int store_number(const struct option_given *given, void *field, const char *argument,
			struct fault *fault)
{
	const struct option_row *row = given->row;
	char expected[100];
	struct text text = TEXT_IN(expected);
	int64_t number;
	if (parse_int(argument, row->min, row->max, &number) == 0) {
		if (row->kind == KIND_INT)
			*(int *)field = (int)number;
		else
			*(int64_t *)field = number;
		return 0;
	}
	text_printf(&text, "expected a whole number from %lld to %lld", (long long)row->min,
		    (long long)row->max);
	return bad_value(given, argument, expected, fault);
}

static int store_word(const struct option_given *given, void *field, const char *argument,
		      struct fault *fault)
{
	struct words *words = field;
	char label[OPTION_LABEL];
	if (*argument == '\0')
		return bad_value(given, argument, "it is empty", fault);
	if (words->count == WORDS_MOST)
		return fault_usage(fault, "%s is given more than %d times",
				   option_label(given->row, given->by_name, label), WORDS_MOST);
	words->at[words->count++] = argument;
	return 0;
}

static int store_time(const struct option_given *given, void *field, const char *argument,
		      struct fault *fault)
{
	int64_t ns;
	if (given->row->kind == KIND_QUIT && argument[0] == '-' &&
	    parse_time(argument + 1, &ns) == 0)
		ns = NEVER;
	else if (parse_time(argument, &ns) != 0)
		return bad_value(given, argument, "expected seconds, or 500ms, 2s, 1m, 1h", fault);
	else if (ns == NEVER)
		return bad_value(given, argument, "more than ten years", fault);
	*(int64_t *)field = ns;
	return 0;
}

static int store_milliseconds(const struct option_given *given, void *field, const char *argument,
			      struct fault *fault)
{
	int64_t ns = 0;
	if (store_time(given, &ns, argument, fault) != 0)
		return -1;
	if (ns < NS_PER_MS || ns / NS_PER_MS > INT_MAX)
		return bad_value(given, argument, "expected 1ms to 24 days", fault);
	*(int *)field = (int)(ns / NS_PER_MS);
	return 0;
}

static int store_size(const struct option_given *given, void *field, const char *argument,
		      struct fault *fault)
{
	int64_t bytes;
	if (parse_size(argument, &bytes) != 0 || bytes > INT_MAX)
		return bad_value(given, argument, "expected bytes, or 64k, 1M, less than 2G",
				 fault);
	*(int *)field = (int)bytes;
	return 0;
}

/* A byte, decimal or hexadecimal. */
static int parse_byte(const char *argument, int64_t *byte)
{
	char *end;
	if (strncasecmp(argument, "0x", 2) != 0)
		return parse_int(argument, 0, 255, byte);
	long value = strtol(argument + 2, &end, 16);
	if (argument[2] == '\0' || argument[2] == '-' || *end != '\0' || value < 0 || value > 255)
		return -1;
	*byte = value;
	return 0;
}

static int store_choice(const struct option_given *given, void *field, const char *argument,
			struct fault *fault)
{
	const struct option_row *row = given->row;
	char names[256];
	struct text text = TEXT_IN(names);
	int64_t value;

	if (xlat_value(row->choices, argument, &value) == 0 ||
	    (row->kind == KIND_TOS && parse_byte(argument, &value) == 0)) {
		*(int *)field = (int)value;
		return 0;
	}
	if (row->kind == KIND_TOS)
		return bad_value(given, argument,
				 "expected a name such as lowdelay, cs1, af11 or ef, or 0 to 255",
				 fault);
	text_str(&text, "expected ");
	for (const struct xlat *at = row->choices; at->name[0]; at++)
		text_printf(&text, "%s%s",
			    at == row->choices ? ""
			    : at[1].name[0]    ? ", "
					       : " or ",
			    at->name);
	return bad_value(given, argument, names, fault);
}

static bool is_given(const struct options *options, const struct option_row *row)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (options->given[i].row == row)
			return true;
	return false;
}

/* Store ARGUMENT as the row of GIVEN says. */
static int store(struct options *options, const struct option_given *given, const char *argument,
		 struct fault *fault)
{
	const struct option_row *row = given->row;
	void *field = (char *)options + row->offset;
	if (!is_given(options, row))
		options->given[options->given_count++] = *given;
	if (row->kind == KIND_TOPIC)
		options->action = ACTION_HELP;
	/* An optional argument that is not there leaves the default. */
	if (row->argument && !argument)
		return 0;
	switch (row->kind) {
	case KIND_TRUE:
		*(bool *)field = true;
		return 0;
	case KIND_SET:
		*(int *)field = (int)row->value;
		return 0;
	case KIND_COUNT:
		*(int *)field += 1;
		return 0;
	case KIND_STRING:
		*(const char **)field = argument;
		return *argument ? 0 : bad_value(given, argument, "it is empty", fault);
	case KIND_WORDS:
		return store_word(given, field, argument, fault);
	case KIND_INT:
	case KIND_NUMBER:
		return store_number(given, field, argument, fault);
	case KIND_TIME:
	case KIND_QUIT:
		return store_time(given, field, argument, fault);
	case KIND_MS:
		return store_milliseconds(given, field, argument, fault);
	case KIND_SIZE:
		return store_size(given, field, argument, fault);
	case KIND_CHOICE:
	case KIND_TOPIC:
	case KIND_TOS:
		return store_choice(given, field, argument, fault);
	}
	return 0;
}

/* ---- getopt_long ---- */

struct getopt_input {
	char letters[3 * OPTION_ROWS + 2];
	struct option longs[OPTION_ROWS + 1];
};

static int has_argument(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return option_argument_is_optional(row) ? optional_argument : required_argument;
}

static void build_getopt(struct getopt_input *input)
{
	char *letter = input->letters;
	size_t count = 0;

	/* A leading colon: a missing argument is told apart from an unknown option. */
	*letter++ = ':';
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		if (row->letter) {
			*letter++ = row->letter;
			if (row->argument && !option_argument_is_optional(row))
				*letter++ = ':';
		}
		if (row->name)
			input->longs[count++] = (struct option){.name = row->name,
								.has_arg = has_argument(row),
								.val = LONG_ONLY + (int)i};
	}
	*letter = '\0';
	input->longs[count] = (struct option){.name = NULL};
}

/* What getopt_long gave, or left in optopt, for an option of the table. */
static struct option_given given_of(int got)
{
	bool by_name = got >= LONG_ONLY;
	return (struct option_given){
		by_name ? &option_rows[got - LONG_ONLY] : option_by_letter((char)got), by_name};
}

/* getopt_long's '?': an unknown option, an ambiguous abbreviation, or an argument where none
 * belongs.  WORD is what it has read last. */
static int unknown_option(const char *word, struct fault *fault)
{
	/* optopt is 0 for a long option. */
	if (optopt >= LONG_ONLY)
		return fault_usage(fault, "option --%s takes no argument",
				   option_rows[optopt - LONG_ONLY].name);
	if (optopt != 0)
		return unknown_option_letter((char)optopt, fault);
	return unknown_option_name(word, fault);
}

static int missing_argument(struct fault *fault)
{
	char label[OPTION_LABEL];
	struct option_given given = given_of(optopt);
	return fault_usage(fault, "option %s needs an argument (%s)",
			   option_label(given.row, given.by_name, label), given.row->argument);
}

/* What is said at once and needs no operands. */
static bool is_information(const struct options *options)
{
	enum action action = options->action;
	return action == ACTION_HELP || action == ACTION_VERSION || action == ACTION_DUMP_OPTIONS ||
	       action == ACTION_DUMP_CAUSES || action == ACTION_DUMP_LETTERS;
}

static void note_letter(struct options *options, int got)
{
	size_t len = strlen(options->letters);
	options->culprit = got > 0 && got < LONG_ONLY ? (char)got : '\0';
	if (options->culprit && !strchr(options->letters, got) && len + 1 < OPTION_ROWS)
		options->letters[len] = (char)got;
}

/* "--help trace": a topic may be a word of its own. */
static void take_topic(struct options *options, const char *word)
{
	int64_t topic;
	if (word && options->action == ACTION_HELP && options->help_topic == TOPIC_FIRST &&
	    xlat_value(option_topics, word, &topic) == 0)
		options->help_topic = (int)topic;
}

static int parse_options(struct options *options, int argc, char **argv, struct fault *fault)
{
	struct getopt_input input;
	int got;

	build_getopt(&input);
	optind = 0; /* glibc: start anew */
	opterr = 0;
	/* Who asks for help wants nothing else, whatever follows. */
	while (!is_information(options) &&
	       (got = getopt_long(argc, argv, input.letters, input.longs, NULL)) != -1) {
		note_letter(options, got == ':' || got == '?' ? optopt : got);
		if (got == ':')
			return missing_argument(fault);
		if (got == '?')
			return unknown_option(argv[optind - 1], fault);
		struct option_given given = given_of(got);
		if (store(options, &given, optarg, fault) != 0)
			return -1;
	}
	options->culprit = '\0';
	take_topic(options, argv[optind]);
	return 0;
}

/* ---- what follows from what was given ---- */

static int64_t first_of(int64_t specific_ns, int64_t general_ns)
{
	return specific_ns != NEVER ? specific_ns : general_ns;
}

/* Each of them is opened and written by itself. */
static int check_files(const struct options *options, struct fault *fault)
{
	char first[OPTION_LABEL], second[OPTION_LABEL];
	const struct {
		const char *option, *file;
	} files[] = {{"--output", options->dump.output},
		     {"--hex-dump", options->dump.hex},
		     {"--trace-file", options->trace.file}};
	for (size_t i = 0; i < 3; i++)
		for (size_t k = i + 1; k < 3; k++)
			if (files[i].file && files[k].file &&
			    strcmp(files[i].file, files[k].file) == 0)
				return fault_usage(
					fault, "%s and %s name one file: %s",
					option_spelling(options, files[i].option, first),
					option_spelling(options, files[k].option, second),
					files[i].file);
	return 0;
}

/* The parts of the configurations that several options make together. */
static int settle_options(struct options *options, struct fault *fault)
{
	struct endpoint_config *endpoint = &options->endpoint;
	if (endpoint->options.md5) {
		const char *key = getenv("HANDSET_MD5_KEY");
		if (!key || *key == '\0')
			return fault_usage(fault,
					   "-S needs the key in the environment's HANDSET_MD5_KEY");
		endpoint->options.md5_key = key;
	}
	if (options->dump.append && !dump_is_wanted(&options->dump))
		return fault_usage(fault, "--append-output needs --output or --hex-dump");
	if (check_files(options, fault) != 0)
		return -1;
	if (options->unixsock)
		endpoint->family = AF_UNIX;
	options->relay.idle_ns = first_of(options->idle_ns, options->wait_ns);
	/* -w 0 waits for nothing, but for the connection itself. */
	options->dial.connect_ns = first_of(options->connect_ns,
					    options->wait_ns == 0 ? NEVER : options->wait_ns);
	options->serve.wait_ns = options->wait_ns;
	options->serve.broker |= options->serve.chat;
	options->serve.keep_open |= options->serve.broker;
	if (option_is_given(options, "--ping"))
		options->action = ACTION_PING;
	options->scan.interval_ns = options->relay.interval_ns;
	options->scan.shuffle = options->dial.random_source_port;
	bool paced = option_is_given(options, "--interval") || option_is_given(options, "--delay");
	options->pause_ns = paced ? options->relay.interval_ns : NS_PER_SEC;
	options->dial.source = options->source;
	options->dial.source_port = options->source_port;
	options->dial.endpoint = *endpoint;
	options->serve.endpoint = *endpoint;
	if (options->action == ACTION_LISTEN &&
	    listen_fds_find(&options->serve.listen_fds, fault) != 0)
		return -1;
	return proxy_options_settle(options, fault);
}

/* Right even when the rest of the line is not: the error has to be told in the way that was asked
 * for. */
static void settle_trace(struct trace_config *trace, bool form_given)
{
	bool wants_steps = form_given || trace->file || trace->explain;
	if (wants_steps && trace->level < 2)
		trace->level = 2;
}

static int parse_line(struct options *options, int argc, char **argv, struct fault *fault)
{
	defaults(options);
	int status = parse_options(options, argc, argv, fault);
	settle_trace(&options->trace, option_is_given(options, "--trace"));
	if (status != 0)
		return -1;
	if (is_information(options))
		return 0;
	if (rules_check(options, fault) != 0 || settle_options(options, fault) != 0)
		return -1;
	if (operands_parse(options, argc - optind, argv + optind, fault) != 0) {
		ports_close(&options->scan.ports);
		return -1;
	}
	options->serve.relay = options->relay;
	options->serve.program = options->program;
	return 0;
}

int options_parse(struct options *options, int argc, char **argv, struct fault *fault)
{
	int status = parse_line(options, argc, argv, fault);
	if (status == 0 || fault->step != STEP_USAGE)
		return status;
	other_netcats_explain(options->letters, options->culprit, fault);
	unknown_option_dashes(argv, fault);
	return -1;
}
