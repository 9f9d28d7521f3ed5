/* The operands: what to connect to, or where to listen. */
#include "cli/operands.h"

#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/parse.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/port_operands.h"
#include "cli/rules.h"
#include "cli/target_operand.h"
#include "cli/vsock_operands.h"
#include "proto/addr.h"
#include "proto/target.h"
#include "proto/vsock.h"

static int path_operand(const struct options *options, const char **path, int count,
			char **operands, struct fault *fault)
{
	char label[OPTION_LABEL];
	struct addr addr;
	if (count != 1)
		return fault_usage(fault,
				   count == 0 ? "%s needs the path of a socket"
					      : "%s takes one path, not %d operands",
				   option_spelling(options, "-U", label), count);
	*path = operands[0];
	return addr_unix(&addr, operands[0], fault);
}

/* There are COUNT OPERANDS, more than EXPECTED.  One of them may be meant for an option whose
 * argument has to be joined to it. */
static int too_many(const struct options *options, const char *expected, int count, char **operands,
		    struct fault *fault)
{
	int64_t number;
	for (size_t i = 0; i < options->given_count; i++) {
		const struct option_row *row = options->given[i].row;
		if (row->kind == KIND_NUMBER && option_argument_is_optional(row) &&
		    parse_int(operands[0], row->min, row->max, &number) == 0)
			return fault_usage(fault,
					   "too many operands: expected %s, got %d (a number for "
					   "--%s is joined to it: --%s=%s)",
					   expected, count, row->name, row->name, operands[0]);
	}
	return fault_usage(fault, "too many operands: expected %s, got %d", expected, count);
}

static int connect_operands(struct options *options, int count, char **operands,
			    struct fault *fault)
{
	struct target *target = &options->dial.target;
	if (options->unixsock)
		return path_operand(options, &options->dial.path, count, operands, fault);
	if (count == 0)
		return fault_usage(fault, "no host: expected HOST PORT (try handset --help)");
	if (options->action == ACTION_SCAN && port_operands_are_many(count, operands))
		return port_operands(options, count, operands, fault);
	if (count > 2)
		return too_many(options, "HOST PORT", count, operands, fault);
	if (count == 2)
		return target_operand(target, operands[0], operands[1], fault);
	enum target_error error = target_parse(target, operands[0], false);
	if (error == TARGET_OK && target->host[0] == '\0')
		return fault_usage(fault, "%s has no host: expected HOST:PORT", operands[0]);
	return target_operand_fault(error, operands[0], target_operand_port(operands[0]), false,
				    fault);
}

/* A port alone, or an address for it as well. */
static int listen_port(struct target *target, const char *port, struct fault *fault)
{
	enum target_error error = target_set(target, "*", port, true);
	target->host[0] = '\0';
	return target_operand_fault(error, "*", port, true, fault);
}

static int listen_one(struct target *target, const char *operand, struct fault *fault)
{
	enum target_error error = target_parse(target, operand, true);
	if (error == TARGET_NO_PORT && strchr(operand, ':'))
		return target_operand_no_port(operand, "-l ", fault);
	if (error == TARGET_NO_PORT)
		return listen_port(target, operand, fault);
	return target_operand_fault(error, operand, target_operand_port(operand), true, fault);
}

/* The address that -s gives to listen on, when no operand did. */
static int listen_source(struct options *options, struct fault *fault)
{
	struct target *target = &options->serve.target;
	char label[OPTION_LABEL];
	if (!options->source)
		return 0;
	if (target->host[0] != '\0')
		return fault_usage(fault, "%s %s and the host %s both say where to listen",
				   option_spelling(options, "-s", label), options->source,
				   target->host);
	struct target with = *target;
	int status = target_operand_fault(target_set(&with, options->source, target->port, true),
					  options->source, target->port, true, fault);
	*target = with;
	return status;
}

static int listen_operands(struct options *options, int count, char **operands, struct fault *fault)
{
	struct target *target = &options->serve.target;
	const char *port = options->source_port;
	int status;

	if (options->unixsock && options->source)
		return fault_usage(fault, "-s and -l do not go together with -U: the operand is "
					  "the path to listen on");
	bool handed_over = options->serve.listen_fds.count > 0;
	if (options->unixsock && count == 0 && handed_over)
		return 0;
	if (options->unixsock)
		return path_operand(options, &options->serve.path, count, operands, fault);
	if (count > 2 || (count == 2 && port))
		return fault_usage(fault, "too many operands: expected -l [HOST] PORT, got %d",
				   count + (port ? 1 : 0));
	if (count == 2)
		status = target_operand_fault(target_set(target, operands[0], operands[1], true),
					      operands[0], operands[1], true, fault);
	else if (port && count == 1)
		status = target_operand_fault(target_set(target, operands[0], port, true),
					      operands[0], port, true, fault);
	else if (port)
		status = listen_port(target, port, fault);
	else if (count == 1)
		status = listen_one(target, operands[0], fault);
	else if (handed_over)
		return 0;
	else
		return fault_usage(fault, "no port: expected -l [HOST] PORT (try handset --help)");
	return status == 0 ? listen_source(options, fault) : -1;
}

/* "-lp -v 80" takes the option that follows for the port, "-p=80" the sign for a part of it. */
static int check_source_port(const struct options *options, struct fault *fault)
{
	char label[OPTION_LABEL];
	const char *port = options->source_port;
	if (port && port[0] == '=')
		return fault_usage(
			fault, "bad PORT \"%s\" for %s: the port stands behind it without \"=\"",
			port, option_spelling(options, "-p", label));
	if (!port || port[0] != '-' || (port[1] >= '0' && port[1] <= '9'))
		return 0;
	return fault_usage(fault, "option %s needs an argument (PORT), but %s follows it",
			   option_spelling(options, "-p", label), port);
}

/* -s and -p of a connect: with -l they are the address and the port themselves. */
static int check_source(const struct options *options, struct fault *fault)
{
	const char *port = options->source_port;
	int64_t number;

	struct target scratch;

	if (options->source && options->action != ACTION_LISTEN && !options->unixsock &&
	    target_set(&scratch, options->source, "0", true) != TARGET_OK)
		return target_operand_fault(TARGET_BAD_HOST, options->source, "", true, fault);
	if (!port)
		return 0;
	if (!target_port_is_sane(port, true))
		return target_operand_fault(TARGET_BAD_PORT, "", port, true, fault);
	if (options->endpoint.numeric && parse_int(port, 0, 65535, &number) != 0)
		return fault_words(fault, STEP_SERVICE, STATUS_NAME, "not a numeric port (-n)",
				   "look-up of service %s", port);
	return 0;
}

/* -n: what is no number is known to be wrong before anything is tried. */
static int check_numeric(const struct options *options, const struct target *target,
			 struct fault *fault)
{
	struct addr addr;
	int64_t number;
	char bare[TARGET_HOST];

	if (!options->endpoint.numeric || options->unixsock || target->port[0] == '\0')
		return 0;
	strcpy(bare, target->host);
	bare[strcspn(bare, "%")] = '\0';
	if (target->host[0] != '\0' && addr_parse(&addr, AF_UNSPEC, bare, 0) != 0)
		return fault_words(fault, STEP_LOOKUP, STATUS_NAME, "not a numeric address (-n)",
				   "look-up of %s", target->host);
	if (parse_int(target->port, 0, 65535, &number) != 0)
		return fault_words(fault, STEP_SERVICE, STATUS_NAME, "not a numeric port (-n)",
				   "look-up of service %s", target->port);
	return 0;
}

/* Where --to leads: a path has a slash, or is in the abstract namespace. */
static int to_target(struct options *options, struct fault *fault)
{
	struct dial_config *to = &options->serve.to;
	struct addr addr;
	if (!options->to)
		return 0;
	options->serve.forward = true;
	to->endpoint = options->endpoint;
	to->connect_ns = options->dial.connect_ns;
	to->proxy = options->dial.proxy;
	if (strncmp(options->to, VSOCK_PREFIX, strlen(VSOCK_PREFIX)) == 0)
		return vsock_to(to, options->to, fault);
	if (options->to[0] == '@' || strchr(options->to, '/')) {
		if (to->proxy.type != PROXY_NONE)
			return fault_usage(fault,
					   "a socket path (--to %s) is not reached through a proxy",
					   options->to);
		to->path = options->to;
		to->endpoint.family = AF_UNIX;
		to->endpoint.protocol = 0;
		return addr_unix(&addr, to->path, fault);
	}
	if (to->endpoint.family == AF_UNIX || to->endpoint.family == AF_VSOCK)
		to->endpoint.family = AF_UNSPEC;
	enum target_error error = target_parse(&to->target, options->to, false);
	if (error == TARGET_NO_PORT)
		return fault_usage(
			fault,
			"bad TARGET \"%s\" for --to: expected HOST:PORT, or a path with a slash",
			options->to);
	if (error == TARGET_OK && to->target.host[0] == '\0')
		return fault_usage(fault, "bad TARGET \"%s\" for --to: it has no host",
				   options->to);
	return target_operand_fault(error, options->to, target_operand_port(options->to), false,
				    fault);
}

int operands_parse(struct options *options, int count, char **operands, struct fault *fault)
{
	bool listens = options->action == ACTION_LISTEN;
	if (check_source_port(options, fault) != 0)
		return -1;
	if (options->endpoint.family == AF_VSOCK)
		return vsock_operands(options, count, operands, fault) == 0
			       ? to_target(options, fault)
			       : -1;
	int status = listens ? listen_operands(options, count, operands, fault)
			     : connect_operands(options, count, operands, fault);
	if (status != 0 || check_source(options, fault) != 0 || to_target(options, fault) != 0)
		return -1;
	return check_numeric(options, listens ? &options->serve.target : &options->dial.target,
			     fault);
}
