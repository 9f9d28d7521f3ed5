/* A line of /etc/services: "http-alt 8080/tcp webcache  # a comment", see services(5).  Pure. */
#ifndef HANDSET_PROTO_SERVICES_H
#define HANDSET_PROTO_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

/* The parts of a line; they stand in it. */
struct service_line {
	const char *name;
	uint16_t port;
	const char *protocol;
	char *aliases; /* with spaces between them */
};

/* Cuts LINE into the parts of SERVICE.  Returns whether it is about a service. */
bool service_parse(char *line, struct service_line *service);

/* Returns whether NAME is the name or an alias of SERVICE, whose aliases are cut. */
bool service_is_called(struct service_line *service, const char *name);

#endif
