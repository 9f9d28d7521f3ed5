/* Lines of /etc/services. */
#include "proto/services.h"

#include "unit.h"

static void a_line_has_a_name_a_port_a_protocol_and_aliases(void)
{
	static const struct {
		const char *line, *name;
		int port; /* -1: it is about no service */
		const char *protocol;
	} rows[] = {{"ssh\t\t22/tcp\n", "ssh", 22, "tcp"},
		    {"http-alt 8080/tcp webcache # WWW caching", "http-alt", 8080, "tcp"},
		    {"x 0/udp", "x", 0, "udp"},
		    {"x 65535/sctp", "x", 65535, "sctp"},
		    {"x 65536/tcp", NULL, -1, NULL},
		    {"x -1/tcp", NULL, -1, NULL},
		    {"x 22", NULL, -1, NULL},
		    {"x", NULL, -1, NULL},
		    {"", NULL, -1, NULL},
		    {"\n", NULL, -1, NULL},
		    {"# ssh 22/tcp", NULL, -1, NULL},
		    {"ssh # 22/tcp", NULL, -1, NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[80];
		struct service_line service = {.name = NULL};
		strcpy(line, rows[i].line);
		CHECK_INT(service_parse(line, &service), rows[i].port >= 0);
		CHECK_STR(service.name, rows[i].name);
		CHECK_STR(service.protocol, rows[i].protocol);
		CHECK_INT(service.port, rows[i].port < 0 ? 0 : rows[i].port);
	}
}

static void a_service_goes_by_its_name_and_its_aliases(void)
{
	static const struct {
		const char *line, *name;
		bool called;
	} rows[] = {{"www 80/tcp http web\n", "www", true}, {"www 80/tcp http web\n", "http", true},
		    {"www 80/tcp http web\n", "web", true}, {"www 80/tcp http web\n", "ww", false},
		    {"www 80/tcp http web\n", "80", false}, {"www 80/tcp # http", "http", false},
		    {"www 80/tcp", "http", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[80];
		struct service_line service;
		strcpy(line, rows[i].line);
		CHECK(service_parse(line, &service));
		CHECK_INT(service_is_called(&service, rows[i].name), rows[i].called);
	}
}

UNIT_MAIN(a_line_has_a_name_a_port_a_protocol_and_aliases,
	  a_service_goes_by_its_name_and_its_aliases)
