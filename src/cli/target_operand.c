/* A host and a port among the operands, and what is wrong with them. */
#include "cli/target_operand.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "proto/target.h"
#include "proto/url.h"

static int port_fault(const char *port, bool zero_ok, struct fault *fault)
{
	const char *digits = port + (port[0] == '-');
	if (*digits && strspn(digits, "0123456789") == strlen(digits))
		return fault_usage(fault, "port %s is out of range (%d to 65535)", port,
				   zero_ok ? 0 : 1);
	return fault_usage(fault, "\"%s\" is no port: expected a number or the name of a service",
			   port);
}

/* What people paste instead of a host, with PORT behind it perhaps. */
static int url_fault(const char *url, const char *port, struct fault *fault)
{
	struct target target;
	char words[4 * (TARGET_HOST + TARGET_PORT)];
	struct text safe = TEXT_IN(words);
	bool known = url_parse(&target, url);
	if (known && target_port_is_sane(port, false))
		snprintf(target.port, sizeof(target.port), "%s", port);
	fault_usage(fault, "\"%s\" is no host name or address", url);
	if (known && target.port[0]) {
		text_safe(&safe, target.host);
		text_char(&safe, ' ');
		text_safe(&safe, target.port);
		fault_cause(fault, CAUSE_HOST_URL,
			    "that is a URL: give its host and its port, for instance %s", words);
	} else {
		fault_cause(fault, CAUSE_HOST_URL,
			    "that is a URL: give its host and its port, each by itself");
	}
	return -1;
}

static int host_fault(const char *host, struct fault *fault)
{
	fault_usage(fault, "\"%s\" is no host name or address", host);
	if (strpbrk(host, " \t\r\n"))
		fault_cause(fault, CAUSE_HOST_SPACE,
			    "there is white space in it, perhaps at its end");
	else if (strchr(host, ':') && strchr(host, ':') == strrchr(host, ':'))
		fault_cause(fault, CAUSE_HOST_PORT,
			    "there is a port in it: expected HOST PORT, or HOST:PORT alone");
	else if (strchr(host, ':'))
		fault_cause(fault, CAUSE_HOST_COLONS,
			    "there are colons in it, and it is no IPv6 address");
	else if (strchr(host, '/'))
		fault_cause(fault, CAUSE_HOST_PATH,
			    "a host has no path: -U connects to a socket in the file system");
	return -1;
}

/* HOST stands alone; ROLE is what stands before it. */
int target_operand_no_port(const char *host, const char *role, struct fault *fault)
{
	bool bracketed = host[0] == '[';
	int len = (int)strcspn(host + bracketed, "]");
	if (!strchr(host, ':'))
		return fault_usage(fault, "%s has no port: expected %sHOST PORT or %sHOST:PORT",
				   host, role, role);
	return fault_usage(fault, "%s has no port: expected %s%.*s PORT or %s[%.*s]:PORT", host,
			   role, len, host + bracketed, role, len, host + bracketed);
}

int target_operand_fault(enum target_error error, const char *host, const char *port, bool zero_ok,
			 struct fault *fault)
{
	if (error != TARGET_OK && strstr(host, "://"))
		return url_fault(host, port, fault);
	switch (error) {
	case TARGET_OK:
		return 0;
	case TARGET_NO_PORT:
		return target_operand_no_port(host, "", fault);
	case TARGET_COLONS:
		return fault_usage(fault,
				   "\"%s\" has several colons: expected HOST:PORT, or [IPV6]:PORT",
				   host);
	case TARGET_BAD_HOST:
		return host_fault(host, fault);
	case TARGET_TOO_LONG:
		return fault_usage(
			fault,
			"host or port is too long: a host has at most 255 characters, a port 63");
	case TARGET_BAD_PORT:
		return port_fault(port, zero_ok, fault);
	}
	return -1;
}

const char *target_operand_port(const char *operand)
{
	const char *close = operand[0] == '[' ? strchr(operand, ']') : NULL;
	const char *colon = strchr(close ? close : operand, ':');
	return colon ? colon + 1 : operand;
}

int target_operand(struct target *target, const char *host, const char *port, struct fault *fault)
{
	return target_operand_fault(target_set(target, host, port, false), host, port, false,
				    fault);
}
