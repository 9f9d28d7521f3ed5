/* Names of services, from /etc/services. */
#include "net/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "proto/services.h"
#include "trace/sys.h"

/* What is looked for, and what is found. */
struct search {
	const char *name; /* NULL: the one on `port` */
	uint16_t port;
	const char *protocol;
	struct text *out; /* for its name; NULL: not wanted */
};

static bool is_meant(struct service_line *service, const struct search *search)
{
	if (strcmp(service->protocol, search->protocol) != 0)
		return false;
	return search->name ? service_is_called(service, search->name)
			    : service->port == search->port;
}

/* The first line that is meant settles it. */
static bool find(struct search *search)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file = sys_fopen("/etc/services");
	while (file && !found && getline(&line, &size, file) >= 0) {
		struct service_line service;
		found = service_parse(line, &service) && is_meant(&service, search);
		if (found && search->out)
			text_safe(search->out, service.name);
		if (found)
			search->port = service.port;
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

bool services_name(struct text *out, uint16_t port, const char *protocol)
{
	struct search search = {.port = port, .protocol = protocol, .out = out};
	return find(&search);
}

bool services_port(const char *name, const char *protocol, uint16_t *port)
{
	struct search search = {.name = name, .protocol = protocol};
	bool found = find(&search);
	if (found)
		*port = search.port;
	return found;
}
