/* The table of options: all that --help, getopt_long, the rules and --dump-options know comes from
 * here. */
#include "cli/option_table.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/kernel.h"
#include "cli/options.h"

#define AT(member) .offset = offsetof(struct options, member)
#define FLAG(member) .kind = KIND_TRUE, AT(member)
#define SET(member, constant) .kind = KIND_SET, AT(member), .value = (constant)
#define LIST(member) .kind = KIND_WORDS, AT(member)
#define WORD(member) .kind = KIND_STRING, AT(member)
#define DURATION(member) .kind = KIND_TIME, AT(member)
#define RANGE(member, low, high) .kind = KIND_INT, AT(member), .min = (low), .max = (high)

static const struct xlat trace_forms[] = {{TRACE_TEXT, "text"},
					  {TRACE_JSON, "json"},
					  {TRACE_STRACE, "strace"},
					  {TRACE_CHROME, "chrome"},
					  {0, ""}};
static const struct xlat color_modes[] = {
	{COLOR_AUTO, "auto"}, {COLOR_ALWAYS, "always"}, {COLOR_NEVER, "never"}, {0, ""}};

static const struct xlat proxy_types[] = {
	{PROXY_SOCKS4, "4"},      {PROXY_SOCKS4A, "4a"},    {PROXY_SOCKS5, "5"},
	{PROXY_HTTP, "connect"},  {PROXY_SOCKS4, "socks4"}, {PROXY_SOCKS4A, "socks4a"},
	{PROXY_SOCKS5, "socks5"}, {PROXY_HTTP, "http"},     {0, ""}};
static const struct xlat proxy_dns[] = {
	{PROXY_DNS_LOCAL, "local"}, {PROXY_DNS_REMOTE, "remote"}, {0, ""}};

const struct xlat option_topics[] = {{GROUP_MODE, "mode"},   {GROUP_NET, "address"},
				     {GROUP_PROXY, "proxy"}, {GROUP_STREAM, "stream"},
				     {GROUP_TIME, "time"},   {GROUP_SOCKET, "socket"},
				     {GROUP_TRACE, "trace"}, {GROUP_GENERAL, "general"},
				     {TOPIC_ALL, "all"},     {0, ""}};

const struct option_row option_rows[] = {
	{"listen", 'l', NULL, "listen for a client instead of connecting", GROUP_MODE,
	 SET(action, ACTION_LISTEN), .role = ROLE_LISTEN},
	{"keep-open", 'k', NULL, "with -l: after a client ends, accept the next", GROUP_MODE,
	 FLAG(serve.keep_open), .needs = ROLE_LISTEN},
	{"to", 0, "TARGET", "with -l: relay each client to HOST:PORT or a socket path", GROUP_MODE,
	 WORD(to), .role = ROLE_FORWARD,
	 .excludes = ROLE_NO_STDIN | ROLE_SEND_ONLY | ROLE_RECV_ONLY, .needs = ROLE_LISTEN},
	{"exec", 'e', "PROG", "run PROG, with its arguments, on the connection", GROUP_MODE,
	 WORD(program.program), .role = ROLE_PROGRAM,
	 .excludes = ROLE_PROGRAM | ROLE_SCAN | ROLE_NO_STDIN | ROLE_FORWARD | ROLE_BROKER},
	{"sh-exec", 'c', "CMD", "run /bin/sh -c CMD on the connection", GROUP_MODE,
	 WORD(program.command), .role = ROLE_PROGRAM,
	 .excludes = ROLE_SCAN | ROLE_NO_STDIN | ROLE_FORWARD | ROLE_BROKER},
	{NULL, 'F', NULL, "pass the connected socket to stdout, and exit", GROUP_MODE, FLAG(pass),
	 .role = ROLE_PASS,
	 .excludes = ROLE_LISTEN | ROLE_SCAN | ROLE_WHY | ROLE_PATH | ROLE_PROGRAM | ROLE_RELAY},
	{"broker", 0, NULL, "with -l: what a client sends goes to all others", GROUP_MODE,
	 FLAG(serve.broker), .role = ROLE_BROKER, .excludes = ROLE_FORWARD | ROLE_UDP,
	 .needs = ROLE_LISTEN},
	{"chat", 0, NULL, "the same in lines, each with its speaker's name", GROUP_MODE,
	 FLAG(serve.chat), .role = ROLE_BROKER | ROLE_CHAT, .excludes = ROLE_FORWARD | ROLE_UDP,
	 .needs = ROLE_LISTEN},
	{"max-conns", 0, "N", "with -l: at most N clients at once", GROUP_MODE,
	 RANGE(serve.max_clients, 1, INT_MAX), .needs = ROLE_LISTEN},
	{"allow", 0, "HOSTS", "with -l: let these in: addresses, blocks, names", GROUP_MODE,
	 LIST(serve.access.allow), .role = ROLE_IP, .excludes = ROLE_UNIX, .needs = ROLE_LISTEN},
	{"deny", 0, "HOSTS", "with -l: refuse these, but for those of --allow", GROUP_MODE,
	 LIST(serve.access.deny), .role = ROLE_IP, .excludes = ROLE_UNIX, .needs = ROLE_LISTEN},
	{"allowfile", 0, "FILE", "the same as --allow, from FILE", GROUP_MODE,
	 LIST(serve.access.allow_files), .role = ROLE_IP, .excludes = ROLE_UNIX,
	 .needs = ROLE_LISTEN},
	{"denyfile", 0, "FILE", "the same as --deny, from FILE", GROUP_MODE,
	 LIST(serve.access.deny_files), .role = ROLE_IP, .excludes = ROLE_UNIX,
	 .needs = ROLE_LISTEN},
	{"scan", 'z', NULL, "only try to connect, send nothing", GROUP_MODE,
	 SET(action, ACTION_SCAN), .role = ROLE_SCAN, .excludes = ROLE_LISTEN | ROLE_PING},
	{"until-open", 0, NULL, "try again each -i until the connection succeeds", GROUP_MODE,
	 FLAG(until_open), .role = ROLE_UNTIL_OPEN,
	 .excludes = ROLE_LISTEN | ROLE_UDP | ROLE_WHY | ROLE_PATH},
	{"ping", 0, "[=N]", "connect N times, each -i; a line each and a summary", GROUP_MODE,
	 .kind = KIND_NUMBER, AT(ping_count), .min = 1, .max = INT32_MAX, .role = ROLE_PING,
	 .excludes = ROLE_LISTEN | ROLE_UDP | ROLE_PROGRAM | ROLE_PASS | ROLE_WHY | ROLE_PATH |
		     ROLE_UNTIL_OPEN | ROLE_DUMP},
	{"why", 0, NULL, "diagnose the way to HOST PORT layer by layer", GROUP_MODE,
	 SET(action, ACTION_WHY), .role = ROLE_WHY,
	 .excludes = ROLE_LISTEN | ROLE_SCAN | ROLE_PATH | ROLE_PROGRAM | ROLE_FASTOPEN |
		     ROLE_DUMP},
	{"path", 0, NULL, "show the routers on the way to HOST PORT", GROUP_MODE,
	 SET(action, ACTION_PATH), .role = ROLE_PATH,
	 .excludes = ROLE_LISTEN | ROLE_SCAN | ROLE_PROGRAM | ROLE_UNIX | ROLE_MPTCP |
		     ROLE_SOURCE_PORT | ROLE_FASTOPEN | ROLE_DUMP},
	{"udp", 'u', NULL, "datagrams: UDP, or with -U Unix datagrams", GROUP_MODE,
	 SET(endpoint.type, SOCK_DGRAM), .role = ROLE_UDP},
	{"unixsock", 'U', NULL, "Unix sockets: the operand is a path, or @NAME", GROUP_MODE,
	 FLAG(unixsock), .role = ROLE_UNIX},
	{"seqpacket", 0, NULL, "with -U: packets", GROUP_MODE, SET(endpoint.type, SOCK_SEQPACKET),
	 .role = ROLE_SEQPACKET, .excludes = ROLE_UDP, .needs = ROLE_UNIX},
	{"mptcp", 0, NULL, "Multipath TCP", GROUP_MODE, SET(endpoint.protocol, IPPROTO_MPTCP),
	 .role = ROLE_MPTCP, .excludes = ROLE_UDP | ROLE_UNIX},
	{"sctp", 0, NULL, "SCTP", GROUP_MODE, SET(endpoint.protocol, IPPROTO_SCTP),
	 .role = ROLE_SCTP,
	 .excludes = ROLE_UDP | ROLE_UNIX | ROLE_MPTCP | ROLE_BROKER | ROLE_WHY | ROLE_PATH |
		     ROLE_PROXY | ROLE_TCP},
	{"vsock", 0, NULL, "vsock: the operands are CID PORT, or CID:PORT", GROUP_MODE,
	 SET(endpoint.family, AF_VSOCK),
	 .excludes = ROLE_IP | ROLE_UDP | ROLE_UNIX | ROLE_MPTCP | ROLE_SCTP | ROLE_WHY |
		     ROLE_PATH | ROLE_PROXY},

	{NULL, '4', NULL, "IPv4 only", GROUP_NET, SET(endpoint.family, AF_INET), .role = ROLE_IP,
	 .excludes = ROLE_IPV6 | ROLE_UNIX},
	{NULL, '6', NULL, "IPv6 only", GROUP_NET, SET(endpoint.family, AF_INET6),
	 .role = ROLE_IP | ROLE_IPV6, .excludes = ROLE_UNIX},
	{"nodns", 'n', NULL, "numeric hosts and ports only", GROUP_NET, FLAG(endpoint.numeric)},
	{"source", 's', "ADDR", "source address (with -l: the address)", GROUP_NET, WORD(source),
	 .role = ROLE_IP},
	{"source-port", 'p', "PORT", "source port (with -l: the port)", GROUP_NET,
	 WORD(source_port), .role = ROLE_SOURCE_PORT, .excludes = ROLE_UNIX},
	{NULL, 'r', NULL, "random source port, unless -p names one", GROUP_NET,
	 FLAG(dial.random_source_port), .role = ROLE_IP | ROLE_SOURCE_PORT},

	{NULL, 'x', "ADDR", "through the proxy at ADDR[:PORT], SOCKS5 unless -X", GROUP_PROXY,
	 WORD(proxy.address), .role = ROLE_PROXY, .excludes = ROLE_PROXY},
	{"proxy-type", 'X', "PROTO", "its protocol: 4, 4a, 5 or connect (HTTP)", GROUP_PROXY,
	 .kind = KIND_CHOICE, AT(proxy.type), .choices = proxy_types},
	{"proxy", 0, "URL", "both in a word: socks5://USER:PASS@HOST:PORT", GROUP_PROXY,
	 WORD(proxy.url), .role = ROLE_PROXY},
	{NULL, 'P', "USER", "user name for the proxy", GROUP_PROXY, WORD(proxy.user)},
	{"proxy-auth", 0, "LOGIN", "USER:PASS; better in HANDSET_PROXY_AUTH", GROUP_PROXY,
	 WORD(proxy.auth)},
	{"proxy-dns", 0, "WHERE", "who looks the target up: local or remote (default)", GROUP_PROXY,
	 .kind = KIND_CHOICE, AT(proxy.dns), .choices = proxy_dns},

	{"no-stdin", 'd', NULL, "do not read stdin", GROUP_STREAM, FLAG(relay.no_stdin),
	 .role = ROLE_NO_STDIN},
	{"send-only", 0, NULL, "only send: what is received is thrown away", GROUP_STREAM,
	 FLAG(relay.send_only), .role = ROLE_SEND_ONLY | ROLE_RELAY,
	 .excludes = ROLE_RECV_ONLY | ROLE_NO_STDIN | ROLE_RECV_LIMIT | ROLE_CHAT},
	{"recv-only", 0, NULL, "only receive", GROUP_STREAM, FLAG(relay.recv_only),
	 .role = ROLE_RECV_ONLY | ROLE_RELAY, .excludes = ROLE_BROKER},
	{NULL, 'N', NULL, "shut down the write side at end of input at once", GROUP_STREAM,
	 FLAG(relay.shut_at_once), .excludes = ROLE_NO_SHUTDOWN},
	{"no-shutdown", 0, NULL, "keep the write side open at end of input", GROUP_STREAM,
	 FLAG(relay.no_shutdown), .role = ROLE_NO_SHUTDOWN},
	{"exit-on-eof", 0, NULL, "end as soon as the peer has sent its end of file", GROUP_STREAM,
	 FLAG(relay.exit_on_eof), .excludes = ROLE_BROKER},
	{"crlf", 'C', NULL, "send CRLF where the input has LF", GROUP_STREAM, FLAG(relay.crlf),
	 .role = ROLE_RELAY, .excludes = ROLE_RECV_ONLY | ROLE_FORWARD | ROLE_BROKER},
	{"telnet", 't', NULL, "take telnet commands out and refuse what they ask", GROUP_STREAM,
	 FLAG(relay.telnet), .role = ROLE_RELAY,
	 .excludes = ROLE_UDP | ROLE_SEQPACKET | ROLE_RECV_ONLY | ROLE_FORWARD | ROLE_BROKER},
	{"limit-rate", 0, "SIZE", "at most SIZE bytes a second in each direction", GROUP_STREAM,
	 .kind = KIND_SIZE, AT(relay.rate), .role = ROLE_RELAY, .excludes = ROLE_BROKER},
	{"recv-limit", 'W', "N", "exit after N packets were received", GROUP_STREAM,
	 .kind = KIND_NUMBER, AT(relay.recv_limit), .min = 1, .max = INT64_MAX,
	 .role = ROLE_RECV_LIMIT | ROLE_RELAY, .excludes = ROLE_BROKER},

	{"wait", 'w', "TIME", "give up a connect, an idle relay or waiting for a client",
	 GROUP_TIME, DURATION(wait_ns)},
	{"connect-timeout", 0, "TIME", "give up a connect, the name look-up included", GROUP_TIME,
	 DURATION(connect_ns), .excludes = ROLE_LISTEN},
	{"idle-timeout", 0, "TIME", "give up an idle relay", GROUP_TIME, DURATION(idle_ns)},
	{"deadline", 0, "TIME", "end the whole run, whatever it is doing", GROUP_TIME,
	 DURATION(deadline_ns)},
	{NULL, 'q', "SECS", "quit that long after end of input; negative: never", GROUP_TIME,
	 .kind = KIND_QUIT, AT(relay.quit_ns), .excludes = ROLE_BROKER},
	{"interval", 'i', "TIME", "pause between lines sent, ports, tries and pings", GROUP_TIME,
	 DURATION(relay.interval_ns), .excludes = ROLE_FORWARD | ROLE_BROKER},
	{"delay", 0, "TIME", "the same as --interval", GROUP_TIME, DURATION(relay.interval_ns),
	 .alias = true, .excludes = ROLE_FORWARD | ROLE_BROKER},

	{NULL, 'I', "SIZE", "receive buffer of the socket", GROUP_SOCKET, .kind = KIND_SIZE,
	 AT(endpoint.options.receive_buffer), .role = ROLE_IP},
	{NULL, 'O', "SIZE", "send buffer of the socket", GROUP_SOCKET, .kind = KIND_SIZE,
	 AT(endpoint.options.send_buffer), .role = ROLE_IP},
	{NULL, 'M', "TTL", "outgoing TTL or hop limit, 1 to 255", GROUP_SOCKET,
	 RANGE(endpoint.options.ttl, 1, 255), .role = ROLE_IP},
	{NULL, 'm', "MINTTL", "smallest TTL accepted, 0 to 255", GROUP_SOCKET,
	 RANGE(endpoint.options.min_ttl, 0, 255), .role = ROLE_IP},
	{NULL, 'T', "TOS", "type of service: lowdelay, cs1, af11, ef or 0 to 255", GROUP_SOCKET,
	 .kind = KIND_TOS, AT(endpoint.options.tos), .choices = xlat_tos, .role = ROLE_IP},
	{"broadcast", 'b', NULL, "allow sending to broadcast addresses", GROUP_SOCKET,
	 SET(endpoint.options.broadcast, 1), .role = ROLE_IP},
	{NULL, 'D', NULL, "set SO_DEBUG", GROUP_SOCKET, SET(endpoint.options.debug, 1)},
	{NULL, 'S', NULL, "TCP MD5 signatures, the key in HANDSET_MD5_KEY", GROUP_SOCKET,
	 SET(endpoint.options.md5, 1), .role = ROLE_IP | ROLE_TCP,
	 .excludes = ROLE_UDP | ROLE_UNIX},
	{"interface", 0, "IF", "use this interface only", GROUP_SOCKET,
	 WORD(endpoint.options.interface), .role = ROLE_IP, .excludes = ROLE_UNIX},
	{"mark", 0, "N", "firewall mark of the packets", GROUP_SOCKET, .kind = KIND_NUMBER,
	 AT(endpoint.options.mark), .min = 0, .max = UINT32_MAX, .role = ROLE_IP,
	 .excludes = ROLE_UNIX},
	{"nodelay", 0, NULL, "send small pieces at once (TCP_NODELAY)", GROUP_SOCKET,
	 SET(endpoint.options.nodelay, 1), .role = ROLE_IP, .excludes = ROLE_UDP | ROLE_UNIX},
	{"keepalive", 0, NULL, "probe a silent peer (SO_KEEPALIVE)", GROUP_SOCKET,
	 SET(endpoint.options.keepalive, 1), .role = ROLE_IP | ROLE_TCP,
	 .excludes = ROLE_UDP | ROLE_UNIX},
	{"user-timeout", 0, "TIME", "give up data unacknowledged for so long", GROUP_SOCKET,
	 .kind = KIND_MS, AT(endpoint.options.user_timeout), .role = ROLE_IP | ROLE_TCP,
	 .excludes = ROLE_UDP | ROLE_UNIX},
	{"fastopen", 0, NULL, "TCP Fast Open", GROUP_SOCKET, SET(endpoint.options.fastopen, 1),
	 .role = ROLE_IP | ROLE_TCP | ROLE_FASTOPEN, .excludes = ROLE_UDP | ROLE_UNIX},
	{"congestion", 0, "NAME", "congestion control", GROUP_SOCKET,
	 WORD(endpoint.options.congestion), .role = ROLE_IP | ROLE_TCP,
	 .excludes = ROLE_UDP | ROLE_UNIX},
	{"reuse-port", 0, NULL, "share the port with other sockets (SO_REUSEPORT)", GROUP_SOCKET,
	 SET(endpoint.options.reuse_port, 1), .role = ROLE_IP, .excludes = ROLE_UNIX},
	{"backlog", 0, "N", "with -l: how many clients may wait", GROUP_SOCKET,
	 RANGE(serve.backlog, 0, INT_MAX), .excludes = ROLE_UDP, .needs = ROLE_LISTEN},

	{"verbose", 'v', NULL, "once: status; twice: every step; three times: data too",
	 GROUP_TRACE, .kind = KIND_COUNT, AT(trace.level)},
	{"trace", 0, "FORM", "its form: text, json, strace or chrome; sets -vv", GROUP_TRACE,
	 .kind = KIND_CHOICE, AT(trace.form), .choices = trace_forms},
	{"trace-file", 0, "FILE", "the trace goes to FILE instead of stderr", GROUP_TRACE,
	 WORD(trace.file)},
	{"explain", 0, NULL, "with the trace: what each step means; sets -vv", GROUP_TRACE,
	 FLAG(trace.explain)},
	{"color", 0, "WHEN", "color on stderr: auto, always or never", GROUP_TRACE,
	 .kind = KIND_CHOICE, AT(console.color), .choices = color_modes},
	{"stats", 0, NULL, "at the end: bytes, times and what TCP knows", GROUP_TRACE,
	 FLAG(relay.stats), .role = ROLE_RELAY, .excludes = ROLE_BROKER},
	{"progress", 0, NULL, "bytes, rate and time while data moves", GROUP_TRACE, FLAG(progress),
	 .excludes = ROLE_SCAN | ROLE_WHY | ROLE_PATH | ROLE_PING | ROLE_PASS | ROLE_PROGRAM |
		     ROLE_BROKER},
	{"output", 'o', "FILE", "copy all data of both directions to FILE", GROUP_TRACE,
	 WORD(dump.output), .role = ROLE_DUMP | ROLE_RELAY, .excludes = ROLE_SCAN},
	{"append-output", 0, NULL, "what is in the files of dumps already stays", GROUP_TRACE,
	 FLAG(dump.append)},
	{"hex-dump", 0, "FILE", "hex dump of both directions; - is stderr", GROUP_TRACE,
	 WORD(dump.hex), .role = ROLE_DUMP | ROLE_RELAY, .excludes = ROLE_SCAN},
	{"quiet", 0, NULL, "no messages at all", GROUP_TRACE, FLAG(console.quiet)},

	{"help", 'h', "[=TOPIC]", "what one needs first; of a topic; of all", GROUP_GENERAL,
	 .kind = KIND_TOPIC, AT(help_topic), .choices = option_topics},
	{"version", 'V', NULL, "the version", GROUP_GENERAL, SET(action, ACTION_VERSION)},
	{"dump-options", 0, NULL, "the options for scripts", GROUP_HIDDEN,
	 SET(action, ACTION_DUMP_OPTIONS)},
	{"dump-causes", 0, NULL, "the causes of failures for scripts", GROUP_HIDDEN,
	 SET(action, ACTION_DUMP_CAUSES)},
	{"dump-letters", 0, NULL, "what letters mean in other netcats, for scripts", GROUP_HIDDEN,
	 SET(action, ACTION_DUMP_LETTERS)},
};

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTION_ROWS,
	       "struct options has room for each row");

const char *option_group_title(enum option_group group)
{
	static const char *const titles[] = {
		[GROUP_MODE] = "What it does",
		[GROUP_NET] = "Addresses",
		[GROUP_PROXY] = "Proxies",
		[GROUP_STREAM] = "Streams",
		[GROUP_TIME] = "Time limits",
		[GROUP_SOCKET] = "Socket options",
		[GROUP_TRACE] = "Messages and trace",
		[GROUP_GENERAL] = "General",
	};
	return titles[group];
}

const struct option_row *option_by_letter(char letter)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].letter == letter)
			return &option_rows[i];
	return NULL;
}

bool option_has_label(const struct option_row *row, const char *label)
{
	return label[1] == '-' ? row->name && strcmp(row->name, label + 2) == 0
			       : row->letter == label[1];
}

const struct option_row *option_by_label(const char *label)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (option_has_label(&option_rows[i], label))
			return &option_rows[i];
	return NULL;
}

bool option_argument_is_optional(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[';
}

const char *option_label(const struct option_row *row, bool by_name, char buffer[OPTION_LABEL])
{
	if (row->name && (by_name || !row->letter))
		snprintf(buffer, OPTION_LABEL, "--%s", row->name);
	else
		snprintf(buffer, OPTION_LABEL, "-%c", row->letter);
	return buffer;
}
