/* Listening on sockets that were handed over. */
#include "serve/listener_inherited.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "net/listen_fds.h"
#include "net/run.h"
#include "resolve/resolve.h"
#include "serve/listener.h"
#include "serve/listener_report.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

static void report_handover(const struct listeners *listeners, const struct listen_fd *listen_fd)
{
	char name[128];
	struct text name_text = TEXT_IN(name);
	struct note note;
	struct trace *trace = listeners->run->trace;

	struct addr_text address = addr_text(&listen_fd->local);
	listen_fds_name(&name_text, &listeners->config->listen_fds, listen_fd->fd);
	note_start(&note, "handover", "descriptor %d is a socket that was handed over: %s, %s",
		   listen_fd->fd, address.chars,
		   listen_fd->listens ? "which listens" : "a connection");
	note_number(&note, "fd", listen_fd->fd);
	note_text(&note, "name", name);
	note_text(&note, "local", address.chars);
	note_bool(&note, "listens", listen_fd->listens);
	trace_note(trace, &note);
	console_status(listeners->run->console, "Descriptor %d was handed over%s%s", listen_fd->fd,
		       name[0] ? ": " : "", name);
}

/* Options that a socket can still be given. */
static int set_options(const struct listeners *listeners, const struct listen_fd *listen_fd,
		       struct fault *fault)
{
	const struct run *run = listeners->run;
	const struct serve_config *config = listeners->config;
	const int on = 1;
	struct sockopt_target target = {.fd = listen_fd->fd,
					.family = listen_fd->local.ss.ss_family,
					.type = config->endpoint.type,
					.protocol = config->endpoint.protocol};
	if (listen_fd->listens && listener_wants_syn(run, config))
		sys_setsockopt(run->trace, listen_fd->fd, IPPROTO_TCP, TCP_SAVE_SYN, &on,
			       sizeof(on));
	return sockopt_apply(run->trace, &target, &config->endpoint.options, PHASE_LISTEN, fault);
}

/* An operand that names another port or path than the socket has is a mistake of somebody's. */
static int check_operand(const struct serve_config *config, const struct listen_fd *listen_fd,
			 struct fault *fault)
{
	uint16_t port;
	struct addr_text address = addr_text(&listen_fd->local);
	if (config->path && strcmp(config->path, address.chars) != 0)
		return fault_words(fault, STEP_LISTEN, STATUS_LOCAL, "it has another path",
				   "take over %s as %s", address.chars, config->path);
	if (config->target.port[0] == '\0' || listen_fd->local.ss.ss_family == AF_VSOCK)
		return 0;
	if (resolve_port(&port, &config->endpoint, config->target.port, fault) != 0)
		return -1;
	if (port == 0 || port == addr_port(&listen_fd->local))
		return 0;
	return fault_words(fault, STEP_LISTEN, STATUS_LOCAL, "it has another port",
			   "take over %s as port %s", address.chars, config->target.port);
}

/* What several sockets, or such a socket, cannot be used for. */
static int check_use(const struct serve_config *config, const struct listen_fd *listen_fd,
		     struct fault *fault)
{
	int count = config->listen_fds.count;
	bool alone = !listen_fd->listens || config->endpoint.type == SOCK_DGRAM ||
		     config->endpoint.family == AF_UNIX;
	if (alone && count > 1)
		return fault_usage(fault,
				   "%d sockets are handed over: more than one can only be sockets "
				   "of TCP, SCTP or vsock that "
				   "listen",
				   count);
	if (!listen_fd->listens && config->keep_open)
		return fault_usage(fault,
				   "-k needs a socket that listens, and descriptor %d is a "
				   "connection (Accept=no, or no -k)",
				   listen_fd->fd);
	if (config->endpoint.type == SOCK_DGRAM && !config->keep_open)
		return fault_usage(fault, "a socket of datagrams that is handed over needs -k: "
					  "bound to one sender it would be lost to its owner");
	return 0;
}

static int take_one(struct listeners *listeners, int fd, struct fault *fault)
{
	const struct serve_config *config = listeners->config;
	struct listen_fd listen_fd;
	if (listen_fds_take(&listen_fd, listeners->run->trace, fd, &config->endpoint, fault) != 0 ||
	    check_use(config, &listen_fd, fault) != 0 ||
	    check_operand(config, &listen_fd, fault) != 0 ||
	    set_options(listeners, &listen_fd, fault) != 0)
		return -1;
	report_handover(listeners, &listen_fd);
	if (listen_fd.listens) {
		listeners->at[listeners->count++] = (struct listener){.fd = fd,
								      .addr = listen_fd.local};
	} else {
		listeners->connected = fd;
		listeners->peer = listen_fd.peer;
	}
	return 0;
}

int listeners_take(struct listeners *listeners, struct fault *fault)
{
	int count = listeners->config->listen_fds.count;
	if (count > LISTENERS)
		return fault_usage(fault, "%d sockets are handed over, %d are the most", count,
				   LISTENERS);
	for (int i = 0; i < count; i++)
		if (take_one(listeners, LISTEN_FDS_FIRST + i, fault) != 0)
			return -1;
	return 0;
}

void listeners_find_path(const struct run *run, const struct serve_config *config, char *path,
			 size_t size)
{
	struct addr addr;
	struct text text = text_in(path, size);
	bool local = config->listen_fds.count > 0 && config->endpoint.family == AF_UNIX;
	if (local && sys_getsockname(run->trace, LISTEN_FDS_FIRST, &addr) == 0)
		addr_format(&text, &addr);
}
