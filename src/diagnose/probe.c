/* A probe: one socket, one TTL, one answer. */
#include "diagnose/probe.h"

#include <errno.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "connect/attempt.h"
#include "connect/connector.h"
#include "connect/dial.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "proto/question.h"
#include "trace/sys.h"

/* How often a call is made that a socket which has sent nothing yet need not wait for. */
#define TRIES 3

/* Errors are asked for before the probe is sent: IPv6 queues none otherwise, nor does UDP. */
static int ask_for_errors(const struct probe *probe, const struct probe_target *target,
			  struct fault *fault)
{
	int family = target->addr.ss.ss_family;
	if (sockopt_ask_errors(target->connector->run->trace, probe->fd, family, true) == 0)
		return 0;
	return fault_errno(fault, STEP_OPTION, errno, "set %s",
			   family == AF_INET6 ? "IPV6_RECVERR" : "IP_RECVERR");
}

static int bind_probe(const struct probe *probe, const struct probe_target *target,
		      struct fault *fault)
{
	const struct source *source = &target->connector->source;

	if (!source->bound || source->any)
		return 0;
	if (source->addr.ss.ss_family == target->addr.ss.ss_family &&
	    sys_bind(target->connector->run->trace, probe->fd, &source->addr) == 0)
		return 0;
	int err = source->addr.ss.ss_family == target->addr.ss.ss_family ? errno : EAFNOSUPPORT;
	return fault_errno(fault, STEP_BIND, err, "bind to %s",
			   addr_host_text(&source->addr).chars);
}

static int open_socket(struct probe *probe, const struct probe_target *target, int ttl,
		       struct fault *fault)
{
	const struct dial_config *config = target->connector->config;
	struct sockopt_config options = config->endpoint.options;
	int family = target->addr.ss.ss_family;

	probe->fd = endpoint_socket(target->connector->run->trace, &config->endpoint, family,
				    fault);
	if (probe->fd < 0)
		return -1;
	options.ttl = ttl;
	struct sockopt_target socket = {.fd = probe->fd,
					.family = family,
					.type = config->endpoint.type,
					.peer = &target->addr};
	if (sockopt_apply(target->connector->run->trace, &socket, &options, PHASE_CONNECT, fault) !=
		    0 ||
	    ask_for_errors(probe, target, fault) != 0)
		return -1;
	return bind_probe(probe, target, fault);
}

/* A datagram that suits the port.  0, or the errno. */
static int send_question(const struct probe *probe, const struct probe_target *target)
{
	struct question question;
	question_for(&question, (uint16_t)addr_port(&target->addr));
	const struct addr *to = probe->group ? &target->addr : NULL;
	int err = EAGAIN;
	for (int tries = 0; sys_is_again(err) && tries < TRIES; tries++)
		err = sys_sendto(target->connector->run->trace, probe->fd, question.bytes,
				 question.len, MSG_NOSIGNAL, to) >= 0
			      ? 0
			      : errno;
	return err;
}

static int send_out(const struct probe *probe, const struct probe_target *target)
{
	if (!probe->group &&
	    sys_connect(target->connector->run->trace, probe->fd, &target->addr) != 0)
		return errno;
	return target->connector->config->endpoint.type == SOCK_DGRAM ? send_question(probe, target)
								      : 0;
}

void probe_again(struct probe *probe, const struct probe_target *target)
{
	/* An error that answers the first one is told by poll. */
	send_question(probe, target);
}

int probe_send(struct probe *probe, const struct probe_target *target, int ttl, struct fault *fault)
{
	*probe = (struct probe){.state = PROBE_FAILED, .fd = -1};
	probe->group = connector_is_group(target->connector, &target->addr);
	if (open_socket(probe, target, ttl, fault) != 0) {
		probe_close(probe, target->connector->run);
		return -1;
	}
	probe->start_ns = clock_now();
	probe->err = send_out(probe, target);
	if (probe->err == EINPROGRESS ||
	    (probe->err == 0 && target->connector->config->endpoint.type == SOCK_DGRAM))
		probe->state = PROBE_PENDING;
	else if (probe->err == 0)
		probe_check(probe, target); /* a connect to this host may be done at once */
	else
		probe_close(probe, target->connector->run);
	return 0;
}

/* A datagram that has come back. */
static bool has_datagram(struct probe *probe, const struct probe_target *target)
{
	char byte;
	ssize_t len = sys_recvfrom(target->connector->run->trace, probe->fd, &byte, sizeof(byte),
				   MSG_DONTWAIT | MSG_TRUNC, &probe->from);
	if (len > 0)
		probe->answer = (size_t)len;
	return len >= 0;
}

void probe_check(struct probe *probe, const struct probe_target *target)
{
	struct trace *trace = target->connector->run->trace;

	probe->ready = false;
	probe->took_ns = clock_now() - probe->start_ns;
	/* SO_ERROR comes first: emptying the error queue clears it. */
	int err = sockopt_take_error(trace, probe->fd);
	probe->err = err;
	if (err == 0 && target->connector->config->endpoint.type == SOCK_DGRAM &&
	    !has_datagram(probe, target))
		return;
	bool tcp = target->connector->config->endpoint.type != SOCK_DGRAM;
	if (err == 0 || (tcp && attempt_is_reset(err)))
		probe->state = PROBE_ACCEPTED;
	else if (errqueue_read(trace, probe->fd, &probe->error))
		probe->state = PROBE_ICMP;
	else if (err == ECONNREFUSED)
		probe->state = PROBE_REFUSED;
	else
		probe->state = err == ETIMEDOUT ? PROBE_SILENT : PROBE_FAILED;
	probe_close(probe, target->connector->run);
}

bool probe_is_answered(const struct probe *probe)
{
	return probe->state == PROBE_ICMP || probe->state == PROBE_ACCEPTED ||
	       probe->state == PROBE_REFUSED;
}

bool probe_is_on_the_way(const struct probe *probe)
{
	return probe->state == PROBE_ICMP && icmp_error_meaning(&probe->error) == ICMP_TTL;
}

struct addr probe_answerer(const struct probe *probe, const struct probe_target *target)
{
	bool one_of_many = probe->group && probe->state == PROBE_ACCEPTED;
	struct addr addr = probe->state == PROBE_ICMP ? probe->error.offender
			   : one_of_many              ? probe->from
						      : target->addr;
	addr_set_port(&addr, 0);
	return addr;
}

bool probe_is_closed(const struct probe *probe, const struct probe_target *target)
{
	return probe->state == PROBE_REFUSED ||
	       (probe->state == PROBE_ICMP &&
		target->connector->config->endpoint.type == SOCK_DGRAM &&
		icmp_error_closes_port(&probe->error, &target->addr));
}

void probe_close(struct probe *probe, const struct run *run)
{
	if (probe->state == PROBE_UNSENT)
		return;
	sys_close(run->trace, &probe->fd);
	if (probe->state == PROBE_PENDING)
		probe->state = PROBE_SILENT;
}
