/* ICMP errors in words: a row a code. */
#include "proto/icmp.h"

#include <errno.h>
#include <stddef.h>

static const struct {
	bool v6;
	int type, code;
	enum icmp_meaning meaning;
	const char *words;
} rows[] = {
	{false, 3, 0, ICMP_NO_NETWORK, "network unreachable"},
	{false, 3, 1, ICMP_NO_HOST, "host unreachable"},
	{false, 3, 2, ICMP_NO_PROTOCOL, "protocol unreachable"},
	{false, 3, 3, ICMP_NO_PORT, "port unreachable"},
	{false, 3, 6, ICMP_NO_NETWORK, "destination network unknown"},
	{false, 3, 7, ICMP_NO_HOST, "destination host unknown"},
	{false, 3, 9, ICMP_PROHIBITED, "network administratively prohibited"},
	{false, 3, 10, ICMP_PROHIBITED, "host administratively prohibited"},
	{false, 3, 11, ICMP_NO_NETWORK, "network unreachable for that type of service"},
	{false, 3, 12, ICMP_NO_HOST, "host unreachable for that type of service"},
	{false, 3, 13, ICMP_PROHIBITED, "communication administratively prohibited"},
	{false, 11, 0, ICMP_TTL, "time to live exceeded in transit"},
	{true, 1, 0, ICMP_NO_NETWORK, "no route to destination"},
	{true, 1, 1, ICMP_PROHIBITED, "communication administratively prohibited"},
	{true, 1, 2, ICMP_NO_NETWORK, "beyond the scope of the source address"},
	{true, 1, 3, ICMP_NO_HOST, "address unreachable"},
	{true, 1, 4, ICMP_NO_PORT, "port unreachable"},
	{true, 1, 5, ICMP_PROHIBITED, "source address failed the policy"},
	{true, 1, 6, ICMP_PROHIBITED, "route to the destination rejected"},
	{true, 3, 0, ICMP_TTL, "hop limit exceeded in transit"},
};

enum icmp_meaning icmp_explain(bool v6, int type, int code, const char **words)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].v6 != v6 || rows[i].type != type || rows[i].code != code)
			continue;
		*words = rows[i].words;
		return rows[i].meaning;
	}
	*words = "an error";
	return ICMP_OTHER;
}

bool icmp_is_errno(int err)
{
	static const int errnos[] = {ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED, EMSGSIZE,
				     EOPNOTSUPP,  EHOSTDOWN,    ENONET,      EACCES,       EPROTO};
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i] == err)
			return true;
	return false;
}
