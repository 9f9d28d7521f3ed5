/* A line of /etc/services. */
#include "proto/services.h"

#include <string.h>

#include "base/parse.h"

#define SPACE " \t\r\n"

bool service_parse(char *line, struct service_line *service)
{
	char *rest = NULL;
	int64_t port;
	line[strcspn(line, "#")] = '\0';
	const char *name = strtok_r(line, SPACE, &rest);
	char *number = strtok_r(NULL, SPACE, &rest);
	char *slash = number ? strchr(number, '/') : NULL;
	if (!slash)
		return false;
	*slash = '\0';
	if (parse_int(number, 0, UINT16_MAX, &port) != 0)
		return false;
	*service = (struct service_line){
		.name = name, .port = (uint16_t)port, .protocol = slash + 1, .aliases = rest};
	return true;
}

bool service_is_called(struct service_line *service, const char *name)
{
	char *rest = NULL;
	if (strcmp(service->name, name) == 0)
		return true;
	for (const char *alias = strtok_r(service->aliases, SPACE, &rest); alias;
	     alias = strtok_r(NULL, SPACE, &rest))
		if (strcmp(alias, name) == 0)
			return true;
	return false;
}
