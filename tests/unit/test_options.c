/* The command line: what is stored, what is refused and in which words. */
#include "cli/options.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fault.h"
#include "cli/option_table.h"
#include "unit.h"

#define WORDS 64
#define TEXT 1024

/* A command line, split at spaces. */
struct line {
	char text[TEXT];
	char *argv[WORDS + 1];
	int argc;
	struct options options;
	struct fault fault;
	int status;
};

static void parse_line(struct line *line, const char *text)
{
	memset(line, 0, sizeof(*line));
	snprintf(line->text, sizeof(line->text), "handset %s", text);
	char *rest = line->text;
	for (char *word; line->argc < WORDS && (word = strsep(&rest, " "));)
		line->argv[line->argc++] = word;
	line->status = options_parse(&line->options, line->argc, line->argv, &line->fault);
}

/* Parse TEXT, which is right. */
static void parse_good(struct line *line, const char *text)
{
	parse_line(line, text);
	CHECK_STR(line->status == 0 ? text : line->fault.action, text);
}

static void operands_of_a_connect(void)
{
	static const struct {
		const char *text, *host, *port;
	} rows[] = {
		{"localhost 80", "localhost", "80"},
		{"localhost:80", "localhost", "80"},
		{"[::1]:80", "::1", "80"},
		{"[::1] 80", "::1", "80"},
		{"::1 http", "::1", "http"},
		{"-v localhost -u 80", "localhost", "80"},
		{"-z localhost 80", "localhost", "80"},
		{"-- localhost 80", "localhost", "80"},
		{"-n 127.0.0.1 80", "127.0.0.1", "80"},
		{"-n fe80::1%eth0 80", "fe80::1%eth0", "80"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_good(&line, rows[i].text);
		CHECK_STR(line.options.dial.target.host, rows[i].host);
		CHECK_STR(line.options.dial.target.port, rows[i].port);
		CHECK(line.options.dial.path == NULL);
	}
}

static void operands_of_a_listener(void)
{
	static const struct {
		const char *text, *host, *port;
	} rows[] = {
		{"-l 80", "", "80"},
		{"-l 0", "", "0"},
		{"-l :80", "", "80"},
		{"-l http", "", "http"},
		{"-l 127.0.0.1 80", "127.0.0.1", "80"},
		{"-l 127.0.0.1:80", "127.0.0.1", "80"},
		{"-l [::1]:0", "::1", "0"},
		{"-l -p 80", "", "80"},
		{"-lp 80", "", "80"},
		{"-l -p 80 127.0.0.1", "127.0.0.1", "80"},
		{"-l -s 127.0.0.1 80", "127.0.0.1", "80"},
		{"-l -s 127.0.0.1 -p 80", "127.0.0.1", "80"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_good(&line, rows[i].text);
		CHECK_INT(line.options.action, ACTION_LISTEN);
		CHECK_STR(line.options.serve.target.host, rows[i].host);
		CHECK_STR(line.options.serve.target.port, rows[i].port);
	}
}

static void operands_of_unix_sockets(void)
{
	struct line line;
	parse_good(&line, "-U /run/x");
	CHECK_STR(line.options.dial.path, "/run/x");
	CHECK_INT(line.options.dial.endpoint.family, AF_UNIX);
	parse_good(&line, "-lU @abstract");
	CHECK_STR(line.options.serve.path, "@abstract");
	CHECK_INT(line.options.serve.endpoint.type, SOCK_STREAM);
	parse_good(&line, "-U -u -s from to");
	CHECK_STR(line.options.dial.source, "from");
	CHECK_INT(line.options.dial.endpoint.type, SOCK_DGRAM);
	parse_good(&line, "-U --seqpacket to");
	CHECK_INT(line.options.dial.endpoint.type, SOCK_SEQPACKET);
}

static void defaults_are_those_of_the_contract(void)
{
	struct line line;
	parse_good(&line, "localhost 80");
	CHECK_INT(line.options.action, ACTION_CONNECT);
	CHECK_INT(line.options.trace.level, 0);
	CHECK_INT(line.options.deadline_ns, NEVER);
	CHECK_INT(line.options.dial.connect_ns, NEVER);
	CHECK_INT(line.options.relay.idle_ns, NEVER);
	CHECK_INT(line.options.relay.quit_ns, NEVER);
	CHECK_INT(line.options.dial.endpoint.type, SOCK_STREAM);
	CHECK_INT(line.options.dial.endpoint.family, AF_UNSPEC);
	CHECK_INT(line.options.dial.endpoint.options.tos, -1);
	parse_good(&line, "-l 80");
	CHECK_INT(line.options.serve.wait_ns, NEVER);
	CHECK_INT(line.options.serve.backlog, SOMAXCONN);
	CHECK(!line.options.serve.keep_open);
}

static void wait_sets_three_limits_and_a_special_one_wins(void)
{
	struct line line;
	parse_good(&line, "-w 2 localhost 80");
	CHECK_INT(line.options.dial.connect_ns, 2 * NS_PER_SEC);
	CHECK_INT(line.options.relay.idle_ns, 2 * NS_PER_SEC);
	parse_good(&line, "-w 1.5 -l 80");
	CHECK_INT(line.options.serve.wait_ns, 3 * NS_PER_SEC / 2);
	CHECK_INT(line.options.serve.relay.idle_ns, 3 * NS_PER_SEC / 2);
	parse_good(&line, "--connect-timeout 1 -w 2 localhost 80");
	CHECK_INT(line.options.dial.connect_ns, NS_PER_SEC);
	CHECK_INT(line.options.relay.idle_ns, 2 * NS_PER_SEC);
	parse_good(&line, "-w 2 --idle-timeout 1 localhost 80");
	CHECK_INT(line.options.dial.connect_ns, 2 * NS_PER_SEC);
	CHECK_INT(line.options.relay.idle_ns, NS_PER_SEC);
}

static void values_reach_the_configuration(void)
{
	struct line line;
	parse_good(
		&line,
		"-4 -nCd -M 9 -m 1 -T ef -I 64k -O 1M -b --nodelay --user-timeout 2s --mark "
		"4294967295 --interface lo "
		"--congestion reno -i 0.5 -W 3 -q 1 --deadline 1m -p 99 -s 127.0.0.1 127.0.0.1 80");
	const struct sockopt_config *options = &line.options.dial.endpoint.options;
	CHECK_INT(line.options.dial.endpoint.family, AF_INET);
	CHECK(line.options.dial.endpoint.numeric);
	CHECK(line.options.relay.crlf);
	CHECK(line.options.relay.no_stdin);
	CHECK_INT(options->ttl, 9);
	CHECK_INT(options->min_ttl, 1);
	CHECK_INT(options->tos, 0xb8);
	CHECK_INT(options->receive_buffer, 65536);
	CHECK_INT(options->send_buffer, 1048576);
	CHECK_INT(options->broadcast, 1);
	CHECK_INT(options->nodelay, 1);
	CHECK_INT(options->user_timeout, 2000);
	CHECK_STR(options->interface, "lo");
	CHECK_STR(options->congestion, "reno");
	CHECK_INT((long long)options->mark, 4294967295LL);
	CHECK_INT(line.options.relay.interval_ns, NS_PER_SEC / 2);
	CHECK_INT(line.options.relay.recv_limit, 3);
	CHECK_INT(line.options.relay.quit_ns, NS_PER_SEC);
	CHECK_INT(line.options.deadline_ns, 60 * NS_PER_SEC);
	CHECK_STR(line.options.dial.source_port, "99");
	CHECK_STR(line.options.dial.source, "127.0.0.1");
}

static void types_of_service_are_names_or_numbers(void)
{
	static const struct {
		const char *text;
		int tos;
	} rows[] = {{"-T 0 h 1", 0},
		    {"-T 255 h 1", 255},
		    {"-T 0xB8 h 1", 0xb8},
		    {"-T lowdelay h 1", 0x10},
		    {"-T AF11 h 1", 0x28}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_good(&line, rows[i].text);
		CHECK_INT(line.options.dial.endpoint.options.tos, rows[i].tos);
	}
}

static void quitting_never_is_a_negative_number(void)
{
	struct line line;
	parse_good(&line, "-q -1 h 1");
	CHECK_INT(line.options.relay.quit_ns, NEVER);
	parse_good(&line, "-q-0.5 h 1");
	CHECK_INT(line.options.relay.quit_ns, NEVER);
	parse_good(&line, "-q 0 h 1");
	CHECK_INT(line.options.relay.quit_ns, 0);
}

static void trace_options_ask_for_steps(void)
{
	static const struct {
		const char *text;
		int level;
		enum trace_form form;
	} rows[] = {
		{"h 1", 0, TRACE_TEXT},
		{"-v h 1", 1, TRACE_TEXT},
		{"-vvv h 1", 3, TRACE_TEXT},
		{"--trace json h 1", 2, TRACE_JSON},
		{"-v --trace strace h 1", 2, TRACE_STRACE},
		{"--trace json -vvv h 1", 3, TRACE_JSON},
		{"--explain h 1", 2, TRACE_TEXT},
		{"--trace-file f h 1", 2, TRACE_TEXT},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_good(&line, rows[i].text);
		CHECK_INT(line.options.trace.level, rows[i].level);
		CHECK_INT(line.options.trace.form, rows[i].form);
	}
}

static void trace_is_right_even_when_the_line_is_not(void)
{
	struct line line;
	parse_line(&line, "--quiet --explain --color never --foo");
	CHECK_INT(line.status, -1);
	CHECK(line.options.console.quiet);
	CHECK(line.options.trace.explain);
	CHECK_INT(line.options.trace.level, 2);
	CHECK_INT(line.options.console.color, COLOR_NEVER);
}

static void help_and_version_need_nothing_else(void)
{
	struct line line;
	parse_good(&line, "--help");
	CHECK_INT(line.options.action, ACTION_HELP);
	CHECK_INT(line.options.help_topic, TOPIC_FIRST);
	parse_good(&line, "-h -l --foo");
	CHECK_INT(line.options.action, ACTION_HELP);
	CHECK_INT(line.options.help_topic, TOPIC_FIRST);
	parse_good(&line, "-hv localhost 80");
	CHECK_INT(line.options.action, ACTION_HELP);
	parse_good(&line, "--help=all");
	CHECK_INT(line.options.help_topic, TOPIC_ALL);
	parse_good(&line, "--help=trace --foo");
	CHECK_INT(line.options.help_topic, GROUP_TRACE);
	parse_good(&line, "-h trace");
	CHECK_INT(line.options.help_topic, GROUP_TRACE);
	parse_good(&line, "localhost 80 --help");
	CHECK_INT(line.options.help_topic, TOPIC_FIRST);
	parse_good(&line, "-lV");
	CHECK_INT(line.options.action, ACTION_VERSION);
	parse_good(&line, "--dump-options");
	CHECK_INT(line.options.action, ACTION_DUMP_OPTIONS);
	parse_good(&line, "--dump-causes");
	CHECK_INT(line.options.action, ACTION_DUMP_CAUSES);
}

static void errors_are_told_in_words(void)
{
	static const struct {
		const char *text;
		int status;
		const char *message;
	} rows[] = {
		{"--foo", 2, "unknown option --foo"},
		{"-Y", 2, "unknown option -Y"},
		{"-lY", 2, "unknown option -Y"},
		{"--wait", 2, "option --wait needs an argument (TIME)"},
		{"-w", 2, "option -w needs an argument (TIME)"},
		{"-T", 2, "option -T needs an argument (TOS)"},
		{"--quiet=1", 2, "option --quiet takes no argument"},
		{"--co 1", 2,
		 "option --co is ambiguous: --connect-timeout, --congestion or --color"},
		{"--wait=abc h 1", 2,
		 "bad TIME \"abc\" for --wait: expected seconds, or 500ms, 2s, 1m, 1h"},
		{"-w 99999999999999999999999 h 1", 2,
		 "bad TIME \"99999999999999999999999\" for -w: more than ten years"},
		{"--connect-timeout 87661h h 1", 2,
		 "bad TIME \"87661h\" for --connect-timeout: more than ten years"},
		{"--idle-timeout 315576001 h 1", 2,
		 "bad TIME \"315576001\" for --idle-timeout: more than ten years"},
		{"--deadline 5259601m h 1", 2,
		 "bad TIME \"5259601m\" for --deadline: more than ten years"},
		{"-q 315576001 h 1", 2, "bad SECS \"315576001\" for -q: more than ten years"},
		{"-i 315576001s h 1", 2, "bad TIME \"315576001s\" for -i: more than ten years"},
		{"--user-timeout 315576001s h 1", 2,
		 "bad TIME \"315576001s\" for --user-timeout: more than ten years"},
		{"--user-timeout 25h0 h 1", 2,
		 "bad TIME \"25h0\" for --user-timeout: expected seconds, or 500ms, 2s, 1m, 1h"},
		{"--user-timeout 600h h 1", 2,
		 "bad TIME \"600h\" for --user-timeout: expected 1ms to 24 days"},
		{"--deadline nan h 1", 2,
		 "bad TIME \"nan\" for --deadline: expected seconds, or 500ms, 2s, 1m, 1h"},
		{"--deadline 0x10 h 1", 2,
		 "bad TIME \"0x10\" for --deadline: expected seconds, or 500ms, 2s, 1m, 1h"},
		{"-w inf h 1", 2,
		 "bad TIME \"inf\" for -w: expected seconds, or 500ms, 2s, 1m, 1h"},
		{"-I 0 h 1", 2, "bad SIZE \"0\" for -I: expected bytes, or 64k, 1M, less than 2G"},
		{"-M 256 h 1", 2, "bad TTL \"256\" for -M: expected a whole number from 1 to 255"},
		{"--trace xml h 1", 2,
		 "bad FORM \"xml\" for --trace: expected text, json, strace or chrome"},
		{"--color=red h 1", 2,
		 "bad WHEN \"red\" for --color: expected auto, always or never"},
		{"-T 256 h 1", 2,
		 "bad TOS \"256\" for -T: expected a name such as lowdelay, cs1, af11 or ef, or 0 "
		 "to 255"},
		{"-T 0x100 h 1", 2,
		 "bad TOS \"0x100\" for -T: expected a name such as lowdelay, cs1, af11 or ef, or "
		 "0 to 255"},
		{"--user-timeout 0 h 1", 2,
		 "bad TIME \"0\" for --user-timeout: expected 1ms to 24 days"},
		{"-s  h 1", 2, "bad ADDR \"\" for -s: it is empty"},
		{"localhost", 2, "localhost has no port: expected HOST PORT or HOST:PORT"},
		{"::1", 2, "::1 has no port: expected ::1 PORT or [::1]:PORT"},
		{":80", 2, ":80 has no host: expected HOST:PORT"},
		{"localhost 0", 2, "port 0 is out of range (1 to 65535)"},
		{"localhost 65536", 2, "port 65536 is out of range (1 to 65535)"},
		{"localhost -- -5", 2, "port -5 is out of range (1 to 65535)"},
		{"-l 65536", 2, "port 65536 is out of range (0 to 65535)"},
		{"-l -p 65536", 2, "port 65536 is out of range (0 to 65535)"},
		{"-p 65536 localhost 80", 2, "port 65536 is out of range (0 to 65535)"},
		{"localhost 1-3", 2,
		 "\"1-3\" is no port: expected a number or the name of a service"},
		{"localhost 1 2", 2, "too many operands: expected HOST PORT, got 3"},
		{"-z h 1-70000", 2,
		 "\"1-70000\" is no port or range of ports: they are from 1 to 65535"},
		{"-z --until-open h 1-3", 2, "--until-open waits for one port, not for 3"},
		{"-z h 9-8", 2, "the range of ports 9-8 ends before it begins: expected 8-9"},
		{"-z h 0,1", 2, "\"0\" is no port or range of ports: they are from 1 to 65535"},
		{"-z h 1,,2", 2, "a port is missing in the list \"1,,2\""},
		{"-z h 1 a/b", 2,
		 "\"a/b\" is no port: expected a number, a range or the name of a service"},
		{"-n -z h 1-2", 3, "look-up of h"},
		{"-n -z 127.0.0.1 1,http", 3, "look-up of service http"},
		{"--ping=0 h 1", 2,
		 "bad N \"0\" for --ping: expected a whole number from 1 to 2147483647"},
		{"--help=foo", 2,
		 "bad TOPIC \"foo\" for --help: expected mode, address, proxy, stream, time, "
		 "socket, "
		 "trace, general or all"},
		{"--ping=abc h 1", 2,
		 "bad N \"abc\" for --ping: expected a whole number from 1 to 2147483647"},
		{"--ping 5 h 1", 2,
		 "too many operands: expected HOST PORT, got 3 (a number for --ping is joined to "
		 "it: --ping=5)"},
		{"-lp", 2, "option -p needs an argument (PORT)"},
		{"-l --source-port", 2, "option --source-port needs an argument (PORT)"},
		{"-lp -v 80", 2, "option -p needs an argument (PORT), but -v follows it"},
		{"-l -p=80", 2, "bad PORT \"=80\" for -p: the port stands behind it without \"=\""},
		{"-w=3 h 1", 2,
		 "bad TIME \"=3\" for -w: the value of a letter stands behind it without \"=\""},
		{"--unixsock", 2, "--unixsock needs the path of a socket"},
		{"--output f --hex-dump f h 1", 2, "--output and --hex-dump name one file: f"},
		{"-o f --hex-dump f h 1", 2, "-o and --hex-dump name one file: f"},
		{"--send-only -d h 1", 2, "--send-only and -d do not go together"},
		{"--send-only --no-stdin h 1", 2, "--send-only and --no-stdin do not go together"},
		{"-l", 2, "no port: expected -l [HOST] PORT (try handset --help)"},
		{"-l -p 1 h 2", 2, "too many operands: expected -l [HOST] PORT, got 3"},
		{"-U", 2, "-U needs the path of a socket"},
		{"-U a b", 2, "-U takes one path, not 2 operands"},
		{"-U ", 2, "the socket path is empty"},
		{"a\033b 80", 2, "\"a\\x1bb\" is no host name or address"},
		{"-n localhost 80", 3, "look-up of localhost"},
		{"-n 127.0.0.1 http", 3, "look-up of service http"},
		{"-n -p http 127.0.0.1 80", 3, "look-up of service http"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_line(&line, rows[i].text);
		CHECK_INT(line.status, -1);
		CHECK_INT(line.fault.status, rows[i].status);
		CHECK_STR(line.fault.action, rows[i].message);
	}
}

static void options_that_do_not_go_together(void)
{
	static const char *const rows[] = {
		"-4 -6 h 1",
		"-l -z 1",
		"-U -4 p",
		"-U -6 p",
		"-k h 1",
		"--seqpacket h 1",
		"--seqpacket -u -U p",
		"--mptcp -u h 1",
		"--mptcp -U p",
		"-N --no-shutdown h 1",
		"--send-only --recv-only h 1",
		"-d --send-only h 1",
		"--backlog 3 h 1",
		"-z --ping h 1",
		"--ping -l 1",
		"--ping -u h 1",
		"--until-open -l 1",
		"--until-open --ping h 1",
		"-p 1 -U p",
		"--nodelay -u h 1",
		"--congestion reno -U p",
		"-l -U -s a b",
		"--interface lo -U p",
		"-C --recv-only h 1",
		"--connect-timeout 1 -l 80",
		"-l -s 127.0.0.1 127.0.0.2 80",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_line(&line, rows[i]);
		CHECK_STR(line.status == 0 ? rows[i] : "", "");
		CHECK_INT(line.fault.status, STATUS_USAGE);
	}
}

static void what_netcat_takes_is_taken(void)
{
	static const char *const rows[] = {"-r -p 1 h 1",
					   "-r -l 1",
					   "-N -d h 1",
					   "-zU p",
					   "-b -U p",
					   "-T ef -U p",
					   "-C -d h 1",
					   "-m 0 h 1",
					   "-zvn 127.0.0.1 1",
					   "-vzw3 h 1",
					   "-lkd 1",
					   "-ulk 1",
					   "-l -p 1 -s 127.0.0.1 -w 1",
					   "-d -q 1 h 1",
					   "-4l 1"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line line;
		parse_good(&line, rows[i]);
	}
}

static void path_of_a_socket_has_a_limit(void)
{
	char text[TEXT] = "-U ";
	struct line line;

	memset(text + 3, 'x', 107);
	parse_good(&line, text);
	text[110] = 'x';
	parse_line(&line, text);
	CHECK_INT(line.fault.status, STATUS_USAGE);
	CHECK(strstr(line.fault.action, "108 bytes, 107 are the most") != NULL);
	text[3] = '@';
	parse_line(&line, text);
	CHECK_INT(line.fault.status, STATUS_USAGE);
}

static void md5_key_comes_from_the_environment(void)
{
	struct line line;
	unsetenv("HANDSET_MD5_KEY");
	parse_line(&line, "-S h 1");
	CHECK_INT(line.fault.status, STATUS_USAGE);
	CHECK(strstr(line.fault.action, "HANDSET_MD5_KEY") != NULL);
	setenv("HANDSET_MD5_KEY", "secret", 1);
	parse_good(&line, "-S h 1");
	CHECK_INT(line.options.dial.endpoint.options.md5, 1);
	CHECK_STR(line.options.dial.endpoint.options.md5_key, "secret");
	unsetenv("HANDSET_MD5_KEY");
}

static void rows_of_the_table_are_whole(void)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		CHECK(row->name || row->letter);
		CHECK(row->help && *row->help);
		for (const struct option_row *other = option_rows; other < row; other++)
			CHECK(!row->name || !other->name || strcmp(row->name, other->name) != 0);
		CHECK(!row->letter || option_by_letter(row->letter) == row);
		bool takes = row->kind != KIND_TRUE && row->kind != KIND_SET &&
			     row->kind != KIND_COUNT;
		CHECK(takes == (row->argument != NULL));
		CHECK((row->kind != KIND_CHOICE && row->kind != KIND_TOPIC &&
		       row->kind != KIND_TOS) ||
		      row->choices);
		CHECK(row->offset < sizeof(struct options));
	}
}

static void every_group_is_a_topic_of_help(void)
{
	for (int group = 0; group < GROUP_HIDDEN; group++) {
		CHECK(xlat_name(option_topics, group) != NULL);
		CHECK(option_group_title((enum option_group)group) != NULL);
	}
	CHECK_STR(xlat_name(option_topics, TOPIC_ALL), "all");
}

UNIT_MAIN(operands_of_a_connect, operands_of_a_listener, operands_of_unix_sockets,
	  defaults_are_those_of_the_contract, wait_sets_three_limits_and_a_special_one_wins,
	  values_reach_the_configuration, types_of_service_are_names_or_numbers,
	  quitting_never_is_a_negative_number, trace_options_ask_for_steps,
	  trace_is_right_even_when_the_line_is_not, help_and_version_need_nothing_else,
	  errors_are_told_in_words, options_that_do_not_go_together, what_netcat_takes_is_taken,
	  path_of_a_socket_has_a_limit, md5_key_comes_from_the_environment,
	  rows_of_the_table_are_whole, every_group_is_a_topic_of_help)
