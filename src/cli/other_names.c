/* Long options of curl, ncat, socat, other netcats, ssh, ping and nmap, and words that one tries.
 */
#include "cli/other_names.h"

#include <string.h>

#include "base/spell.h"

/* Shorter words are like too many others. */
#define SHORTEST_ALIKE 5

#define NO_TLS "TLS is not built yet: openssl s_client -connect HOST:PORT speaks it"
#define NO_LOGIN "that is up to the protocol: send it on standard input"
#define NO_ROUTING "loose source routing is not in handset"

const struct other_name other_names[] = {
	{"4", "-4", NULL},
	{"6", "-6", NULL},
	{"abstract-unix-socket", NULL, "-U @NAME is the abstract namespace"},
	{"bind", "-s", NULL},
	{"bind-address", "-s", NULL},
	{"client", NULL, "without -l it connects"},
	{"close", "-z --no-stdin", NULL},
	{"connect", NULL, "without -l it connects: HOST PORT"},
	{"count", "--ping", NULL},
	{"data", NULL, NO_LOGIN},
	{"debug", "-v --explain", NULL},
	{"diagnose", "--why", NULL},
	{"dont-resolve", "-n", NULL},
	{"dump", "--hex-dump -o", NULL},
	{"duplex", NULL, "both directions are relayed unless --send-only or --recv-only is given"},
	{"echo", NULL, "-lk -e /bin/cat PORT echoes"},
	{"eof", "-N -q --exit-on-eof", NULL},
	{"execute", "-e", NULL},
	{"family", "-4 -6", NULL},
	{"fork", "-k", NULL},
	{"forever", "-k", NULL},
	{"forward", "--to", NULL},
	{"gateway", NULL, NO_ROUTING},
	{"half-close", "-N", NULL},
	{"head", NULL, NO_LOGIN},
	{"header", NULL, NO_LOGIN},
	{"hexdump", "--hex-dump", NULL},
	{"hops", "--path -M", NULL},
	{"host", NULL, "the host is an operand: HOST PORT"},
	{"http-proxy", "-x", NULL},
	{"inet", "-4", NULL},
	{"inet6", "-6", NULL},
	{"ipv4", "-4", NULL},
	{"ipv4-only", "-4", NULL},
	{"ipv6", "-6", NULL},
	{"ipv6-only", "-6", NULL},
	{"json", NULL, "--trace=json"},
	{"keepalive-time", "--keepalive --user-timeout", NULL},
	{"local-addr", "-s", NULL},
	{"local-address", "-s", NULL},
	{"local-port", "-p", NULL},
	{"log", "--trace-file -o", NULL},
	{"lua-exec", "-e", NULL},
	{"man", NULL, "man handset shows the manual"},
	{"manual", NULL, "man handset shows the manual"},
	{"max-time", "--deadline", NULL},
	{"noproxy", NULL, "no proxy is used without -x or --proxy"},
	{"no-color", NULL, "--color=never"},
	{"no-dns", "-n", NULL},
	{"no-resolve", "-n", NULL},
	{"no-keepalive", NULL, "it is off without --keepalive"},
	{"numeric", "-n", NULL},
	{"persistent", "-k", NULL},
	{"port", NULL,
	 "the port is an operand: HOST PORT, or -l PORT; -p is the source port of a connect"},
	{"ports", NULL, "the ports are operands: -z HOST 22 80,443 8000-8080"},
	{"probe", "-z", NULL},
	{"progress-bar", "--progress", NULL},
	{"protocol", "-u --sctp --mptcp -U", NULL},
	{"proxy-user", "-P --proxy-auth", NULL},
	{"quit", "-q", NULL},
	{"random", "-r", NULL},
	{"randomize", "-r", NULL},
	{"rate", "--limit-rate", NULL},
	{"recv-buffer", "-I", NULL},
	{"repeat", "-k --ping", NULL},
	{"retry", "--until-open", NULL},
	{"send-buffer", "-O", NULL},
	{"server", "-l", NULL},
	{"shutdown", "-N", NULL},
	{"silent", "--quiet", NULL},
	{"socks4", NULL, "-X 4 -x ADDR"},
	{"socks4a", NULL, "-X 4a -x ADDR"},
	{"socks5", NULL, "-X 5 -x ADDR"},
	{"socks5-hostname", NULL, "-X 5 -x ADDR, or --proxy socks5h://ADDR"},
	{"statistics", "--stats", NULL},
	{"stream", NULL, "streams are the default, -u makes it datagrams"},
	{"tcp", NULL, "TCP is the default"},
	{"tcp-fastopen", "--fastopen", NULL},
	{"tcp-nodelay", "--nodelay", NULL},
	{"timeout", "-w --connect-timeout --idle-timeout --deadline", NULL},
	{"tos", "-T", NULL},
	{"traceroute", "--path", NULL},
	{"trace-ascii", "-o --hex-dump", NULL},
	{"trace-time", NULL, "-vv has the times of all steps"},
	{"ttl", "-M", NULL},
	{"tunnel", "--to", NULL},
	{"unix", "-U", NULL},
	{"unix-socket", "-U", NULL},
	{"url", NULL, "expected HOST PORT"},
	{"usage", "--help", NULL},
	{"user", "-P --proxy-auth", NULL},
	{"wait-for", "--until-open", NULL},
	{"write-out", "--stats", NULL},
	{"zero", "-z", NULL},

	{"alpn", NULL, NO_TLS},
	{"cacert", NULL, NO_TLS},
	{"cert", NULL, NO_TLS},
	{"https", NULL, NO_TLS},
	{"insecure", NULL, NO_TLS},
	{"key", NULL, NO_TLS},
	{"sni", NULL, NO_TLS},
	{"ssl", NULL, NO_TLS},
	{"starttls", NULL, NO_TLS},
	{"tls", NULL, NO_TLS},
	{"v4", "-4", NULL},
	{"v6", "-6", NULL},
	{"verify", NULL, NO_TLS},
};
const size_t other_name_count = sizeof(other_names) / sizeof(other_names[0]);

const struct other_name *other_name_find(const char *name, size_t len)
{
	/* --ssl-verify, --tls-ca: a family. */
	if (len > 4 && (strncmp(name, "ssl-", 4) == 0 || strncmp(name, "tls-", 4) == 0))
		len = 3;
	for (size_t i = 0; i < other_name_count; i++)
		if (strlen(other_names[i].name) == len &&
		    strncmp(other_names[i].name, name, len) == 0)
			return &other_names[i];
	return NULL;
}

const struct other_name *other_name_alike(const char *name, size_t len)
{
	for (size_t i = 0; len >= SHORTEST_ALIKE && i < other_name_count; i++)
		if (spell_distance(name, len, other_names[i].name) <= 1)
			return &other_names[i];
	return NULL;
}
