/* The operands of a scan of several ports: each a number, a range, the name of a service, or a list
 * of these. */
#include "cli/port_operands.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/ports.h"
#include "cli/options.h"
#include "cli/target_operand.h"
#include "proto/target.h"
#include "resolve/resolve.h"

static bool is_several(const char *ports)
{
	return strchr(ports, ',') || (strchr(ports, '-') && ports_is_numeric(ports));
}

bool port_operands_are_many(int count, char **operands)
{
	const char *colon = count > 0 ? strrchr(operands[0], ':') : NULL;
	if (count == 1)
		return colon && is_several(colon + 1);
	return count > 2 || (count == 2 && is_several(operands[1]));
}

static int range_fault(const char *item, struct fault *fault)
{
	uint16_t first, last;
	char swapped[32];
	const char *dash = strchr(item, '-');
	size_t len = dash ? (size_t)(dash - item) : 0;
	if (dash && len > 0 && strlen(item) < 12) {
		snprintf(swapped, sizeof(swapped), "%s-%.*s", dash + 1, (int)len, item);
		if (ports_parse(swapped, &first, &last) == 0)
			return fault_usage(
				fault, "the range of ports %s ends before it begins: expected %s",
				item, swapped);
	}
	return fault_usage(fault, "\"%s\" is no port or range of ports: they are from 1 to 65535",
			   item);
}

static int add_item(struct options *options, const char *item, struct fault *fault)
{
	uint16_t first = 0;
	uint16_t last = 0;
	if (ports_is_numeric(item) && ports_parse(item, &first, &last) != 0)
		return range_fault(item, fault);
	if (!ports_is_numeric(item) && !target_port_is_sane(item, false))
		return fault_usage(
			fault,
			"\"%s\" is no port: expected a number, a range or the name of a service",
			item);
	if (first == 0 && resolve_port(&first, &options->endpoint, item, fault) != 0)
		return -1;
	if (ports_add(&options->scan.ports, first, last ? last : first) != 0)
		return fault_errno(fault, STEP_LOCAL, errno, "keep the list of ports");
	return 0;
}

static int add_list(struct options *options, const char *whole, struct fault *fault)
{
	const char *list = whole;
	while (list) {
		char item[TARGET_PORT];
		const char *comma = strchr(list, ',');
		size_t len = comma ? (size_t)(comma - list) : strlen(list);
		if (len == 0)
			return fault_usage(fault, "a port is missing in the list \"%s\"", whole);
		if (len >= sizeof(item))
			return fault_usage(fault, "a port is too long: %.*s", (int)len, list);
		memcpy(item, list, len);
		item[len] = '\0';
		if (add_item(options, item, fault) != 0)
			return -1;
		list = comma ? comma + 1 : NULL;
	}
	return 0;
}

int port_operands(struct options *options, int count, char **operands, struct fault *fault)
{
	char host[TARGET_HOST + 4];
	char port[8];
	const char *list = count == 1 ? strrchr(operands[0], ':') + 1 : NULL;
	size_t len = list ? (size_t)(list - 1 - operands[0]) : strlen(operands[0]);
	snprintf(host, sizeof(host), "%.*s", (int)(len < sizeof(host) ? len : sizeof(host) - 1),
		 operands[0]);
	if (list && add_list(options, list, fault) != 0)
		return -1;
	for (int i = 1; i < count; i++)
		if (add_list(options, operands[i], fault) != 0)
			return -1;
	if (options->until_open && options->scan.ports.count > 1)
		return fault_usage(fault, "--until-open waits for one port, not for %zu",
				   options->scan.ports.count);
	snprintf(port, sizeof(port), "%u", options->scan.ports.list[0]);
	return target_operand(&options->dial.target, host, port, fault);
}
