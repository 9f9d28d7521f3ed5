/* The environment of a program that serves a connection. */
#include "proto/ucspi.h"

#include <string.h>

#include "base/text.h"

/* "PREFIX" "NAME=", for the caller to add the value. */
static struct text variable(struct ucspi *ucspi, const char *prefix, const char *name)
{
	struct text text = text_in(ucspi->variables[ucspi->count++], UCSPI_LENGTH);
	text_printf(&text, "%s%s=", prefix, name);
	return text;
}

static void put_number(struct ucspi *ucspi, const char *prefix, const char *name, long number)
{
	struct text text = variable(ucspi, prefix, name);
	text_printf(&text, "%ld", number);
}

/* The address and the port of one side; a Unix socket has a path, if anything. */
static void put_side(struct ucspi *ucspi, const char *proto, const char *side,
		     const struct addr *addr)
{
	char name[32];
	struct text text = TEXT_IN(name);
	struct addr plain = addr_unmapped(addr);
	bool path = addr->ss.ss_family == AF_UNIX;
	bool vsock = addr->ss.ss_family == AF_VSOCK;
	if (addr->len <= sizeof(sa_family_t))
		return;
	text_printf(&text, "%s%s", side, path ? "PATH" : vsock ? "CID" : "IP");
	struct text value = variable(ucspi, proto, name);
	addr_format_host(&value, &plain);
	if (path)
		return;
	text = TEXT_IN(name);
	text_printf(&text, "%sPORT", side);
	put_number(ucspi, proto, name, addr_port(&plain));
}

void ucspi_build(struct ucspi *ucspi, const struct ucspi_connection *connection)
{
	const char *proto = connection->proto;
	ucspi->count = 0;
	struct text text = variable(ucspi, "", "PROTO");
	text_str(&text, proto);
	put_side(ucspi, proto, "REMOTE", &connection->remote);
	put_side(ucspi, proto, "LOCAL", &connection->local);
	if (!connection->has_credentials)
		return;
	put_number(ucspi, proto, "REMOTEPID", connection->pid);
	put_number(ucspi, proto, "REMOTEEUID", connection->uid);
	put_number(ucspi, proto, "REMOTEEGID", connection->gid);
}

bool ucspi_is_foreign(const char *entry)
{
	static const char *const protos[] = {"TCP", "UDP", "UNIX", "SCTP", "VSOCK", "MPTCP"};
	static const char *const sides[] = {"REMOTE", "LOCAL"};
	static const char *const names[] = {
		"PROTO=", "LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=", "LISTEN_PIDFDID="};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); i++) {
		size_t len = strlen(protos[i]);
		for (size_t k = 0; k < 2 && strncmp(entry, protos[i], len) == 0; k++)
			if (strncmp(entry + len, sides[k], strlen(sides[k])) == 0)
				return true;
	}
	return false;
}
