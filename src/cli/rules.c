/* Which options go together: one table. */
#include "cli/rules.h"

#include "base/fault.h"
#include "cli/option_table.h"
#include "cli/options.h"

enum rule_kind { EXCLUDES, NEEDS };

/* Which options exclude each other, and which need another; a name, or a letter where there is none. */
static const struct {
	const char *first;
	enum rule_kind kind;
	const char *second;
} rules[] = {
	{"-4", EXCLUDES, "-6"},
	{"-4", EXCLUDES, "-U"},
	{"-6", EXCLUDES, "-U"},
	{"-p", EXCLUDES, "-U"},
	{"--seqpacket", NEEDS, "-U"},
	{"--seqpacket", EXCLUDES, "-u"},
	{"--mptcp", EXCLUDES, "-u"},
	{"--mptcp", EXCLUDES, "-U"},
	{"--sctp", EXCLUDES, "-u"},
	{"--sctp", EXCLUDES, "-U"},
	{"--sctp", EXCLUDES, "--mptcp"},
	{"--sctp", EXCLUDES, "--broker"},
	{"--sctp", EXCLUDES, "--chat"},
	{"--sctp", EXCLUDES, "--why"},
	{"--sctp", EXCLUDES, "--path"},
	{"--sctp", EXCLUDES, "-x"},
	{"--sctp", EXCLUDES, "--proxy"},
	{"--sctp", EXCLUDES, "-S"},
	{"--sctp", EXCLUDES, "--fastopen"},
	{"--sctp", EXCLUDES, "--keepalive"},
	{"--sctp", EXCLUDES, "--user-timeout"},
	{"--sctp", EXCLUDES, "--congestion"},
	{"--vsock", EXCLUDES, "-4"},
	{"--vsock", EXCLUDES, "-6"},
	{"--vsock", EXCLUDES, "-u"},
	{"--vsock", EXCLUDES, "-U"},
	{"--vsock", EXCLUDES, "--mptcp"},
	{"--vsock", EXCLUDES, "--sctp"},
	{"--vsock", EXCLUDES, "--why"},
	{"--vsock", EXCLUDES, "--path"},
	{"--vsock", EXCLUDES, "-x"},
	{"--vsock", EXCLUDES, "--proxy"},
	{"--vsock", EXCLUDES, "-s"},
	{"--vsock", EXCLUDES, "-r"},
	{"--vsock", EXCLUDES, "-I"},
	{"--vsock", EXCLUDES, "-O"},
	{"--vsock", EXCLUDES, "-M"},
	{"--vsock", EXCLUDES, "-m"},
	{"--vsock", EXCLUDES, "-T"},
	{"--vsock", EXCLUDES, "-b"},
	{"--vsock", EXCLUDES, "-S"},
	{"--vsock", EXCLUDES, "--interface"},
	{"--vsock", EXCLUDES, "--mark"},
	{"--vsock", EXCLUDES, "--nodelay"},
	{"--vsock", EXCLUDES, "--keepalive"},
	{"--vsock", EXCLUDES, "--user-timeout"},
	{"--vsock", EXCLUDES, "--fastopen"},
	{"--vsock", EXCLUDES, "--congestion"},
	{"--vsock", EXCLUDES, "--reuse-port"},
	{"--vsock", EXCLUDES, "--allow"},
	{"--vsock", EXCLUDES, "--deny"},
	{"--vsock", EXCLUDES, "--allowfile"},
	{"--vsock", EXCLUDES, "--denyfile"},
	{"-z", EXCLUDES, "-l"},
	{"-z", EXCLUDES, "-u"},
	{"--why", EXCLUDES, "-e"},
	{"--why", EXCLUDES, "-c"},
	{"--path", EXCLUDES, "-e"},
	{"--path", EXCLUDES, "-c"},
	{"--why", EXCLUDES, "-l"},
	{"--why", EXCLUDES, "-z"},
	{"--why", EXCLUDES, "--path"},
	{"--why", EXCLUDES, "--fastopen"},
	{"--path", EXCLUDES, "-l"},
	{"--path", EXCLUDES, "-z"},
	{"--path", EXCLUDES, "-U"},
	{"--path", EXCLUDES, "-p"},
	{"--path", EXCLUDES, "-r"},
	{"--path", EXCLUDES, "--fastopen"},
	{"-k", NEEDS, "-l"},
	{"--to", NEEDS, "-l"},
	{"--to", EXCLUDES, "-d"},
	{"--to", EXCLUDES, "--send-only"},
	{"--to", EXCLUDES, "--recv-only"},
	{"-e", EXCLUDES, "-c"},
	{"-e", EXCLUDES, "-z"},
	{"-c", EXCLUDES, "-z"},
	{"-e", EXCLUDES, "-d"},
	{"-c", EXCLUDES, "-d"},
	{"-e", EXCLUDES, "--to"},
	{"-c", EXCLUDES, "--to"},
	{"-e", EXCLUDES, "--broker"},
	{"-c", EXCLUDES, "--broker"},
	{"-e", EXCLUDES, "--chat"},
	{"-c", EXCLUDES, "--chat"},
	{"--allow", NEEDS, "-l"},
	{"--allow", EXCLUDES, "-U"},
	{"--deny", NEEDS, "-l"},
	{"--deny", EXCLUDES, "-U"},
	{"--allowfile", NEEDS, "-l"},
	{"--allowfile", EXCLUDES, "-U"},
	{"--denyfile", NEEDS, "-l"},
	{"--denyfile", EXCLUDES, "-U"},
	{"-F", EXCLUDES, "-l"},
	{"-F", EXCLUDES, "-z"},
	{"-F", EXCLUDES, "-e"},
	{"-F", EXCLUDES, "-c"},
	{"--max-conns", NEEDS, "-l"},
	{"--broker", NEEDS, "-l"},
	{"--chat", NEEDS, "-l"},
	{"--broker", EXCLUDES, "--to"},
	{"--chat", EXCLUDES, "--to"},
	{"--broker", EXCLUDES, "-u"},
	{"--chat", EXCLUDES, "-u"},
	{"-x", EXCLUDES, "--proxy"},
	{"--backlog", NEEDS, "-l"},
	{"--backlog", EXCLUDES, "-u"},
	{"--connect-timeout", EXCLUDES, "-l"},
	{"-N", EXCLUDES, "--no-shutdown"},
	{"--limit-rate", EXCLUDES, "--broker"},
	{"--limit-rate", EXCLUDES, "--chat"},
	{"-t", EXCLUDES, "-u"},
	{"-t", EXCLUDES, "--seqpacket"},
	{"-t", EXCLUDES, "--recv-only"},
	{"-t", EXCLUDES, "--to"},
	{"-t", EXCLUDES, "--broker"},
	{"-t", EXCLUDES, "--chat"},
	{"--output", EXCLUDES, "-z"},
	{"--hex-dump", EXCLUDES, "-z"},
	{"--send-only", EXCLUDES, "--recv-only"},
	{"--send-only", EXCLUDES, "-d"},
	{"--send-only", EXCLUDES, "-W"},
	{"-C", EXCLUDES, "--recv-only"},
	{"-S", EXCLUDES, "-u"},
	{"-S", EXCLUDES, "-U"},
	{"--fastopen", EXCLUDES, "-u"},
	{"--fastopen", EXCLUDES, "-U"},
	{"--nodelay", EXCLUDES, "-u"},
	{"--nodelay", EXCLUDES, "-U"},
	{"--keepalive", EXCLUDES, "-u"},
	{"--keepalive", EXCLUDES, "-U"},
	{"--user-timeout", EXCLUDES, "-u"},
	{"--user-timeout", EXCLUDES, "-U"},
	{"--congestion", EXCLUDES, "-u"},
	{"--congestion", EXCLUDES, "-U"},
	{"--interface", EXCLUDES, "-U"},
	{"--mark", EXCLUDES, "-U"},
	{"--reuse-port", EXCLUDES, "-U"},
};

bool option_is_given(const struct options *options, const char *label)
{
	const struct option_row *row = label[1] == '-' ? option_find(label + 2, 0) : option_find(NULL, label[1]);
	return row && options->given[row - option_rows];
}

int rules_check(const struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!option_is_given(options, rules[i].first))
			continue;
		bool second = option_is_given(options, rules[i].second);
		if (rules[i].kind == EXCLUDES && second)
			return fault_usage(fault, "%s and %s do not go together", rules[i].first, rules[i].second);
		if (rules[i].kind == NEEDS && !second)
			return fault_usage(fault, "%s needs %s", rules[i].first, rules[i].second);
	}
	return 0;
}
