/* A program on the connection. */
#include "serve/client_exec.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "net/child.h"
#include "net/endpoint.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/transport_open.h"
#include "proto/ucspi.h"
#include "serve/client.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A program whose connection was ended from here has so long after SIGTERM. */
#define GRACE_NS (700 * NS_PER_MS)

struct exec {
	struct client client;
	const struct run *run;
	const struct child_config *program;
	struct child child;
	bool relays;            /* the session is open: */
	struct session session; /* between the connection and the program */
	struct fault fault;
	bool asked_to_end; /* the conversation was ended from here, and the program told */
	int64_t start_ns;
	int64_t kill_ns;          /* when its grace is over; NEVER */
	char peer[160];           /* for messages */
	struct addr_text address; /* the same for events */
};

/* ---- how it is run ---- */

/* The one choice between the two ways.  Whatever a relay can be told to do, only a relay does. */
static bool needs_relay(const struct run *run, const struct session_config *config)
{
	return config->net.any_peer || !transport_is_bare(&config->net) ||
	       config->relay->services->dump || trace_shows(run->trace, 3) ||
	       !relay_is_plain(config->relay);
}

static void find_credentials(struct ucspi_connection *connection, const struct run *run, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	if (sys_getsockopt(run->trace, fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return;
	connection->has_credentials = true;
	connection->pid = peer.pid;
	connection->uid = (long)peer.uid;
	connection->gid = (long)peer.gid;
}

static void find_variables(struct ucspi *variables, const struct run *run,
			   const struct session_config *config)
{
	struct ucspi_connection connection = {.proto = endpoint_proto(config->endpoint),
					      .remote = config->peer};
	/* Datagrams have many peers, and a proxy is not the peer. */
	if (config->net.any_peer || config->name)
		connection.remote.len = 0;
	if (sys_getsockname(run->trace, transport_socket(&config->net), &connection.local) != 0)
		connection.local.len = 0;
	if (config->path && config->endpoint->type != SOCK_DGRAM)
		find_credentials(&connection, run, transport_socket(&config->net));
	ucspi_build(variables, &connection);
}

/* The program has the socket, which waits as programs expect it. */
static int start_on_socket(struct exec *exec, const struct session_config *config,
			   const struct ucspi *variables)
{
	int waits = 0;
	struct transport net = config->net;
	int fd = transport_socket(&net);
	sys_ioctl_int(exec->run->trace, fd, FIONBIO, &waits);
	struct child_place place = {.fd = fd, .variables = variables};
	int status = child_start(&exec->child, exec->run, exec->program, &place, &exec->fault);
	transport_close(&net);
	return status;
}

static void open_session(struct exec *exec, const struct session_config *config, int local_fd)
{
	static const struct endpoint_config stream = {.family = AF_UNIX, .type = SOCK_STREAM};
	static const struct endpoint_config packets = {.family = AF_UNIX, .type = SOCK_SEQPACKET};
	struct session_config both = *config;
	transport_open(&both.local, exec->run->trace, local_fd,
		       endpoint_is_packets(config->endpoint) ? &packets : &stream);
	both.local_name = "the program";
	both.local_is_program = true;
	session_open(&exec->session, exec->run, &both);
	exec->relays = true;
}

/* The program has one end of a pair of sockets, and the other is relayed. */
static int start_on_pair(struct exec *exec, const struct session_config *config,
			 const struct ucspi *variables)
{
	struct trace *trace = exec->run->trace;
	int at_once = 1;
	struct transport net = config->net;
	int pair[2];
	int type = endpoint_is_packets(config->endpoint) ? SOCK_SEQPACKET : SOCK_STREAM;
	if (sys_socketpair(trace, AF_UNIX, type | SOCK_CLOEXEC, 0, pair) != 0) {
		fault_errno(&exec->fault, STEP_PROGRAM, errno,
			    "open a pair of sockets for the program");
		transport_close(&net);
		return -1;
	}
	sys_ioctl_int(trace, pair[0], FIONBIO, &at_once);
	struct child_place place = {.fd = pair[1], .variables = variables};
	int status = child_start(&exec->child, exec->run, exec->program, &place, &exec->fault);
	sys_close(trace, &pair[1]);
	if (status == 0) {
		open_session(exec, config, pair[0]);
		return 0;
	}
	sys_close(trace, &pair[0]);
	transport_close(&net);
	return -1;
}

/* ---- what becomes of it ---- */

/* The peer, as events call it; NULL: not known. */
static const char *address_of(const struct exec *exec)
{
	return exec->address.chars[0] ? exec->address.chars : NULL;
}

static void note_start_of(const struct exec *exec)
{
	const struct child_config *program = exec->program;
	char name[256];
	struct text text = TEXT_IN(name);
	struct note note;
	if (!trace_shows(exec->run->trace, 2))
		return;
	text_safe(&text, program->command ? program->command : program->program);
	note_start(&note, "program", "process %d runs on %s: %s", exec->child.pid,
		   exec->relays ? "a relay" : "the socket itself", name);
	note_number(&note, "pid", exec->child.pid);
	note_text(&note, "command", program->command ? program->command : program->program);
	note_bool(&note, "relayed", exec->relays);
	note_text(&note, "peer", address_of(exec));
	trace_note(exec->run->trace, &note);
}

static void report_end(struct exec *exec)
{
	int status = exec->child.status;
	struct note note;
	note_start(&note, "exited", "the program has ended with status %d", status);
	note_number(&note, "status", status);
	note_text(&note, "peer", address_of(exec));
	note_end(&note, exec->start_ns);
	trace_note(exec->run->trace, &note);
	if (exec->child.killed_by)
		console_status(exec->run->console, "Program on %s ended by signal %d (%s)",
			       exec->peer, exec->child.killed_by, strsignal(exec->child.killed_by));
	else
		console_status(exec->run->console, "Program on %s exited with status %d",
			       exec->peer, status);
}

/* The time of the whole run is over. */
static void end_deadline(struct exec *exec)
{
	if (!fault_is_set(&exec->fault) && !exec->relays)
		run_deadline_fault(exec->run, &exec->fault, "program on %s", exec->peer);
	exec->client.over = true;
}

/* The conversation is over and the program is not: when it was ended from here, the program is told
 * so. */
static void relay_is_over(struct exec *exec, int64_t now_ns)
{
	const struct relay *relay = &exec->session.relay;
	bool broken = fault_is_set(&exec->session.fault);
	bool complete = !broken && pump_is_over(&relay->in) && pump_is_over(&relay->out);
	session_close(&exec->session);
	exec->fault = exec->session.fault;
	exec->relays = false;
	if (complete)
		return;
	child_signal(&exec->child, SIGTERM);
	exec->asked_to_end = true;
	exec->kill_ns = now_ns + GRACE_NS;
}

static bool exec_advance(struct client *client, int64_t now_ns)
{
	struct exec *exec = (struct exec *)(void *)client;
	bool moved = false;
	if (exec->relays) {
		moved = session_advance(&exec->session, now_ns);
		if (exec->session.relay.over)
			relay_is_over(exec, now_ns);
	}
	if (exec->child.ready && child_has_ended(&exec->child)) {
		report_end(exec);
		moved = true;
	}
	if (exec->kill_ns <= now_ns) {
		child_signal(&exec->child, SIGKILL);
		exec->kill_ns = NEVER;
	}
	if (exec->child.pid == 0 && !exec->relays)
		client->over = true;
	else if (now_ns >= exec->run->deadline_ns)
		end_deadline(exec);
	return moved || client->over;
}

static void exec_want(struct client *client, struct pollset *set, int64_t now_ns)
{
	struct exec *exec = (struct exec *)(void *)client;
	if (exec->relays)
		session_want(&exec->session, set, now_ns);
	if (exec->child.fd >= 0)
		pollset_add(set, exec->child.fd, POLLIN, &exec->child.ready);
	pollset_wake(set, exec->kill_ns);
}

static void exec_report(const struct client *client)
{
	const struct exec *exec = (const struct exec *)(const void *)client;
	char line[320];
	struct text text = TEXT_IN(line);
	struct note note;
	if (exec->relays)
		session_report(&exec->session);
	text_printf(&text, "state: %s: process %d %s after %s\n", exec->peer, exec->child.pid,
		    exec->child.pid ? "runs" : "has ended",
		    units_time(clock_now() - exec->start_ns).chars);
	note_start(&note, "state", "%s", exec->peer);
	note_text(&note, "peer", address_of(exec));
	note_number(&note, "pid", exec->child.pid);
	console_report(exec->run->console, &note, line);
}

static int64_t exec_quiet_since(const struct client *client)
{
	const struct exec *exec = (const struct exec *)(const void *)client;
	return exec->relays ? session_quiet_since(&exec->session) : NEVER;
}

static void exec_let_go(struct client *client)
{
	session_let_go(&((struct exec *)(void *)client)->session);
}

static void exec_close(struct client *client, struct fault *fault)
{
	struct exec *exec = (struct exec *)(void *)client;
	if (exec->relays) {
		relay_close_by(&exec->session.relay, client->ended_by);
		session_close(&exec->session);
		exec->fault = exec->session.fault;
	}
	child_signal(&exec->child, SIGTERM);
	child_close(&exec->child);
	*fault = exec->fault;
	if (!fault_is_set(fault) && exec->child.status != 0 && !exec->asked_to_end)
		*fault = (struct fault){.step = STEP_STATUS,
					.status = (enum status)exec->child.status};
	fault_explain(fault);
	free(exec);
}

struct client *client_exec(const struct run *run, const struct session_config *config,
			   const struct child_config *program, struct fault *fault)
{
	static const struct client_ops ops = {exec_advance,     exec_want,   exec_report,
					      exec_quiet_since, exec_let_go, exec_close};
	struct exec *exec = calloc(1, sizeof(*exec));
	if (!exec) {
		fault_errno(fault, STEP_LOCAL, errno, "serve a client");
		struct transport net = config->net;
		transport_close(&net);
		return NULL;
	}
	exec->client.ops = &ops;
	exec->run = run;
	exec->program = program;
	exec->start_ns = clock_now();
	exec->kill_ns = NEVER;
	exec->child.fd = -1;
	struct text name = TEXT_IN(exec->peer);
	session_describe_peer(&name, config);
	exec->address = session_peer(config);
	struct ucspi variables;
	find_variables(&variables, run, config);
	int status = needs_relay(run, config) ? start_on_pair(exec, config, &variables)
					      : start_on_socket(exec, config, &variables);
	exec->client.over = status != 0;
	if (status == 0)
		note_start_of(exec);
	return &exec->client;
}

int exec_run(const struct run *run, const struct session_config *config,
	     const struct child_config *program, struct fault *fault)
{
	struct pollset set = {.count = 0};
	struct client *client = client_exec(run, config, program, fault);
	struct fault ignored;
	bool signaled = false;
	if (!client)
		return -1;
	while (!client->over && !signaled) {
		int64_t now_ns = clock_now();
		if (client->ops->advance(client, now_ns))
			continue;
		pollset_clear(&set);
		client->ops->want(client, &set, now_ns);
		signaled = pollset_wait(&set, run, fault) != 0;
		if (set.report)
			client->ops->report(client);
	}
	if (signaled)
		client->ended_by = relay_end_of(fault);
	client->ops->close(client, signaled ? &ignored : fault);
	pollset_close(&set);
	return fault_is_set(fault) ? -1 : 0;
}
