/* The environment of a program that serves a connection, by the UCSPI convention
 * (https://cr.yp.to/proto/ucspi.txt): PROTO names the protocol, and variables that begin with its
 * name tell who is connected to whom. Pure. */
#ifndef HANDSET_PROTO_UCSPI_H
#define HANDSET_PROTO_UCSPI_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/addr.h"

#define UCSPI_VARIABLES 8
#define UCSPI_LENGTH 192

/* Who is connected. */
struct ucspi_connection {
	const char *proto;  /* "TCP", "UDP", "UNIX", ... */
	struct addr local;  /* len 0: not known */
	struct addr remote; /* the same */
	bool has_credentials;
	long pid, uid, gid; /* of the peer of a Unix socket */
};

struct ucspi {
	size_t count;
	char variables[UCSPI_VARIABLES][UCSPI_LENGTH]; /* "TCPREMOTEIP=127.0.0.1" */
};

/* The variables of CONNECTION. */
void ucspi_build(struct ucspi *ucspi, const struct ucspi_connection *connection);

/* Whether the ENTRY ("NAME=VALUE") of an environment tells of another connection, and is not for
 * the program: a variable of UCSPI, or of a socket that was handed over (sd_listen_fds(3)). */
bool ucspi_is_foreign(const char *entry);

#endif
