/* The environment of a program that serves a connection. */
#include "base/fault.h"
#include "proto/ucspi.h"

#include <string.h>

#include "unit.h"

/* The value of NAME. */
static const char *value(const struct ucspi *ucspi, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < ucspi->count; i++)
		if (strncmp(ucspi->variables[i], name, len) == 0 && ucspi->variables[i][len] == '=')
			return ucspi->variables[i] + len + 1;
	return NULL;
}

static void tcp_has_addresses_and_ports(void)
{
	struct ucspi ucspi;
	struct ucspi_connection connection = {.proto = "TCP"};
	addr_parse(&connection.local, AF_INET, "127.0.0.1", 80);
	addr_parse(&connection.remote, AF_INET6, "::ffff:192.0.2.7", 4711);
	ucspi_build(&ucspi, &connection);
	CHECK_INT(ucspi.count, 5);
	CHECK_STR(value(&ucspi, "PROTO"), "TCP");
	CHECK_STR(value(&ucspi, "TCPLOCALIP"), "127.0.0.1");
	CHECK_STR(value(&ucspi, "TCPLOCALPORT"), "80");
	CHECK_STR(value(&ucspi, "TCPREMOTEIP"), "192.0.2.7");
	CHECK_STR(value(&ucspi, "TCPREMOTEPORT"), "4711");
}

static void what_is_not_known_is_left_out(void)
{
	struct ucspi ucspi;
	struct ucspi_connection connection = {.proto = "UDP"};
	addr_parse(&connection.local, AF_INET6, "::1", 53);
	ucspi_build(&ucspi, &connection);
	CHECK_INT(ucspi.count, 3);
	CHECK_STR(value(&ucspi, "UDPLOCALIP"), "::1");
	CHECK_STR(value(&ucspi, "UDPREMOTEIP"), NULL);
}

static void unix_has_paths_and_credentials(void)
{
	struct ucspi ucspi;
	struct ucspi_connection connection = {
		.proto = "UNIX", .has_credentials = true, .pid = 12, .uid = 65534, .gid = 100};
	addr_unix(&connection.local, "/run/x", &(struct fault){.err = 0});
	connection.remote = (struct addr){.len = sizeof(sa_family_t)};
	connection.remote.ss.ss_family = AF_UNIX;
	ucspi_build(&ucspi, &connection);
	CHECK_INT(ucspi.count, 5);
	CHECK_STR(value(&ucspi, "UNIXLOCALPATH"), "/run/x");
	CHECK_STR(value(&ucspi, "UNIXREMOTEPATH"), NULL);
	CHECK_STR(value(&ucspi, "UNIXREMOTEPID"), "12");
	CHECK_STR(value(&ucspi, "UNIXREMOTEEUID"), "65534");
	CHECK_STR(value(&ucspi, "UNIXREMOTEEGID"), "100");
}

static void what_tells_of_another_connection_is_foreign(void)
{
	static const char *const foreign[] = {
		"PROTO=TCP",    "TCPREMOTEIP=1.2.3.4", "TCPLOCALPORT=80", "UNIXREMOTEPID=1",
		"LISTEN_FDS=1", "LISTEN_PID=1",        "LISTEN_FDNAMES=x"};
	static const char *const ours[] = {"PATH=/bin", "PROTOCOL=x", "TCP=1", "TCP_REMOTE=1",
					   "LISTEN=1",  "",           "="};
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		CHECK(ucspi_is_foreign(foreign[i]));
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		CHECK(!ucspi_is_foreign(ours[i]));
}

UNIT_MAIN(tcp_has_addresses_and_ports, what_is_not_known_is_left_out,
	  unix_has_paths_and_credentials, what_tells_of_another_connection_is_foreign)
