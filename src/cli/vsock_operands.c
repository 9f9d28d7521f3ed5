/* The operands of --vsock. */
#include "cli/vsock_operands.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "cli/options.h"
#include "proto/addr.h"
#include "proto/target.h"
#include "proto/vsock.h"

/* Put CID and PORT into TARGET once they are known to be good. */
static int set_target(struct target *target, const char *cid, const char *port, bool listen,
		      struct fault *fault)
{
	struct addr addr;
	switch (vsock_parse(&addr, cid, port, listen)) {
	case VSOCK_BAD_CID:
		return fault_usage(fault, "\"%s\" is no CID: expected a number, host, local%s", cid,
				   listen ? ", hypervisor or any" : " or hypervisor");
	case VSOCK_BAD_PORT:
		return fault_usage(
			fault,
			"\"%s\" is no port of vsock: expected a number from %d to 4294967294", port,
			listen ? 0 : 1);
	case VSOCK_OK:
		break;
	}
	/* A number with ever so many zeros in front. */
	if (strlen(cid) >= sizeof(target->host) || strlen(port) >= sizeof(target->port))
		return fault_usage(fault, "the CID or the port is too long");
	strcpy(target->host, cid);
	strcpy(target->port, port);
	return 0;
}

/* CID:PORT in a word. */
static int set_joined(struct target *target, const char *operand, bool listen, struct fault *fault)
{
	char cid[TARGET_HOST];
	const char *colon = strchr(operand, ':');
	size_t len = (size_t)(colon - operand);
	if (len >= sizeof(cid))
		return fault_usage(fault, "the CID or the port is too long");
	memcpy(cid, operand, len);
	cid[len] = '\0';
	return set_target(target, cid, colon + 1, listen, fault);
}

/* -p of a connect: with -l it is the port itself. */
static int check_source_port(const char *port, struct fault *fault)
{
	struct addr addr;
	if (!port || vsock_parse(&addr, "", port, true) == VSOCK_OK)
		return 0;
	return fault_usage(
		fault, "\"%s\" is no port of vsock: expected a number from 0 to 4294967294", port);
}

int vsock_operands(struct options *options, int count, char **operands, struct fault *fault)
{
	bool listen = options->action == ACTION_LISTEN;
	struct target *target = listen ? &options->serve.target : &options->dial.target;
	const char *port = listen ? options->source_port : NULL;

	if (!listen && check_source_port(options->source_port, fault) != 0)
		return -1;
	if (count > 2 || (count == 2 && port))
		return fault_usage(fault, "too many operands: expected %s, got %d",
				   listen ? "-l [CID] PORT" : "CID PORT", count + (port ? 1 : 0));
	if (count == 2 || port)
		return set_target(target, count > 0 ? operands[0] : "", port ? port : operands[1],
				  listen, fault);
	if (count == 0 && listen && options->serve.listen_fds.count > 0)
		return 0;
	if (count == 0)
		return fault_usage(fault, listen ? "no port: expected --vsock -l [CID] PORT"
						 : "no CID: expected --vsock CID PORT");
	if (strchr(operands[0], ':'))
		return set_joined(target, operands[0], listen, fault);
	if (listen)
		return set_target(target, "", operands[0], true, fault);
	return fault_usage(fault, "CID %s has no port: expected CID PORT or CID:PORT", operands[0]);
}

int vsock_to(struct dial_config *to, const char *operand, struct fault *fault)
{
	if (to->proxy.type != PROXY_NONE)
		return fault_usage(fault, "a machine (--to %s) is not reached through a proxy",
				   operand);
	if (to->endpoint.type != SOCK_STREAM)
		return fault_usage(
			fault,
			"a machine (--to %s) is reached by streams, not by datagrams or packets",
			operand);
	to->endpoint.family = AF_VSOCK;
	to->endpoint.protocol = 0;
	const char *rest = operand + strlen(VSOCK_PREFIX);
	if (strchr(rest, ':'))
		return set_joined(&to->target, rest, false, fault);
	return fault_usage(fault, "bad TARGET \"%s\" for --to: expected vsock:CID:PORT", operand);
}
