/* What is reported of a listener and of clients that connect. */
#include "serve/listener_report.h"

#include <stdint.h>
#include <sys/socket.h>

#include "base/cause.h"
#include "base/kernel.h"
#include "base/text.h"
#include "host/drops.h"
#include "net/run.h"
#include "proto/addr.h"
#include "proto/syn.h"
#include "serve/listener.h"
#include "serve/serve.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* The largest headers: IPv6 with some extensions, and TCP with all options. */
#define SYN_SIZE 512

void listener_describe(struct text *out, const struct serve_config *config,
		       const struct listener *listener)
{
	if (config->path)
		endpoint_describe_path(out, &config->endpoint, config->path);
	else
		endpoint_describe(out, &config->endpoint, &listener->addr);
}

bool listener_wants_syn(const struct run *run, const struct serve_config *config)
{
	return endpoint_is_tcp(&config->endpoint) &&
	       (trace_shows(run->trace, 2) || config->relay.stats);
}

void listener_report_syn(const struct run *run, int fd, const struct addr *peer)
{
	uint8_t bytes[SYN_SIZE];
	socklen_t len = sizeof(bytes);
	struct syn syn;
	struct note note;
	char line[512];
	struct text text = TEXT_IN(line);

	/* With SYN cookies there is none. */
	if (sys_getsockopt(run->trace, fd, IPPROTO_TCP, TCP_SAVED_SYN, bytes, &len) != 0 ||
	    syn_read(&syn, bytes, len) != 0)
		return;
	struct addr plain = addr_unmapped(peer);
	struct addr_text address = addr_text(&plain);
	text_printf(&text, "SYN of %s: ", address.chars);
	syn_format(&text, &syn);
	text_char(&text, '\n');
	note_start(&note, "syn", "the SYN of %s", address.chars);
	note_text(&note, "peer", address.chars);
	note_number(&note, "ttl", syn.ttl);
	note_number(&note, "hops", syn_hops(&syn));
	note_number(&note, "mss", syn.mss);
	note_number(&note, "window", syn.window);
	note_number(&note, "scale", syn.scale);
	note_bool(&note, "sack", syn.sack);
	note_bool(&note, "timestamps", syn.timestamps);
	note_bool(&note, "ecn", syn.ecn);
	note_number(&note, "dscp", syn.dscp);
	console_report(run->console, &note, line);
}

/* Append why packets of clients were dropped.  A full accept queue has its own counter
 * (ListenOverflows).  Returns the cause. */
static enum cause put_overflow(struct text *out, uint32_t waiting, uint32_t most)
{
	uint64_t overflows = 0;
	if (drops_read_counter("TcpExt", "ListenOverflows", &overflows) && overflows == 0) {
		text_printf(out, "but not for a full accept queue, in which %u wait\n", waiting);
		return CAUSE_CLIENTS_DROPPED;
	}
	text_printf(out,
		    "which it does when the accept queue is full: %u wait in it, more than %u do "
		    "not fit\n",
		    waiting, most + 1);
	return CAUSE_ACCEPT_QUEUE_OVERFLOW;
}

static void report_overflow(const struct listeners *listeners, const struct listener *listener,
			    uint32_t drops)
{
	uint32_t waiting, most;
	struct note note;
	char where[256], line[768];
	struct text where_text = TEXT_IN(where);
	struct text text = TEXT_IN(line);
	struct trace *trace = listeners->run->trace;

	if (!drops_accept_queue(trace, listener->fd, &waiting, &most))
		return;
	listener_describe(&where_text, listeners->config, listener);
	text_printf(&text,
		    "warning: on %s the kernel has dropped %u packets of clients that connect "
		    "(repeated ones counted), ",
		    where, drops);
	enum cause cause = put_overflow(&text, waiting, most);
	text_printf(&text, "  next: %s\n", cause_advice(cause));
	struct addr_text local = addr_text(&listener->addr);
	note_start(&note, "overflow", "%u packets of clients were dropped on %s", drops, where);
	note_text(&note, "local", local.chars);
	note_number(&note, "dropped", drops);
	note_number(&note, "waiting", waiting);
	note_number(&note, "backlog", most);
	note_cause(&note, cause);
	console_report(listeners->run->console, &note, line);
}

void listener_report_drops(struct listeners *listeners)
{
	const struct serve_config *config = listeners->config;
	struct trace *trace = listeners->run->trace;
	if (!endpoint_is_tcp(&config->endpoint) ||
	    (!console_is_verbose(listeners->run->console) && !config->relay.stats))
		return;
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->at[i];
		uint32_t drops, buffer;
		if (!drops_of_socket(trace, listener->fd, &drops, &buffer) ||
		    drops == listener->dropped)
			continue;
		report_overflow(listeners, listener, drops - listener->dropped);
		listener->dropped = drops;
	}
}

void listener_report(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count && endpoint_is_tcp(&listeners->config->endpoint);
	     i++) {
		char where[256];
		struct text text = TEXT_IN(where);
		uint32_t waiting, most, drops, buffer;
		const struct listener *listener = &listeners->at[i];
		if (!drops_accept_queue(listeners->run->trace, listener->fd, &waiting, &most))
			continue;
		if (!drops_of_socket(listeners->run->trace, listener->fd, &drops, &buffer))
			drops = 0;
		listener_describe(&text, listeners->config, listener);
		console_warn(
			listeners->run->console,
			"state: %s: %u wait to be accepted, of %u at most; %u packets of others "
			"were dropped",
			where, waiting, most + 1, drops);
	}
}
