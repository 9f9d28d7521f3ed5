/* handset: builds the configuration, runs one action, prints the fault, and ends with its status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/ports.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/options.h"
#include "connect/describe.h"
#include "connect/dial.h"
#include "connect/unix_path.h"
#include "connect/until_open.h"
#include "diagnose/ping.h"
#include "diagnose/scan.h"
#include "diagnose/traceroute.h"
#include "diagnose/why.h"
#include "net/askpass.h"
#include "net/fdpass.h"
#include "net/file.h"
#include "net/run.h"
#include "net/signals.h"
#include "net/stdout_write.h"
#include "relay/buffer_pool.h"
#include "relay/dump.h"
#include "relay/progress.h"
#include "relay/session.h"
#include "serve/access.h"
#include "serve/client_exec.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* Descriptors 0, 1 and 2 that were closed at the start are taken, each opened the wrong way round,
 * so that no socket becomes "stdout" and a read or write there fails as it should.  Whether stdin
 * was closed. */
static bool reserve_stdio(void)
{
	bool stdin_closed = false;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (sys_is_open(fd))
			continue;
		sys_open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY, 0);
		stdin_closed |= fd == STDIN_FILENO;
	}
	return stdin_closed;
}

/* --help, --version and the hidden --dump-..., on stdout. */
static int print_information(const struct run *run, const struct options *options,
			     struct fault *fault)
{
	enum action action = options->action;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	if (!out)
		return fault_errno(fault, STEP_LOCAL, errno, "print help");
	if (action == ACTION_HELP)
		help_print(out, options->help_topic);
	else if (action == ACTION_VERSION)
		fputs("handset " HANDSET_VERSION "\n", out);
	else if (action == ACTION_DUMP_CAUSES)
		help_dump_causes(out);
	else if (action == ACTION_DUMP_LETTERS)
		help_dump_letters(out);
	else
		help_dump_options(out);
	int status = fclose(out) == 0 ? stdout_write(run, text, len, fault)
				      : fault_errno(fault, STEP_LOCAL, errno, "print help");
	free(text);
	return status;
}

/* What the connection is for: another process, a program of ours, or stdin and stdout. */
static int use_connection(const struct run *run, const struct options *options,
			  struct session_config *session, struct fault *fault)
{
	if (child_is_wanted(&options->program))
		return exec_run(run, session, &options->program, fault);
	if (!options->pass)
		return session_run(session, run, fault);
	int status = fdpass_send(run, transport_socket(&session->net), fault);
	transport_close(&session->net);
	return status;
}

/* Connect, and relay; with -z the connection was all. */
static int run_connect(const struct run *run, const struct options *options, struct fault *fault)
{
	struct dial_result dial_result;
	if (options->pass && fdpass_check(run, fault) != 0)
		return -1;
	if ((options->until_open
		     ? dial_until_open(run, &options->dial, options->pause_ns, &dial_result, fault)
		     : dial(run, &options->dial, &dial_result, fault)) != 0)
		return -1;
	if (options->action == ACTION_SCAN) {
		transport_close(&dial_result.transport);
		return 0;
	}
	char name[160];
	struct text text = TEXT_IN(name);
	describe_target(&text, &options->dial);
	bool proxied = options->dial.proxy.type != PROXY_NONE;
	struct session_config session = {.net = dial_result.transport,
					 .peer = dial_result.peer,
					 .name = proxied ? name : NULL,
					 .proxied = proxied,
					 .phases = {.lookup_ns = dial_result.lookup_ns,
						    .connect_ns = dial_result.connect_ns,
						    .proxy_ns = dial_result.proxy_ns},
					 .path = options->dial.path,
					 .endpoint = &options->dial.endpoint,
					 .relay = &options->relay};
	int status = use_connection(run, options, &session, fault);
	unix_path_remove(&dial_result.source);
	return status;
}

/* A socket path of ours has to be removed, whatever ends the run. */
static bool makes_path(const struct options *options)
{
	return options->serve.path || (options->dial.path && options->source);
}

/* What has to be told, ended or written to its end when a signal ends the run. */
static bool has_to_tidy_up(const struct options *options)
{
	bool asks = options->dial.proxy.ask;
	bool reports_drops = options->action == ACTION_LISTEN && options->trace.level > 0;
	return asks || makes_path(options) || options->action == ACTION_PING || options->progress ||
	       options->relay.stats || reports_drops || options->trace.form == TRACE_CHROME ||
	       dump_is_wanted(&options->dump) || child_is_wanted(&options->program);
}

/* The proxy that CONFIG goes through wants a password, which nobody has given. */
static int ask_password(const struct run *run, struct proxy_config *proxy, struct fault *fault)
{
	char prompt[640];
	struct text text = TEXT_IN(prompt);
	text_str(&text, "Proxy password for ");
	text_safe(&text, proxy->user);
	text_printf(&text, "@%s: ", proxy->address.host);
	return askpass(run, prompt, proxy->password, sizeof(proxy->password), fault);
}

/* What has to be so before anything is opened. */
static int prepare(struct run *run, struct options *options, struct fault *fault)
{
	struct proxy_config *proxy = options->action == ACTION_LISTEN ? &options->serve.to.proxy
								      : &options->dial.proxy;
	if (run->limit_ns == 0)
		return run_deadline_fault(run, fault, "the run");
	signals_ignore_pipe();
	run->reloads = options->action == ACTION_LISTEN && access_is_wanted(&options->serve.access);
	if (signals_catch(run, has_to_tidy_up(options), fault) != 0)
		return -1;
	/* A mistake in its name is better told now than to the first client. */
	if (child_is_wanted(&options->program) && child_check(&options->program, fault) != 0)
		return -1;
	return proxy->ask ? ask_password(run, proxy, fault) : 0;
}

/* One port that streams lead to is known as soon as it is connected to. */
static bool is_scan(const struct options *options)
{
	const struct endpoint_config *endpoint = &options->dial.endpoint;
	return options->scan.ports.count > 0 ||
	       (endpoint->type == SOCK_DGRAM && !options->dial.path);
}

static int run_action(struct run *run, struct options *options, struct fault *fault)
{
	if (options->action == ACTION_LISTEN)
		return serve(run, &options->serve, fault);
	if (options->action == ACTION_PATH)
		return traceroute(run, &options->dial, fault);
	if (options->action == ACTION_WHY)
		return why(run, &options->dial, fault);
	if (options->action == ACTION_PING)
		return ping(run, &options->dial, options->ping_count, options->pause_ns, fault);
	if (options->action == ACTION_SCAN && is_scan(options))
		return scan(run, &options->scan, &options->dial, fault);
	return run_connect(run, options, fault);
}

/* The same with the files of dumps around it: opened before anything happens, and whole when all is
 * well. */
static int run_dumped(struct run *run, struct relay_services *services, struct options *options,
		      struct fault *fault)
{
	struct fault late;
	struct dump dump;
	if (!dump_is_wanted(&options->dump))
		return run_action(run, options, fault);
	if (dump_open(&dump, run, &options->dump, fault) != 0)
		return -1;
	services->dump = &dump;
	run_action(run, options, fault);
	bool whole = dump_close(&dump, &late) == 0;
	services->dump = NULL;
	if (whole || fault->step == STEP_FILE)
		return fault_is_set(fault) ? -1 : 0;
	if (fault_is_set(fault))
		console_fault(run->console, &late);
	else
		*fault = late;
	return -1;
}

/* Whether FAULT is one that is told in words. */
static bool is_reported(const struct console *console, const struct options *options,
			const struct fault *fault)
{
	/* The reader of stdout has gone: a filter dies of that in silence. */
	if (fault->step == STEP_OUTPUT && fault->err == EPIPE)
		return console_is_verbose(console);
	if (fault->printed || fault->step == STEP_READER)
		return false;
	/* What has come of one port is printed with -v only. */
	if (options->action == ACTION_SCAN && !options->scan.several && fault->step == STEP_CONNECT)
		return console_is_verbose(console);
	/* A program says itself what was wrong. */
	return fault->step != STEP_SIGNAL && fault->step != STEP_STATUS;
}

static int end(struct console *console, struct options *options, struct fault *fault)
{
	struct fault late = {.step = STEP_NONE};
	ports_close(&options->scan.ports);
	if (fault_is_set(fault)) {
		fault_explain(fault);
		if (is_reported(console, options, fault))
			console_last_fault(console, fault);
	}
	if (trace_close(console->trace, &late) != 0) {
		fault_explain(&late);
		console_fault(console, &late);
		if (!fault_is_set(fault))
			*fault = late;
	}
	if (fault->step == STEP_OUTPUT && fault->err == EPIPE)
		signals_die(SIGPIPE);
	if (fault->step == STEP_SIGNAL)
		signals_die(fault->err);
	return (int)fault->status;
}

/* Whether FILE is what stderr is (/dev/stderr, or the file that it was sent to).  Opened a second
 * time, a file would have a position of its own, and messages and trace would write over each
 * other.
 */
static bool is_stderr(const char *file)
{
	struct stat named, own;
	return sys_stat(file, &named) == 0 && sys_fstat(STDERR_FILENO, &own) == 0 &&
	       named.st_dev == own.st_dev && named.st_ino == own.st_ino;
}

/* Open the trace's file, if it has one.  FAULT is NULL when the run is over already, and what is
 * reported of that waits for nobody.  0, or -1. */
static int start_trace(const struct run *run, const struct options *options,
		       const struct arguments *arguments, struct fault *fault)
{
	const char *file = trace_file(run->trace);
	struct run over = *run;
	struct fault unreported;
	int fd = STDERR_FILENO;
	over.deadline_ns = fault ? run->deadline_ns : 0;
	if (file && !is_stderr(file))
		fd = file_open_write(&over, file, "trace file", O_TRUNC,
				     fault ? fault : &unreported);
	if (fd < 0) {
		/* Nobody has asked for it on stderr. */
		trace_end(run->trace);
		return -1;
	}
	/* The width is asked for where something wraps: --explain. */
	trace_start(run->trace, fd, options->console.color,
		    options->trace.explain ? sys_columns(fd) : 0);
	if (options->action < ACTION_HELP)
		arguments_note(arguments, run->trace);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options;
	struct trace trace;
	struct console console;
	struct fault fault = {.step = STEP_NONE};
	int64_t start_ns = clock_now();
	bool stdin_closed = reserve_stdio();
	struct arguments arguments;

	arguments_keep(&arguments, argc, argv);
	int status = options_parse(&options, argc, argv, &fault);
	trace_open(&trace, &options.trace, start_ns);
	console_open(&console, &trace, &options.console);
	struct run run = {.trace = &trace,
			  .console = &console,
			  .deadline_ns = deadline_after(start_ns, options.deadline_ns),
			  .limit_ns = options.deadline_ns,
			  .signal_fd = -1};
	trace.deadline_ns = run.deadline_ns;
	if (start_trace(&run, &options, &arguments, status == 0 ? &fault : NULL) != 0 ||
	    status != 0)
		return end(&console, &options, &fault);
	if (options.action >= ACTION_HELP) {
		print_information(&run, &options, &fault);
		return end(&console, &options, &fault);
	}
	struct buffer_pool buffers = {.buf = NULL};
	struct relay_services services = {.buffers = &buffers};
	struct progress progress;
	options.relay.stdin_closed = options.serve.relay.stdin_closed = stdin_closed;
	options.relay.services = options.serve.relay.services = &services;
	if (options.progress) {
		progress_open(&progress, &console, options.relay.crlf);
		services.progress = &progress;
	}
	if (prepare(&run, &options, &fault) == 0)
		run_dumped(&run, &services, &options, &fault);
	if (options.progress)
		progress_close(&progress, clock_now());
	buffer_pool_close(&buffers);
	return end(&console, &options, &fault);
}
